"""The socket edge: who may hear of rules, and what a rule tells one person."""

from stoa.contact.automation.events import RULES_TOPIC, RulesChanged, StaffTold, WebhookStopped
from stoa.people.actors import StaffActor
from stoa.people.identity.models import Role
from stoa.platform.database.session import ReadSession
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.registry import TopicRule


async def may_hear_rules(_session: ReadSession, actor: object, id_: str) -> bool:
    """Whoever may write rules."""
    return (
        isinstance(actor, StaffActor) and id_ == "" and actor.staff.role.includes(Role.SUPERVISOR)
    )


async def may_hear_told(_session: ReadSession, actor: object, id_: str) -> bool:
    """The person themselves."""
    return isinstance(actor, StaffActor) and str(actor.staff.id) == id_


TOPICS: list[TopicRule] = [TopicRule(RULES_TOPIC, may_hear_rules), TopicRule("told", may_hear_told)]
EVENTS: list[type[Event]] = [RulesChanged, StaffTold, WebhookStopped]
