"""The socket edge of presence and of how teams are set up."""

from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.schemas import Nothing, PresenceSignal, SetPresence
from stoa.contact.conversations.service import Messages
from stoa.contact.routing import passing_on
from stoa.contact.routing.events import TEAMS_TOPIC, TeamsChanged
from stoa.contact.routing.presence import PRESENCE_TOPIC, Presence
from stoa.contact.routing.schemas import SendToQueue
from stoa.people.actors import StaffActor
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import Forbidden
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command, SignalType, TopicRule


async def set_presence(connection: Connection, form: SetPresence) -> Nothing:
    if not isinstance(connection.actor, StaffActor):
        raise Forbidden()
    connection.node.part(Presence).set_status(connection.actor.staff.id, form.status)
    return Nothing()


async def send_to_queue(connection: Connection, form: SendToQueue) -> Nothing:
    if not isinstance(connection.actor, StaffActor):
        raise Forbidden()
    staff = connection.actor.staff
    agent = Sender(staff_id=staff.id, staff_name=staff.name)
    async with connection.node.database.begin() as session:
        await passing_on.send_to_queue(
            session, conversation_id=form.conversation_id, queue_id=form.queue_id, by=agent
        )
    if form.note.strip():
        await connection.node.part(Messages).send(
            conversation_id=form.conversation_id,
            sender=agent,
            client_id=form.client_id,
            body=form.note,
            kind="note",
        )
    return Nothing()


async def may_hear_routing(_session: ReadSession, actor: object, id_: str) -> bool:
    """Staff: who is at the desk, and how teams are set up."""
    return isinstance(actor, StaffActor) and id_ == ""


COMMANDS: list[Command] = [
    Command("presence.set", SetPresence, set_presence, Nothing),
    Command("conversation.queue", SendToQueue, send_to_queue, Nothing),
]
TOPICS: list[TopicRule] = [
    TopicRule(PRESENCE_TOPIC, may_hear_routing),
    TopicRule(TEAMS_TOPIC, may_hear_routing),
]
EVENTS: list[type[Event]] = [TeamsChanged]
SIGNAL_TYPES: list[SignalType] = [SignalType("presence", PresenceSignal)]
