"""Facts about consent that others go by. Heard inside; no topic carries them."""

from typing import Literal
from uuid import UUID

from stoa.people.consent.models import Purpose
from stoa.people.customers.models import PointKind
from stoa.platform.outbox.event import Event


class ConsentWithdrawn(Event):
    """Nothing more may go to this address for these purposes."""

    type: Literal["consent.withdrawn"] = "consent.withdrawn"
    kind: PointKind
    key: str
    purposes: list[Purpose]


class ConsentRequested(Event):
    """The owner of an address is to be asked, at that address, whether they agree."""

    type: Literal["consent.requested"] = "consent.requested"
    request_id: UUID
