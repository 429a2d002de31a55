"""What a stock level means."""

from stoa.commerce.inventory.models import Availability, StockLevel

LOW_AT = 5


def available_of(level: StockLevel) -> int | None:
    """How many can be ordered now; None when that is not limited."""
    if not level.is_tracked or level.allows_backorder:
        return None
    return max(level.on_hand - level.reserved, 0)


def availability_of(level: StockLevel) -> Availability:
    """What to tell a customer: 3 left of a tracked variant is `LOW`."""
    if not level.is_tracked:
        return Availability.IN_STOCK
    left = level.on_hand - level.reserved
    if left > LOW_AT:
        return Availability.IN_STOCK
    if left > 0:
        return Availability.LOW
    return Availability.BACKORDER if level.allows_backorder else Availability.SOLD_OUT


def looks_different(before: StockLevel, after: StockLevel) -> bool:
    """A page that shows this level has to be drawn again: words change, or the few left do."""
    then, new = availability_of(before), availability_of(after)
    return then is not new or (
        new is Availability.LOW and available_of(before) != available_of(after)
    )
