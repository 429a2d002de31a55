"""Stock as its callers see it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Availability(StrEnum):
    """What a customer may be told about stock. `LOW` is few enough to be worth saying."""

    IN_STOCK = "in_stock"
    LOW = "low"
    BACKORDER = "backorder"
    SOLD_OUT = "sold_out"

    @property
    def can_be_ordered(self) -> bool:
        return self is not Availability.SOLD_OUT


LOW_AT = 5


@dataclass(frozen=True, slots=True)
class StockLevel:
    """`reserved` of the `on_hand` belong to orders that have not left yet."""

    variant_id: UUID
    on_hand: int
    reserved: int
    is_tracked: bool
    allows_backorder: bool

    @property
    def available(self) -> int | None:
        """How many can be ordered now; None when that is not limited."""
        if not self.is_tracked or self.allows_backorder:
            return None
        return max(self.on_hand - self.reserved, 0)

    @property
    def availability(self) -> Availability:
        """What to tell a customer: 3 left of a tracked variant is `LOW`."""
        left = self.on_hand - self.reserved
        if not self.is_tracked or left > LOW_AT:
            return Availability.IN_STOCK
        if left > 0:
            return Availability.LOW
        return Availability.BACKORDER if self.allows_backorder else Availability.SOLD_OUT


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many of a variant."""

    variant_id: UUID
    quantity: int
