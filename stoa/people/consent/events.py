"""Facts about consent that others go by."""

from typing import Literal

from stoa.people.consent.models import Purpose
from stoa.people.customers.models import PointKind
from stoa.platform.outbox.event import Event


class ConsentWithdrawn(Event):
    """Nothing more may go to this address for these purposes. Heard inside; no topic carries it."""

    type: Literal["consent.withdrawn"] = "consent.withdrawn"
    kind: PointKind
    key: str
    purposes: list[Purpose]
