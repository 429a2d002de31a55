"""Facts about rules.

Topics: `rules` is for whoever arranges them; `told:<staff id>` is one person's at the desk.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from stoa.platform.outbox.event import Event

RULES_TOPIC = "rules"


def told_topic(staff_id: UUID) -> str:
    return f"told:{staff_id}"


class RulesChanged(Event):
    """On `rules`: which rules and webhooks there are or are on. The list is fetched anew."""

    type: Literal["rules.changed"] = "rules.changed"
    shop_id: UUID


class StaffTold(Event):
    """On `told:<staff id>`: a rule wants this person to look at a conversation."""

    type: Literal["staff.told"] = "staff.told"
    staff_id: UUID
    conversation_id: UUID
    rule_name: str
    contact_name: str
    preview: str
    by_mail: bool


class WebhookStopped(Event):
    """On `told:<staff id>` of every administrator: nothing arrived for days, so it is off."""

    type: Literal["webhook.stopped"] = "webhook.stopped"
    webhook_id: UUID
    shop_id: UUID
    name: str
    failing_since: datetime
