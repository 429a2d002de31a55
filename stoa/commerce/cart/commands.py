"""Who hears of a cart."""

from uuid import UUID

from stoa.commerce.cart.events import CartChanged, CartOrdered
from stoa.people.actors import StaffActor, VisitorActor
from stoa.platform.database.session import ReadSession
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.registry import TopicRule


async def may_hear_cart(session: ReadSession, actor: object, id_: str) -> bool:
    """Staff, and the visitor whose cart it is."""
    try:
        cart_id = UUID(id_)
    except ValueError:
        return False
    owner = await session.fetch_value("SELECT visitor_id FROM cart WHERE id = $1", cart_id)
    if isinstance(actor, StaffActor):
        return owner is not None
    return isinstance(actor, VisitorActor) and owner is not None and owner == actor.visitor_id


TOPICS: list[TopicRule] = [TopicRule("cart", may_hear_cart)]
EVENTS: list[type[Event]] = [CartChanged, CartOrdered]
