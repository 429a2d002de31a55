"""The steps of the checkout and what they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from stoa.platform.errors import FieldProblem


class Step(StrEnum):
    """In the order they are gone through."""

    CONTACT = "contact"
    ADDRESS = "address"
    DELIVERY = "delivery"
    PAYMENT = "payment"
    REVIEW = "review"

    @property
    def following(self) -> "Step":
        steps = list(Step)
        return steps[min(steps.index(self) + 1, len(steps) - 1)]


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came in, cleaned; `problems` is empty when it can be taken."""

    values: Mapping[str, str]
    problems: tuple[FieldProblem, ...]


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """`is_new` is False when it had been placed before, by another click on the same page."""

    order_id: UUID
    token: str
    is_new: bool
