"""The socket edge of what agents do beside each other: acts in one go, and who looks at what."""

from stoa.contact.conversations import service
from stoa.contact.conversations.events import TagChanged, notes_topic
from stoa.contact.conversations.schemas.desk import (
    ActConversation,
    Acted,
    LookInput,
    LookSignal,
)
from stoa.contact.conversations.senders import agent_of
from stoa.platform.errors import NotFound
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command, SignalRule, SignalType


async def act(connection: Connection, form: ActConversation) -> Acted:
    agent = agent_of(connection.actor)
    async with connection.node.database.begin() as session:
        undo = await service.perform_acts(
            session, conversation_id=form.conversation_id, acts=form.acts, by=agent
        )
    return Acted(undo=undo)


async def look(connection: Connection, form: LookInput) -> None:
    """Colleagues who have the conversation open see who else has, and who writes an answer."""
    agent = agent_of(connection.actor)
    topic = notes_topic(form.conversation_id)
    if topic not in connection.topics:
        raise NotFound()
    signal = LookSignal(
        conversation_id=form.conversation_id,
        staff_id=agent.staff_id,
        staff_name=agent.staff_name or "",
        state=form.state,
    )
    connection.node.hub.signal(topic, "look", signal, skip=connection)


COMMANDS: list[Command] = [Command("conversation.act", ActConversation, act, Acted)]
SIGNALS: list[SignalRule] = [SignalRule("look", LookInput, look)]
EVENTS: list[type[Event]] = [TagChanged]
SIGNAL_TYPES: list[SignalType] = [SignalType("look", LookSignal)]
