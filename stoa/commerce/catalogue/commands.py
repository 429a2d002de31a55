"""Who may hear of imports, and what travels there."""

from stoa.commerce.catalogue.events import IMPORTS, ImportChanged
from stoa.people.actors import StaffActor
from stoa.people.identity.models import Role
from stoa.platform.database.session import ReadSession
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.registry import Actor, TopicRule


async def may_hear_imports(_session: ReadSession, actor: Actor, rest: str) -> bool:
    """Those who may import."""
    return (
        rest == "" and isinstance(actor, StaffActor) and actor.staff.role.includes(Role.SUPERVISOR)
    )


TOPICS: list[TopicRule] = [TopicRule(IMPORTS, may_hear_imports)]
EVENTS: list[type[Event]] = [ImportChanged]
