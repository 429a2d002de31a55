"""Facts about calls.

`visitor:<id>` is what the customer may see; `calls` what every desk sees; `supervision` what only
supervisors see.
"""

from typing import Literal
from uuid import UUID

from stoa.contact.calls.schemas import CallRow, CustomerCall, Supervision
from stoa.platform.outbox.event import Event

CALLS_TOPIC = "calls"
SUPERVISION_TOPIC = "supervision"


def call_topic(call_id: UUID) -> str:
    """Signals only: quality, and what browsers of one call tell each other."""
    return f"call:{call_id}"


class CallChanged(Event):
    """On `visitor:<id>`: replaces the call of the customer's page."""

    type: Literal["call.changed"] = "call.changed"
    call: CustomerCall


class CallListed(Event):
    """On `calls`: replaces, adds or (when ended) removes the call of the desk's list."""

    type: Literal["call.listed"] = "call.listed"
    call: CallRow


class CallSupervised(Event):
    """On `supervision`: who listens to this call now."""

    type: Literal["call.supervised"] = "call.supervised"
    supervision: Supervision
