"""Writing orders."""

from stoa.commerce.orders.service.change import cancel, expire_unpaid, mark_paid, ship
from stoa.commerce.orders.service.forgetting import forget_restricted
from stoa.commerce.orders.service.record import Purchaser, RecordedOrder, record_order

__all__ = [
    "Purchaser",
    "RecordedOrder",
    "cancel",
    "expire_unpaid",
    "forget_restricted",
    "mark_paid",
    "record_order",
    "ship",
]
