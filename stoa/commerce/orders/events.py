"""Facts about orders, on the topics `orders`, `order:<id>` and `visitor:<id>`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from stoa.commerce.orders.models import OrderState, PaymentState, ShipmentState
from stoa.platform.outbox.event import Event

TOPIC = "orders"


class OrderView(BaseModel):
    """A row of the desk's list. The events carry it whole, so it replaces what was shown."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    shop_id: UUID
    number: str
    visitor_id: UUID | None
    customer_id: UUID | None
    state: OrderState
    payment_state: PaymentState
    shipment_state: ShipmentState
    currency: str
    total_minor: int
    name: str
    email: str
    country: str
    payment_method: str
    pieces: int
    placed_at: datetime
    version: int


class OrderEvent(Event):
    order: OrderView

    @property
    def topics(self) -> Sequence[str]:
        """Where it is to be published."""
        topics = [TOPIC, f"order:{self.order.id}"]
        if self.order.visitor_id:
            topics.append(f"visitor:{self.order.visitor_id}")
        return topics


class OrderPlaced(OrderEvent):
    type: Literal["order.placed"] = "order.placed"


class OrderPaid(OrderEvent):
    type: Literal["order.paid"] = "order.paid"


class OrderPaymentRefused(OrderEvent):
    """What had been authorised could not be taken: the order waits for its money again."""

    type: Literal["order.payment_refused"] = "order.payment_refused"


class OrderShipped(OrderEvent):
    type: Literal["order.shipped"] = "order.shipped"


class OrderCancelled(OrderEvent):
    """`has_expired` when its payment did not come in time."""

    type: Literal["order.cancelled"] = "order.cancelled"
    has_expired: bool = False


class OrderReassigned(OrderEvent):
    """Whose order it is has changed: customers were merged or parted, or became known."""

    type: Literal["order.reassigned"] = "order.reassigned"
