"""Where a visitor's own pages listen, and who may listen there."""

from uuid import UUID

from stoa.people.actors import StaffActor, VisitorActor
from stoa.platform.database.session import ReadSession
from stoa.platform.realtime.registry import TopicRule


def visitor_topic(visitor_id: UUID) -> str:
    """What is meant for one visitor: proposals, calls, co-browsing."""
    return f"visitor:{visitor_id}"


async def may_hear_visitor(_session: ReadSession, actor: object, id_: str) -> bool:
    """Staff, and the visitor themselves."""
    if isinstance(actor, StaffActor):
        return True
    return isinstance(actor, VisitorActor) and str(actor.visitor_id) == id_


TOPICS: list[TopicRule] = [TopicRule("visitor", may_hear_visitor)]
