"""Who hears of orders: the desk."""

from stoa.commerce.orders.events import (
    TOPIC,
    OrderCancelled,
    OrderPaid,
    OrderPaymentRefused,
    OrderPlaced,
    OrderReassigned,
    OrderShipped,
)
from stoa.people.actors import StaffActor
from stoa.platform.database.session import ReadSession
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.registry import TopicRule


async def may_hear_orders(_session: ReadSession, actor: object, _id: str) -> bool:
    """Staff."""
    return isinstance(actor, StaffActor)


TOPICS: list[TopicRule] = [TopicRule(TOPIC, may_hear_orders), TopicRule("order", may_hear_orders)]
EVENTS: list[type[Event]] = [
    OrderPlaced,
    OrderPaid,
    OrderPaymentRefused,
    OrderShipped,
    OrderCancelled,
    OrderReassigned,
]
