"""The socket edge of presence."""

from stoa.contact.conversations.schemas import Nothing, PresenceSignal, SetPresence
from stoa.contact.routing.presence import PRESENCE_TOPIC, Presence
from stoa.people.actors import StaffActor
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import Forbidden
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command, SignalType, TopicRule


async def set_presence(connection: Connection, form: SetPresence) -> Nothing:
    if not isinstance(connection.actor, StaffActor):
        raise Forbidden()
    connection.node.part(Presence).set_status(connection.actor.staff.id, form.status)
    return Nothing()


async def may_hear_presence(_session: ReadSession, actor: object, id_: str) -> bool:
    """Staff: who is at the desk."""
    return isinstance(actor, StaffActor) and id_ == ""


COMMANDS: list[Command] = [Command("presence.set", SetPresence, set_presence, Nothing)]
TOPICS: list[TopicRule] = [TopicRule(PRESENCE_TOPIC, may_hear_presence)]
SIGNAL_TYPES: list[SignalType] = [SignalType("presence", PresenceSignal)]
