"""Facts about service levels. On `desk`: what an agent has to know; the rest is for the nodes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from stoa.contact.service_levels.schemas import Kind
from stoa.platform.outbox.event import Event

TOPIC = "service_levels"


class SlaWarned(Event):
    """On `desk`: an answer is due soon. Once for each wait."""

    type: Literal["sla.warned"] = "sla.warned"
    conversation_id: UUID
    shop_id: UUID
    assignee_id: UUID | None
    kind: Kind
    waiting_since: datetime
    due_at: datetime


class SlaBreached(Event):
    """On `desk`: an answer was due and did not come. Once for each wait."""

    type: Literal["sla.breached"] = "sla.breached"
    conversation_id: UUID
    shop_id: UUID
    assignee_id: UUID | None
    kind: Kind
    waiting_since: datetime
    due_at: datetime


class PoliciesChanged(Event):
    """On `service_levels`: whoever waits is due at another time, perhaps."""

    type: Literal["sla.policies_changed"] = "sla.policies_changed"
    shop_id: UUID
