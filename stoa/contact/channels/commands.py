"""The socket edge of presence and of the chooser."""

from uuid import UUID

from stoa.contact.channels.schemas import ChannelsView
from stoa.contact.channels.service import PRESENCE_TOPIC, Counter
from stoa.contact.conversations.schemas import Nothing, PresenceSignal, SetPresence
from stoa.people.actors import StaffActor
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import Forbidden
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command, SignalType, TopicRule


async def set_presence(connection: Connection, form: SetPresence) -> Nothing:
    if not isinstance(connection.actor, StaffActor):
        raise Forbidden()
    connection.node.part(Counter).set_status(connection.actor.staff.id, form.status)
    return Nothing()


async def may_hear_presence(_session: ReadSession, actor: object, id_: str) -> bool:
    """Staff: who is at the desk."""
    return isinstance(actor, StaffActor) and id_ == ""


async def may_hear_channels(session: ReadSession, _actor: object, id_: str) -> bool:
    """Everybody may know how a shop's channels stand."""
    try:
        shop_id = UUID(id_)
    except ValueError:
        return False
    return bool(
        await session.fetch_value("SELECT EXISTS (SELECT FROM shop WHERE id = $1)", shop_id)
    )


COMMANDS: list[Command] = [Command("presence.set", SetPresence, set_presence, Nothing)]
TOPICS: list[TopicRule] = [
    TopicRule(PRESENCE_TOPIC, may_hear_presence),
    TopicRule("channels", may_hear_channels),
]
SIGNAL_TYPES: list[SignalType] = [
    SignalType("presence", PresenceSignal),
    SignalType("channels", ChannelsView),
]
