"""Conversations and messages as they travel: views, and the input of each command."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from stoa.contact.conversations.schemas.cards import AttachmentView as AttachmentView
from stoa.contact.conversations.schemas.cards import CallCard as CallCard
from stoa.contact.conversations.schemas.cards import CallFact as CallFact
from stoa.contact.conversations.schemas.cards import Card as Card
from stoa.contact.conversations.schemas.cards import CobrowseCard as CobrowseCard
from stoa.contact.conversations.schemas.cards import DeliveryView as DeliveryView
from stoa.contact.conversations.schemas.cards import Invitation as Invitation
from stoa.contact.conversations.schemas.cards import MailAddress as MailAddress
from stoa.contact.conversations.schemas.cards import MailCard as MailCard
from stoa.contact.conversations.schemas.cards import OrderCard as OrderCard
from stoa.contact.conversations.schemas.cards import ProductCard as ProductCard
from stoa.contact.conversations.schemas.cards import ProposalCard as ProposalCard
from stoa.contact.conversations.schemas.cards import RatingCard as RatingCard
from stoa.contact.conversations.schemas.cards import RecordingView as RecordingView
from stoa.contact.conversations.schemas.cards import RuleCard as RuleCard
from stoa.contact.conversations.schemas.cards import RuleDeed as RuleDeed
from stoa.contact.conversations.schemas.cards import SystemFact as SystemFact
from stoa.contact.conversations.schemas.cards import WalkCard as WalkCard
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


# ---- messages -----------------------------------------------------------------------------------


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
    channel: str | None = Field(default=None, description="The way it came or went; null: by chat")
    delivery: DeliveryView | None = Field(default=None, description="Of one that left by a channel")
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
    team_id: UUID | None = Field(description="Whose it is; null: everybody's")
    queue_id: UUID | None = Field(description="The queue of the team it waits, or waited, in")
    inbox_id: UUID | None = Field(description="Where it was begun; null: at the shop's own counter")
    subject: str
    answer_channel: str | None = Field(
        description="The way the customer wrote last, when it is not the conversation's own"
    )
    tag_ids: list[UUID] = Field(description="Tags, as they were given; see `TagView.merged_into`")
    snoozed_at: datetime | None = Field(description="Put aside since; null: it is not")
    snoozed_until: datetime | None = Field(description="Null: until the customer writes")
    woke_at: datetime | None = Field(description="When it came back by its time")
    woke_by: Literal["time", "customer"] | None = Field(
        description="Why it came back; null once an agent answered"
    )
    warn_at: datetime | None = Field(description="From when on the answer is due soon")
    due_at: datetime | None = Field(description="By when an answer is promised; null: no promise")
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


class CustomerHere(BaseModel):
    """Signal `customer.here` on `notes:<id>`: the customer opened the counter, or left it."""

    conversation_id: UUID
    is_here: bool


class StaffPresence(BaseModel):
    staff_id: UUID
    name: str
    status: Literal["available", "away", "offline"]
    since: datetime | None = Field(default=None, description="Since when so")


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
