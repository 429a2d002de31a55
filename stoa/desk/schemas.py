"""Snapshots for the agents, each with the sequence numbers to go on from."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from stoa.contact.calls.models import CallSettings
from stoa.contact.conversations.schemas import (
    ClientId,
    ConversationRow,
    ProductCard,
    SavedReplyView,
    StaffPresence,
    Timeline,
)
from stoa.contact.conversations.schemas.desk import (
    MacroView,
    SavedViewView,
    TagView,
    ViewCount,
)
from stoa.desk.customers.schemas import CustomerNoteView
from stoa.people.identity.schemas import MeView, StaffView


class ShopView(BaseModel):
    id: UUID
    name: str
    country: str
    currency: str
    default_locale: str
    locales: list[str]
    url: str


class DeskStart(BaseModel):
    """`GET /api/desk/start`: all the desk needs before its first list."""

    me: MeView
    shops: list[ShopView]
    staff: list[StaffView]
    presence: list[StaffPresence]
    saved_replies: list[SavedReplyView]
    tags: list[TagView]
    views: list[SavedViewView]
    macros: list[MacroView]


class ShopCalls(BaseModel):
    """`GET` and `PUT /api/desk/shops/{id}/calls`: what a shop has decided about calls, whole."""

    calls: CallSettings


class ListQuery(BaseModel):
    """`GET /api/desk/conversations`: one of the views everybody has, or a saved one."""

    model_config = ConfigDict(extra="ignore")

    view: Literal["mine", "unassigned", "all", "due", "snoozed", "closed"] = "all"
    saved_view: UUID | None = None
    cursor: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class ListCounts(BaseModel):
    """1000: so many or more."""

    mine: int
    unassigned: int
    all: int
    waiting: int = Field(description="Mine or nobody's, whose customer waits for an answer")


class ConversationList(BaseModel):
    """Newest message first. Subscribe to `desk` after `seq`."""

    items: list[ConversationRow]
    next: str | None
    counts: ListCounts
    seq: int


class ViewCounts(BaseModel):
    """`GET /api/desk/views/counts`: of every view this person sees."""

    items: list[ViewCount]


class LongestWaiting(BaseModel):
    """`GET /api/desk/longest-waiting`: mine or nobody's; null when nobody waits."""

    conversation: ConversationRow | None


class DeskConversation(BaseModel):
    """`GET /api/desk/conversations/{id}`. Messages and notes in one timeline.

    Subscribe to `conversation:<id>` after `seq` and to `notes:<id>` after `notes_seq`.
    """

    conversation: ConversationRow
    timeline: Timeline
    seq: int
    notes_seq: int


class CartLineView(BaseModel):
    line_id: UUID
    product_id: UUID
    variant_id: UUID
    name: str
    options: str
    quantity: int
    unit_price_minor: int
    total_minor: int
    picture_url: str | None
    url: str


class CartView(BaseModel):
    id: UUID
    version: int
    currency: str
    lines: list[CartLineView]
    discount_minor: int
    shipping_minor: int | None
    total_minor: int


class OrderLine(BaseModel):
    id: UUID
    number: str
    state: str
    payment_state: str
    shipment_state: str
    total_minor: int
    currency: str
    placed_at: datetime


class SidePanel(BaseModel):
    """`GET /api/desk/conversations/{id}/side`: the customer's side of the counter.

    The live visit comes from `GET /api/desk/visitors/{visitor_id}/visit`.
    """

    visitor_id: UUID | None
    customer_id: UUID | None
    name: str
    email: str | None
    locale: str
    is_email_proven: bool = Field(description="They have proven that the address is theirs")
    notes: list[CustomerNoteView] = Field(description="The newest about this customer")
    first_seen_at: datetime | None
    cart: CartView | None
    orders: list[OrderLine]
    earlier: list[ConversationRow]


class ProductHit(BaseModel):
    """A product in the card search, with the variants that can be proposed."""

    card: ProductCard
    variants: list[ProductCard]


class SendProductCard(BaseModel):
    """`POST /api/desk/conversations/{id}/cards/product` -> Sent."""

    model_config = ConfigDict(extra="forbid")

    client_id: ClientId
    product_id: UUID
    variant_id: UUID | None = None


class SendOrderCard(BaseModel):
    """`POST /api/desk/conversations/{id}/cards/order` -> Sent."""

    model_config = ConfigDict(extra="forbid")

    client_id: ClientId
    order_id: UUID
