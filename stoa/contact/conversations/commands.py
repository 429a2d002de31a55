"""The socket edge of conversations: who may ask for what, and who hears whom type."""

from datetime import timedelta
from uuid import UUID

import structlog

from stoa.contact.conversations import queries, service, team_commands
from stoa.contact.conversations.attachments import make_key
from stoa.contact.conversations.errors import EmptyMessage
from stoa.contact.conversations.events import (
    DESK_TOPIC,
    ConversationChanged,
    ConversationListed,
    MessageAdded,
    MessageChanged,
    MessageRead,
    conversation_topic,
    notes_topic,
)
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.rules import clean_text
from stoa.contact.conversations.schemas import (
    AddNote,
    AssignConversation,
    ClaimConversation,
    CloseConversation,
    CustomerConversation,
    CustomerHere,
    LeaveMessage,
    MarkRead,
    Nothing,
    OpenConversation,
    ReopenConversation,
    RequestTranscript,
    ResumeConversation,
    Resumed,
    SendMessage,
    Sent,
    SetContact,
    StartConversation,
    Started,
    TypingInput,
    TypingSignal,
)
from stoa.contact.conversations.senders import agent_of, customer_of, sender_of
from stoa.people.actors import StaffActor, VisitorActor
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound
from stoa.platform.i18n.messages import translator
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command, SignalRule, SignalType, TopicRule
from stoa.platform.web.ratelimit import MemoryBuckets, Rate

log = structlog.get_logger()

JUST_NOW = timedelta(seconds=10)
# Transcripts are mail to an address that anybody may type in.
_transcripts = MemoryBuckets(Rate(burst=3, seconds_per_token=600))
# Beginnings from one address; a conversation that goes on is not limited by this.
_beginnings = MemoryBuckets(Rate(burst=40, seconds_per_token=5))


async def customer_snapshot(
    connection: Connection, *, conversation_id: UUID
) -> CustomerConversation:
    """What the customer sees of the conversation now."""
    async with connection.node.database.read() as session:
        snapshot = await queries.get_snapshot(
            session, conversation_id=conversation_id, with_notes=False
        )
    secret = connection.node.settings.secret_key
    return CustomerConversation(
        conversation=snapshot.view,
        timeline=snapshot.timeline,
        seq=snapshot.seq,
        attachment_key=make_key(secret, conversation_id=conversation_id),
    )


# ---- the customer's commands --------------------------------------------------------------------


async def start(connection: Connection, form: StartConversation) -> Started:
    visitor_id = customer_of(connection.actor)
    if not clean_text(form.body) and not form.attachments:
        raise EmptyMessage()
    _beginnings.require(connection.handshake.client_host)
    async with connection.node.database.begin() as session:
        conversation_id = await service.ensure_conversation(
            session,
            visitor_id=visitor_id,
            shop_id=form.shop_id,
            locale=form.locale,
            page_url=form.page_url,
        )
    message = await connection.node.part(service.Messages).send(
        conversation_id=conversation_id,
        sender=Sender(visitor_id=visitor_id),
        client_id=form.client_id,
        body=form.body,
        attachments=form.attachments,
    )
    snapshot = await customer_snapshot(connection, conversation_id=conversation_id)
    if snapshot.conversation.created_at > now() - JUST_NOW:
        log.info("conversation.started", conversation=str(conversation_id))
    return Started(conversation=snapshot, message=message)


async def leave(connection: Connection, form: LeaveMessage) -> Started:
    """The reply address and the consent are stored before the message: it never stands alone."""
    visitor_id = customer_of(connection.actor)
    _beginnings.require(connection.handshake.client_host)
    consent = {
        "text": translator(form.locale, "counter")("leave.consent"),
        "locale": form.locale,
        "at": now().isoformat(),
    }
    async with connection.node.database.begin() as session:
        conversation_id = await service.ensure_conversation(
            session,
            visitor_id=visitor_id,
            shop_id=form.shop_id,
            locale=form.locale,
            page_url=form.page_url,
        )
        await service.set_contact(
            session,
            conversation_id=conversation_id,
            visitor_id=visitor_id,
            name=form.name,
            email=form.email,
            consent=consent,
            is_offline=True,
        )
    message = await connection.node.part(service.Messages).send(
        conversation_id=conversation_id,
        sender=Sender(visitor_id=visitor_id),
        client_id=form.client_id,
        body=form.body,
    )
    log.info("conversation.message_left", conversation=str(conversation_id))
    snapshot = await customer_snapshot(connection, conversation_id=conversation_id)
    return Started(conversation=snapshot, message=message)


async def resume(connection: Connection, form: ResumeConversation) -> Resumed:
    visitor_id = customer_of(connection.actor)
    async with connection.node.database.read() as session:
        found = await queries.newest_of_visitor(
            session, visitor_id=visitor_id, shop_id=form.shop_id
        )
    if found is None:
        return Resumed(conversation=None)
    return Resumed(conversation=await customer_snapshot(connection, conversation_id=found))


async def open_conversation(connection: Connection, form: OpenConversation) -> CustomerConversation:
    visitor_id = customer_of(connection.actor)
    async with connection.node.database.read() as session:
        owner = await queries.owner_of(session, conversation_id=form.conversation_id)
        if owner != visitor_id:
            raise NotFound()
        earlier = None
        if form.before is not None:
            earlier = await queries.get_timeline(
                session,
                conversation_id=form.conversation_id,
                with_notes=False,
                before=form.before,
            )
    snapshot = await customer_snapshot(connection, conversation_id=form.conversation_id)
    return snapshot.model_copy(update={"timeline": earlier}) if earlier else snapshot


async def set_contact(connection: Connection, form: SetContact) -> Nothing:
    visitor_id = customer_of(connection.actor)
    async with connection.node.database.begin() as session:
        await service.set_contact(
            session,
            conversation_id=form.conversation_id,
            visitor_id=visitor_id,
            name=form.name,
            email=form.email,
        )
    return Nothing()


# ---- both sides ---------------------------------------------------------------------------------


async def send(connection: Connection, form: SendMessage) -> Sent:
    return await connection.node.part(service.Messages).send(
        conversation_id=form.conversation_id,
        sender=sender_of(connection.actor),
        client_id=form.client_id,
        body=form.body,
        attachments=form.attachments,
    )


async def mark_read(connection: Connection, form: MarkRead) -> Nothing:
    sender = sender_of(connection.actor)
    async with connection.node.database.begin() as session:
        await service.mark_read(
            session,
            conversation_id=form.conversation_id,
            reader=sender.kind if sender.kind == "agent" else "customer",
            seq=form.seq,
            visitor_id=sender.visitor_id,
        )
    return Nothing()


async def close(connection: Connection, form: CloseConversation) -> Nothing:
    sender = sender_of(connection.actor)
    async with connection.node.database.begin() as session:
        await service.close_conversation(session, conversation_id=form.conversation_id, by=sender)
    log.info("conversation.closed", conversation=str(form.conversation_id), by=sender.kind)
    return Nothing()


async def request_transcript(connection: Connection, form: RequestTranscript) -> Nothing:
    sender = sender_of(connection.actor)
    if sender.visitor_id is not None:
        _transcripts.require(sender.visitor_id)
    async with connection.node.database.begin() as session:
        await service.request_transcript(
            session, conversation_id=form.conversation_id, by=sender, email=form.email
        )
    return Nothing()


# ---- the agents' commands -----------------------------------------------------------------------


async def add_note(connection: Connection, form: AddNote) -> Sent:
    return await connection.node.part(service.Messages).send(
        conversation_id=form.conversation_id,
        sender=agent_of(connection.actor),
        client_id=form.client_id,
        body=form.body,
        kind="note",
    )


async def claim(connection: Connection, form: ClaimConversation) -> Nothing:
    agent = agent_of(connection.actor)
    async with connection.node.database.begin() as session:
        await service.claim_conversation(session, conversation_id=form.conversation_id, by=agent)
    log.info("conversation.claimed", conversation=str(form.conversation_id))
    return Nothing()


async def assign(connection: Connection, form: AssignConversation) -> Nothing:
    agent = agent_of(connection.actor)
    async with connection.node.database.begin() as session:
        await service.assign_conversation(
            session, conversation_id=form.conversation_id, to=form.staff_id, by=agent
        )
    if clean_text(form.note):
        await connection.node.part(service.Messages).send(
            conversation_id=form.conversation_id,
            sender=agent,
            client_id=form.client_id,
            body=form.note,
            kind="note",
        )
    return Nothing()


async def reopen(connection: Connection, form: ReopenConversation) -> Nothing:
    agent = agent_of(connection.actor)
    async with connection.node.database.begin() as session:
        await service.reopen_conversation(session, conversation_id=form.conversation_id, by=agent)
    return Nothing()


# ---- typing -------------------------------------------------------------------------------------


async def typing(connection: Connection, form: TypingInput) -> None:
    """Passed on to the other side only from who hears the conversation: no look at the database."""
    sender = sender_of(connection.actor)
    public, internal = conversation_topic(form.conversation_id), notes_topic(form.conversation_id)
    if public not in connection.topics:
        raise NotFound()
    signal = TypingSignal(
        conversation_id=form.conversation_id,
        sender_kind=sender.kind,
        staff_id=sender.staff_id,
        staff_name=sender.staff_name,
        is_typing=form.is_typing,
    )
    hub = connection.node.hub
    if sender.kind == "agent":
        hub.signal(public, "typing", signal, skip=connection)
        hub.signal(internal, "typing", signal, skip=connection)
    else:
        draft = signal.model_copy(update={"draft": form.draft})
        hub.signal(internal, "typing", draft, skip=connection)


# ---- topics -------------------------------------------------------------------------------------


async def may_hear_conversation(session: ReadSession, actor: object, id_: str) -> bool:
    """Staff hear every conversation, a visitor their own."""
    try:
        conversation_id = UUID(id_)
    except ValueError:
        return False
    if isinstance(actor, StaffActor):
        return await queries.exists(session, conversation_id=conversation_id)
    if isinstance(actor, VisitorActor) and actor.visitor_id is not None:
        owner = await queries.owner_of(session, conversation_id=conversation_id)
        return owner == actor.visitor_id
    return False


async def may_hear_notes(session: ReadSession, actor: object, id_: str) -> bool:
    """Staff: what they write to each other."""
    return isinstance(actor, StaffActor) and await may_hear_conversation(session, actor, id_)


async def may_hear_desk(_session: ReadSession, actor: object, id_: str) -> bool:
    """Staff: the list of conversations."""
    return isinstance(actor, StaffActor) and id_ == ""


COMMANDS: list[Command] = [
    Command("conversation.start", StartConversation, start, Started),
    Command("conversation.leave", LeaveMessage, leave, Started),
    Command("conversation.resume", ResumeConversation, resume, Resumed),
    Command("conversation.open", OpenConversation, open_conversation, CustomerConversation),
    Command("conversation.contact", SetContact, set_contact, Nothing),
    Command("conversation.close", CloseConversation, close, Nothing),
    Command("conversation.transcript", RequestTranscript, request_transcript, Nothing),
    Command("conversation.claim", ClaimConversation, claim, Nothing),
    Command("conversation.assign", AssignConversation, assign, Nothing),
    Command("conversation.reopen", ReopenConversation, reopen, Nothing),
    Command("message.send", SendMessage, send, Sent),
    Command("message.read", MarkRead, mark_read, Nothing),
    Command("note.add", AddNote, add_note, Sent),
    *team_commands.COMMANDS,
]
SIGNALS: list[SignalRule] = [
    SignalRule("typing", TypingInput, typing),
    *team_commands.SIGNALS,
]
TOPICS: list[TopicRule] = [
    TopicRule("conversation", may_hear_conversation),
    TopicRule("notes", may_hear_notes),
    TopicRule(DESK_TOPIC, may_hear_desk),
]
EVENTS: list[type[Event]] = [
    MessageAdded,
    MessageChanged,
    MessageRead,
    ConversationChanged,
    ConversationListed,
    *team_commands.EVENTS,
]
SIGNAL_TYPES: list[SignalType] = [
    SignalType("typing", TypingSignal),
    SignalType("customer.here", CustomerHere),
    *team_commands.SIGNAL_TYPES,
]
