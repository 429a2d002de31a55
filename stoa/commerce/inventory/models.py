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


@dataclass(frozen=True, slots=True)
class StockLevel:
    """`reserved` of the `on_hand` belong to orders that have not left yet."""

    variant_id: UUID
    on_hand: int
    reserved: int
    is_tracked: bool
    allows_backorder: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many of a variant."""

    variant_id: UUID
    quantity: int
