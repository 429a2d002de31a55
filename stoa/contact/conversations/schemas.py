"""Conversations and messages as they travel: views, cards, and the input of each command."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from stoa.platform.i18n.locale import LOCALES, Locale

MessageKind = Literal[
    "text", "note", "system", "product", "order", "proposal", "call", "cobrowse", "walk"
]
SenderKind = Literal["customer", "agent", "system"]
ConversationState = Literal["open", "closed"]
Reader = Literal["customer", "agent"]

BODY_MAX = 5_000
ATTACHMENTS_MAX = 10

# Made by the sender before the first try; the same id sent again is the same message.
ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Body = Annotated[str, StringConstraints(max_length=BODY_MAX)]
FilledBody = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=BODY_MAX)
]
Url = Annotated[str, StringConstraints(max_length=2_000)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


# ---- what a message can carry -------------------------------------------------------------------


class AttachmentView(BaseModel):
    """Bytes at `/api/attachments/{id}`, a small picture at `/api/attachments/{id}/preview`."""

    id: UUID
    file_name: str
    media_type: str
    size_bytes: int
    width: int | None = None
    height: int | None = None
    has_preview: bool = False


class ProductCard(BaseModel):
    type: Literal["product"] = "product"
    product_id: UUID
    variant_id: UUID | None = None
    name: str
    options: str = ""
    price_minor: int
    compare_price_minor: int | None = None
    currency: str
    picture_url: str | None = None
    url: str
    is_available: bool


class OrderCard(BaseModel):
    type: Literal["order"] = "order"
    order_id: UUID
    number: str
    state: str
    payment_state: str
    shipment_state: str
    total_minor: int
    currency: str
    url: str
    placed_at: datetime


class ProposalCard(BaseModel):
    """A proposal as it stands; it changes through `message.changed`."""

    type: Literal["proposal"] = "proposal"
    proposal_id: UUID
    kind: Literal["product", "discount", "delivery"]
    state: Literal["open", "accepted", "refused", "withdrawn", "failed"]
    title: str = Field(description="The product's or delivery method's name, or the reason")
    product: ProductCard | None = None
    quantity: int | None = None
    percent: int | None = None
    amount_minor: int | None = None
    currency: str | None = None
    reason: str = ""
    problem: str | None = Field(default=None, description="Code of the error, when failed")
    problem_text: str = Field(default="", description="Why it failed, in the customer's language")


class SystemFact(BaseModel):
    """Something that happened to the conversation; `message.system.<fact>` has its words."""

    type: Literal["system"] = "system"
    fact: Literal["assigned", "released", "handed_over", "closed", "reopened", "transcript_sent"]
    staff_name: str | None = None
    by_name: str | None = None


class CallFact(BaseModel):
    """Something that happened in a call; `call.fact.<fact>` has its words."""

    fact: Literal[
        "called",
        "queued",
        "rang",
        "declined",
        "not_answered",
        "answered",
        "held",
        "resumed",
        "transferred",
        "joined",
        "left",
        "took_over",
        "line_lost",
        "line_back",
        "recording_asked",
        "recording_refused",
        "recording_started",
        "recording_stopped",
        "callback_wanted",
        "voicemail_begun",
        "video_started",
        "screen_shared",
        "ended",
    ]
    at: datetime
    name: str | None = Field(default=None, description="Who did it; null: the customer, the house")
    to_name: str | None = Field(default=None, description="To whom a call was transferred")


class RecordingView(BaseModel):
    """Sound that was kept. Bytes at `/api/desk/recordings/{id}/sound`; the customer has no way to
    a call's recording, only to their own voicemail."""

    id: UUID
    kind: Literal["call", "voicemail"]
    state: Literal["running", "kept", "failed", "deleted"]
    channels: int = Field(description="2: the customer left, the shop right")
    duration_ms: int
    waveform: list[int] = Field(description="Peaks 0..255, one per channel in turn")
    is_complete: bool = Field(default=True, description="False: it broke off with its process")
    started_at: datetime


class CallCard(BaseModel):
    """A call as it stands; it changes through `message.changed`."""

    type: Literal["call"] = "call"
    call_id: UUID
    direction: Literal["inbound", "outbound"]
    state: Literal["calling", "queued", "ringing", "active", "voicemail", "callback", "ended"]
    end_reason: str | None = None
    agent_names: list[str] = Field(default_factory=list, description="Who spoke, in order")
    created_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    callback_phone: str | None = None
    quality: Literal["good", "fair", "poor"] | None = None
    facts: list[CallFact] = Field(default_factory=list)
    recordings: list[RecordingView] = Field(default_factory=list)


class CobrowseCard(BaseModel):
    """Co-browsing as it stands; it changes through `message.changed`."""

    type: Literal["cobrowse"] = "cobrowse"
    session_id: UUID
    state: Literal["asked", "active", "ended"]
    end_reason: str | None = None
    agent_name: str
    control: Literal["none", "asked", "given"] = "none"
    action_count: int = Field(default=0, description="What the agent did in the customer's page")
    asked_at: datetime
    ended_at: datetime | None = None


class WalkCard(BaseModel):
    """ "Come with me": an agent opens pages of the shop on the customer's screen."""

    type: Literal["walk"] = "walk"
    walk_id: UUID
    state: Literal["asked", "walking", "refused", "ended"]
    agent_name: str
    title: str = Field(description="Where to, first")
    asked_at: datetime


Card = Annotated[
    ProductCard | OrderCard | ProposalCard | SystemFact | CallCard | CobrowseCard | WalkCard,
    Field(discriminator="type"),
]


class MessageBody(BaseModel):
    """A message as its event carries it; the event's `seq` is the message's."""

    id: UUID
    conversation_id: UUID
    client_id: str
    kind: MessageKind
    sender_kind: SenderKind
    staff_id: UUID | None = None
    staff_name: str | None = None
    body: str = ""
    card: Card | None = None
    attachments: list[AttachmentView] = Field(default_factory=list)
    created_at: datetime


class MessageView(MessageBody):
    """A message in a snapshot. `seq` counts on `conversation:<id>`, a note's on `notes:<id>`."""

    seq: int


# ---- conversations ------------------------------------------------------------------------------


class AgentView(BaseModel):
    """An agent as the customer sees them."""

    id: UUID
    name: str


class ConversationView(BaseModel):
    """A conversation as its customer sees it."""

    id: UUID
    shop_id: UUID
    channel: str
    state: ConversationState
    is_offline: bool
    locale: str
    contact_name: str
    contact_email: str | None
    agent: AgentView | None
    agent_read_seq: int
    customer_read_seq: int
    created_at: datetime
    closed_at: datetime | None


class ConversationRow(BaseModel):
    """A conversation as a line of the agents' list. The higher `version` is the newer one."""

    id: UUID
    shop_id: UUID
    visitor_id: UUID | None
    customer_id: UUID | None
    channel: str
    state: ConversationState
    is_offline: bool
    contact_name: str
    contact_email: str | None
    locale: str
    assignee_id: UUID | None
    assignee_name: str | None
    message_count: int
    unread_count: int = Field(description="Customer messages after `agent_read_seq`")
    last_message_at: datetime
    last_message_preview: str
    last_sender_kind: SenderKind
    waiting_since: datetime | None = Field(description="The oldest unanswered customer message")
    agent_read_seq: int
    customer_read_seq: int
    page_url: str
    created_at: datetime
    closed_at: datetime | None
    version: int


class Timeline(BaseModel):
    """Messages from old to new; `before` is the cursor of the page with older ones."""

    messages: list[MessageView]
    before: str | None


class CustomerConversation(BaseModel):
    """Snapshot for the customer. Subscribe to `conversation:<id>` after `seq`."""

    conversation: ConversationView
    timeline: Timeline
    seq: int
    attachment_key: str = Field(
        description="`?key=` for attachments where cookies do not travel; lasts a day"
    )


# ---- commands: input and output -----------------------------------------------------------------


class Command(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Nothing(BaseModel):
    """An acknowledgement without content."""


class Sent(BaseModel):
    """The message is stored. The same answer comes for the same `client_id` again."""

    id: UUID
    conversation_id: UUID
    seq: int


class StartConversation(Command):
    """`conversation.start` (customer) -> Started. Goes on with the open conversation if any."""

    shop_id: UUID
    client_id: ClientId
    locale: Locale
    body: Body = ""
    attachments: list[UUID] = Field(default_factory=list, max_length=ATTACHMENTS_MAX)
    page_url: Url = ""


class Started(BaseModel):
    conversation: CustomerConversation
    message: Sent


class ResumeConversation(Command):
    """`conversation.resume` (customer) -> Resumed: the newest conversation, if there is one."""

    shop_id: UUID


class Resumed(BaseModel):
    conversation: CustomerConversation | None


class OpenConversation(Command):
    """`conversation.open` (customer) -> CustomerConversation; `before` pages back in the timeline.

    Agents take their snapshot from `GET /api/desk/conversations/{id}`.
    """

    conversation_id: UUID
    before: str | None = None


class LeaveMessage(Command):
    """`conversation.leave` (customer) -> Started: a message for later with a reply address."""

    shop_id: UUID
    client_id: ClientId
    locale: Locale
    name: ShortText = ""
    email: EmailStr
    body: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=BODY_MAX)
    ]
    consent: Literal[True] = Field(description="Agreed to be answered by e-mail")
    page_url: Url = ""


class SendMessage(Command):
    """`message.send` (customer, agent) -> Sent, after the commit. Reopens a closed conversation."""

    conversation_id: UUID
    client_id: ClientId
    body: Body = ""
    attachments: list[UUID] = Field(default_factory=list, max_length=ATTACHMENTS_MAX)


class AddNote(Command):
    """`note.add` (agent) -> Sent; the customer never sees it."""

    conversation_id: UUID
    client_id: ClientId
    body: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=BODY_MAX)
    ]


class MarkRead(Command):
    """`message.read` (customer, agent) -> Nothing: everything up to `seq` has been seen."""

    conversation_id: UUID
    seq: int = Field(ge=0)


class ClaimConversation(Command):
    """`conversation.claim` (agent) -> Nothing. `already_assigned` when somebody was faster."""

    conversation_id: UUID


class AssignConversation(Command):
    """`conversation.assign` (agent) -> Nothing. Null puts it back among the unassigned.

    A `note` for the colleague becomes an internal note, once for its `client_id`.
    """

    conversation_id: UUID
    staff_id: UUID | None
    client_id: ClientId
    note: Body = ""


class CloseConversation(Command):
    """`conversation.close` (customer, agent) -> Nothing."""

    conversation_id: UUID


class ReopenConversation(Command):
    """`conversation.reopen` (agent) -> Nothing."""

    conversation_id: UUID


class RequestTranscript(Command):
    """`conversation.transcript` (customer, agent) -> Nothing: it will be sent by mail."""

    conversation_id: UUID
    email: EmailStr | None = Field(default=None, description="Null: the known reply address")


class SetContact(Command):
    """`conversation.contact` (customer) -> Nothing: a name and an address to be answered at."""

    conversation_id: UUID
    name: ShortText = ""
    email: EmailStr | None = None


class SetPresence(Command):
    """`presence.set` (agent) -> Nothing."""

    status: Literal["available", "away"]


# ---- signals: never stored ----------------------------------------------------------------------


class TypingInput(Command):
    """Signal `typing` from either side, at most a few per second; `is_typing=false` ends it.

    A customer's draft goes to agents only, as the customer is told. Agents send no draft.
    """

    conversation_id: UUID
    is_typing: bool
    draft: Annotated[str, StringConstraints(max_length=1_000)] = ""


class TypingSignal(BaseModel):
    """Signal `typing`. On `conversation:<id>`: the agent to the customer (no draft).
    On `notes:<id>`: the customer with draft, and agents to each other."""

    conversation_id: UUID
    sender_kind: SenderKind
    staff_id: UUID | None = None
    staff_name: str | None = None
    is_typing: bool
    draft: str = ""


class StaffPresence(BaseModel):
    staff_id: UUID
    name: str
    status: Literal["available", "away", "offline"]


class PresenceSignal(BaseModel):
    """Signal `presence` on topic `presence`: who is at the desk now, complete each time."""

    staff: list[StaffPresence]


# ---- saved replies ------------------------------------------------------------------------------


class SavedReplyInput(Command):
    """Variables in the texts: {{customer}}, {{agent}}, {{shop}}, {{page}}."""

    shortcut: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,30}$")]
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    bodies: dict[Locale, Body] = Field(min_length=1, max_length=len(LOCALES))


class SavedReplyView(BaseModel):
    id: UUID
    shop_id: UUID
    shortcut: str
    title: str
    bodies: dict[str, str]
    updated_at: datetime
