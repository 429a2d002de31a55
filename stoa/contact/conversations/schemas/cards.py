"""What a message can carry: files, and cards that show something else as it stands."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field


class AttachmentView(BaseModel):
    """Bytes at `/api/attachments/{id}`, a small picture at `/api/attachments/{id}/preview`."""

    id: UUID
    file_name: str
    media_type: str
    size_bytes: int
    width: int | None = None
    height: int | None = None
    has_preview: bool = False


class DeliveryView(BaseModel):
    """What became of a message that left by a channel; it changes through `message.changed`."""

    channel: str
    to: str = Field(description="The address it goes to, as people write it")
    state: Literal[
        "queued", "sending", "sent", "delivered", "failed", "dead", "refused", "cancelled"
    ]
    reason: str | None = Field(default=None, description="`channel.problem.<reason>` has words")
    detail: str = Field(default="", description="What the other side said, in its own words")
    delivery_id: UUID
    due_at: datetime | None = Field(default=None, description="When it is tried (again), if known")


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
    fact: Literal[
        "assigned",
        "released",
        "handed_over",
        "closed",
        "reopened",
        "transcript_sent",
        "stranger_wrote",
        "routed",
        "returned",
        "moved",
    ] = Field(description="The last three are the house's: given by rule, taken back, overflowed")
    staff_name: str | None = None
    by_name: str | None = None
    team_name: str | None = None
    conversation_id: UUID | None = Field(default=None, description="Another one it is about")
    is_automatic: bool = Field(default=False, description="A rule did it, and no person")


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


class RatingCard(BaseModel):
    """The customer was asked how they were served; it changes through `message.changed`."""

    type: Literal["rating"] = "rating"
    rating_id: UUID
    way: Literal["chat", "email", "sms"]
    score: int | None = Field(default=None, description="1 to 5; null: not answered yet")
    words: str = ""
    is_withdrawn: bool = Field(
        default=False, description="The conversation went on; customers no longer see the question"
    )


class MailAddress(BaseModel):
    name: str = ""
    address: str


class Invitation(BaseModel):
    """A meeting somebody proposes, moves or calls off (RFC 5546), as the mail's calendar says."""

    method: str = Field(description="`request`, `cancel`, `reply`, ... in lower case")
    title: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    location: str = ""


class MailCard(BaseModel):
    """What a mail shows besides its text. The whole of it is at
    `/api/desk/messages/{message_id}/original`."""

    type: Literal["mail"] = "mail"
    subject: str
    sender: MailAddress
    to: list[MailAddress] = Field(default_factory=list, description="At most 50 of them")
    cc: list[MailAddress] = Field(default_factory=list, description="At most 50 of them")
    recipient_count: int = 0
    has_quote: bool = Field(default=False, description="What it quotes was left out of the text")
    has_html: bool = False
    is_verified: bool = Field(default=False, description="Whether the sender's address is proven")
    is_automatic: bool = False
    is_forwarded: bool = False
    invitation: Invitation | None = None
    notes: list[str] = Field(
        default_factory=list, description="`mail.note.<code>`: what was left out, and why"
    )


class RuleDeed(BaseModel):
    """One thing a rule did; `deed.<do>` and `skipped.<skipped>` in `automation` have words."""

    do: str
    detail: str = Field(default="", description="To whom, or how it begins")
    skipped: str | None = Field(default=None, description="Why it was not done")


class RuleCard(BaseModel):
    """What a rule did here, for agents; it changes through `message.changed`."""

    type: Literal["rule"] = "rule"
    run_id: UUID
    rule_id: UUID
    rule_name: str
    deeds: list[RuleDeed]
    can_undo: bool = False
    is_undone: bool = False


Card = Annotated[
    ProductCard
    | OrderCard
    | ProposalCard
    | SystemFact
    | CallCard
    | CobrowseCard
    | WalkCard
    | MailCard
    | RatingCard
    | RuleCard,
    Field(discriminator="type"),
]
