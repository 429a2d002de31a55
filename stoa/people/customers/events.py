"""Facts about customers that others go by."""

from typing import Literal
from uuid import UUID

from stoa.platform.outbox.event import Event


class VisitorKnown(Event):
    """This visitor is that customer from now on. Heard inside; no topic carries it."""

    type: Literal["visitor.known"] = "visitor.known"
    visitor_id: UUID
    customer_id: UUID
