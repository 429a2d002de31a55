"""The socket edge of the chooser, and of answers that leave by an inbox."""

from uuid import UUID

from stoa.contact.channels.schemas import AnswerMessage, ChannelsView
from stoa.contact.channels.ways import answer
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.schemas import Sent
from stoa.people.actors import StaffActor
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import Forbidden
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command, SignalType, TopicRule


async def answer_message(connection: Connection, form: AnswerMessage) -> Sent:
    if not isinstance(connection.actor, StaffActor):
        raise Forbidden()
    staff = connection.actor.staff
    async with connection.node.database.begin() as session:
        return await answer(
            session,
            conversation_id=form.conversation_id,
            inbox_id=form.inbox_id,
            to=form.to,
            sender=Sender(staff_id=staff.id, staff_name=staff.name),
            client_id=form.client_id,
            body=form.body,
            subject=form.subject,
            attachment_ids=form.attachments,
        )


async def may_hear_channels(session: ReadSession, _actor: object, id_: str) -> bool:
    """Everybody may know how a shop's channels stand."""
    try:
        shop_id = UUID(id_)
    except ValueError:
        return False
    return bool(
        await session.fetch_value("SELECT EXISTS (SELECT FROM shop WHERE id = $1)", shop_id)
    )


COMMANDS: list[Command] = [Command("message.answer", AnswerMessage, answer_message, Sent)]
TOPICS: list[TopicRule] = [TopicRule("channels", may_hear_channels)]
SIGNAL_TYPES: list[SignalType] = [SignalType("channels", ChannelsView)]
