"""When a change of stock is worth telling."""

from stoa.commerce.inventory.models import Availability, StockLevel


def looks_different(before: StockLevel, after: StockLevel) -> bool:
    """A page that shows this level has to be drawn again: words change, or the few left do."""
    if before.availability is not after.availability:
        return True
    return after.availability is Availability.LOW and before.available != after.available
