"""The customer's page at the desk, and what is done there."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stoa.people.consent.models import ConsentState, How, Purpose
from stoa.people.customers.models import PointKind, PointState
from stoa.people.customers.schemas import Evidence
from stoa.platform.i18n.locale import Locale

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
ChannelCode = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]
TimelineKind = Literal["message", "note", "call", "visit", "order", "order_entry", "customer_note"]
TimelineFilter = Literal["all", "messages", "calls", "orders", "visits", "notes"]


class ContactPointView(BaseModel):
    id: UUID
    kind: PointKind
    value: str
    state: PointState
    source: str
    undeliverable_code: str | None
    undeliverable_at: datetime | None
    created_at: datetime
    verified_at: datetime | None


class CustomerLine(BaseModel):
    """A row of the list. `reached_at` is up to three addresses, proven ones first."""

    id: UUID
    name: str
    locale: str
    reached_at: list[str]
    orders: int
    conversations: int
    created_at: datetime
    is_erased: bool


class CustomerList(BaseModel):
    """`GET /api/desk/customers`: the newest first."""

    items: list[CustomerLine]
    next: str | None
    proposals: int = Field(description="How many pairs wait to be decided on")


class CustomerQuery(BaseModel):
    model_config = ConfigDict(extra="ignore")

    q: Short = ""
    cursor: str | None = None
    limit: int = Field(default=50, ge=1, le=100)


class MergeProposalView(BaseModel):
    """Two customers who may be one person. The evidence's states are in the order of the two."""

    id: UUID
    first: CustomerLine
    second: CustomerLine
    evidence: list[Evidence]
    created_at: datetime


class MergeProposalList(BaseModel):
    """`GET /api/desk/customer-proposals`: the newest first."""

    items: list[MergeProposalView]
    next: str | None


class ConsentView(BaseModel):
    """One line of the ledger. `address` is what it is about, if it is about an address."""

    id: UUID
    purpose: Purpose
    state: ConsentState
    how: How
    at: datetime
    channel: str | None
    kind: PointKind | None
    address: str | None
    wording: str
    wording_version: str
    locale: str
    recorded_by: str | None
    proof: dict[str, str]
    is_standing: bool = Field(description="The last word about this purpose and address")


class ConsentRequestView(BaseModel):
    """Asked at the address, and not answered yet. `source`: where it was asked for."""

    id: UUID
    purpose: Purpose
    kind: PointKind
    address: str
    wording: str
    wording_version: str
    locale: str
    source: str
    asked_at: datetime
    expires_at: datetime
    is_open: bool = Field(description="False: its time is over")


class CustomerNoteView(BaseModel):
    id: UUID
    body: str
    staff_name: str
    created_at: datetime


class CustomerMergeView(BaseModel):
    """Who was merged into this customer. `staff_name` is null after a verified match."""

    id: UUID
    name: str
    staff_name: str | None
    merged_at: datetime


class Spent(BaseModel):
    currency: str
    total_minor: int


class CustomerExport(BaseModel):
    """A file with everything about the customer, or how far it is."""

    id: UUID
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    steps_done: int
    steps: int
    size_bytes: int | None
    staff_name: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime


class CustomerPage(BaseModel):
    """`GET /api/desk/customers/{id}`; of one who was merged, the page of whom they are now."""

    id: UUID
    name: str
    locale: str
    preferred_channel: str | None
    created_at: datetime
    erased_at: datetime | None
    seq: int = Field(description="Of `person:<id>`: what comes after it is not in here")
    points: list[ContactPointView]
    consents: list[ConsentView]
    notes: list[CustomerNoteView]
    merges: list[CustomerMergeView]
    proposals: list[MergeProposalView]
    orders: int
    conversations: int
    visitors: int
    spent: list[Spent]
    newest_conversation_id: UUID | None
    exports: list[CustomerExport]
    consent_requests: list[ConsentRequestView]
    consent_words: dict[str, dict[str, str]] = Field(
        description="What is agreed to, by kind of address and purpose, in the customer's language"
    )


class CustomerTimelineItem(BaseModel):
    """Something that was between the customer and the shop. What `data` holds goes by `kind`:

    message, note: conversation_id, channel, sender_kind, staff_name, body, message_kind, files
    call: conversation_id, direction, state, end_reason, answered_at, ended_at, is_recorded
    visit: ended_at, page_count, furthest_step, device
    order: number, state, payment_state, shipment_state, total_minor, currency
    order_entry: order_id, number, entry, tracking
    customer_note: body, staff_name
    """

    id: UUID
    kind: TimelineKind
    at: datetime
    data: dict[str, Any]


class CustomerTimeline(BaseModel):
    """`GET /api/desk/customers/{id}/timeline`: the newest first."""

    items: list[CustomerTimelineItem]
    next: str | None


class CustomerTimelineQuery(BaseModel):
    model_config = ConfigDict(extra="ignore")

    show: TimelineFilter = "all"
    cursor: str | None = None
    limit: int = Field(default=40, ge=1, le=100)


class ChangeCustomer(BaseModel):
    """`PUT /api/desk/customers/{id}`."""

    model_config = ConfigDict(extra="forbid")

    name: Short
    locale: Locale
    preferred_channel: ChannelCode | None


class KnowInput(BaseModel):
    """`POST /api/desk/conversations/{id}/customer`."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class WriteFirst(BaseModel):
    """`POST /api/desk/customers/{id}/conversations`: the shop writes first."""

    model_config = ConfigDict(extra="forbid")

    shop_id: UUID
    point_id: UUID
    subject: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class Begun(BaseModel):
    conversation_id: UUID


class CustomerNoteInput(BaseModel):
    """`POST /api/desk/customers/{id}/notes`."""

    model_config = ConfigDict(extra="forbid")

    body: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]


class ContactPointInput(BaseModel):
    """`POST /api/desk/customers/{id}/points`: the customer said so."""

    model_config = ConfigDict(extra="forbid")

    kind: PointKind
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class ConsentInput(BaseModel):
    """`POST /api/desk/customers/{id}/consents`: what the customer said, and how."""

    model_config = ConfigDict(extra="forbid")

    point_id: UUID
    purpose: Literal["service", "urgent", "marketing"]
    state: ConsentState
    how: Literal["spoken", "written"]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""


class MergeCustomers(BaseModel):
    """`POST /api/desk/customers/{id}/merge`: everything of `from_id` becomes this customer's."""

    model_config = ConfigDict(extra="forbid")

    from_id: UUID


class CustomerMergePreview(BaseModel):
    """What a merge will move, or undoing one will move back, before anybody does it. `joined` are
    the addresses that both have."""

    first: CustomerLine = Field(description="Who goes, or comes back")
    second: CustomerLine = Field(description="Who stays")
    conversations: int
    orders: int
    visitors: int
    points: int
    notes: int
    joined: list[str]
    since: int = Field(default=0, description="Of these, what has come since the merge")


class KeptOrder(BaseModel):
    """An order that the law keeps, and until when."""

    number: str
    placed_at: datetime
    total_minor: int
    currency: str
    until: date


class ErasurePreview(BaseModel):
    """`GET /api/desk/customers/{id}/erasure`: what will be gone for good, and what is kept and why.

    `obstacles` are reasons why it cannot be done now: an order on its way, a call going on.
    """

    customer: CustomerLine
    conversations: int
    messages: int
    files: int
    recordings: int
    points: int
    notes: int
    visits: int
    visitors: int
    consents: int
    kept_orders: list[KeptOrder]
    obstacles: list[Literal["open_order", "live_call"]]


class EraseInput(BaseModel):
    """`POST /api/desk/customers/{id}/erasure`: `confirm` is the number of messages that the preview
    named, so that nobody erases what they have not seen."""

    model_config = ConfigDict(extra="forbid")

    messages: int
    conversations: int


class ErasureReport(BaseModel):
    """What an erasure did, without a word about whom."""

    conversations: int
    messages: int
    files: int
    recordings: int
    kept_orders: list[str]
    kept_until: date | None
