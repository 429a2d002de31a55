"""A live visit, as the node remembers it. Nothing in here came out of a form."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from stoa.assist.radar.schemas import InvitationState, PageView, SignalView, Step

TRAIL_MAX = 20
STEPS: tuple[Step, ...] = (
    "browse",
    "cart",
    "contact",
    "address",
    "delivery",
    "payment",
    "review",
    "ordered",
)
CHECKOUT: frozenset[Step] = frozenset({"contact", "address", "delivery", "payment", "review"})


@dataclass(slots=True)
class FieldTrouble:
    reason: str
    count: int
    is_open: bool
    at: datetime


@dataclass(slots=True)
class Invitation:
    id: UUID
    state: InvitationState
    staff_name: str | None
    text: str
    at: datetime


@dataclass(slots=True)
class LiveVisit:
    """One browser in the shop, from its first page until two minutes after its last."""

    id: UUID
    since: datetime
    last_active_at: datetime
    locale: str
    device: str
    shop_id: UUID | None = None
    visitor_id: UUID | None = None
    conversation_id: UUID | None = None
    page: PageView | None = None
    trail: deque[PageView] = field(default_factory=lambda: deque(maxlen=TRAIL_MAX))
    page_count: int = 0
    step: Step = "browse"
    furthest: Step = "browse"
    cart: dict[str, Any] | None = None  # stoa.commerce.cart.events.CartView
    referrer: str = ""
    is_returning: bool = False
    connections: set[str] = field(default_factory=set)
    is_online: bool = True  # until a moment after its last page: going to the next is no leaving
    left_at: datetime | None = None
    field_errors: dict[str, FieldTrouble] = field(default_factory=dict)
    error_count: int = 0
    payment: str | None = None
    payment_refused_at: datetime | None = None
    rages: deque[datetime] = field(default_factory=lambda: deque(maxlen=10))
    turns: deque[datetime] = field(default_factory=lambda: deque(maxlen=10))
    signals: list[SignalView] = field(default_factory=list)
    past_signals: set[str] = field(default_factory=set)
    score: int = 0
    invitation: Invitation | None = None
    order_id: UUID | None = None
    order_number: str | None = None
    has_talked: bool = False
    revision: int = 0

    @property
    def is_shown(self) -> bool:
        """A page of it has reported."""
        return self.page is not None

    @property
    def has_cart(self) -> bool:
        return self.cart is not None and self.cart["count"] > 0
