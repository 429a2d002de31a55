"""Where a visitor's own pages listen, and desks that look at a customer; who may listen there."""

from uuid import UUID

from stoa.people.actors import StaffActor, VisitorActor
from stoa.people.customers.events import CustomerTouched
from stoa.platform.database.session import ReadSession
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.registry import TopicRule


def visitor_topic(visitor_id: UUID) -> str:
    """What is meant for one visitor: proposals, calls, co-browsing."""
    return f"visitor:{visitor_id}"


async def may_hear_visitor(_session: ReadSession, actor: object, id_: str) -> bool:
    """Staff, and the visitor themselves."""
    if isinstance(actor, StaffActor):
        return True
    return isinstance(actor, VisitorActor) and str(actor.visitor_id) == id_


async def may_hear_customer(_session: ReadSession, actor: object, id_: str) -> bool:
    """Staff."""
    return isinstance(actor, StaffActor) and bool(id_)


EVENTS: list[type[Event]] = [CustomerTouched]

TOPICS: list[TopicRule] = [
    TopicRule("visitor", may_hear_visitor),
    TopicRule("person", may_hear_customer),
]
