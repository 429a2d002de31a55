"""Why stock cannot be given."""

from collections.abc import Sequence
from uuid import UUID

from stoa.commerce.inventory.models import Wanted
from stoa.platform.errors import Conflict, DomainError, NotFound


class OutOfStock(Conflict):
    """`missing` are the variants there are not enough of; nothing was reserved."""

    code = "inventory.out_of_stock"

    def __init__(self, missing: Sequence[Wanted]) -> None:
        super().__init__(count=len(missing))
        self.missing = tuple(missing)

    @property
    def variant_ids(self) -> frozenset[UUID]:
        return frozenset(wanted.variant_id for wanted in self.missing)


class NoSuchVariant(NotFound):
    code = "inventory.no_such_variant"


class BelowReserved(DomainError):
    """Fewer on hand than orders already hold."""

    code = "inventory.below_reserved"
    status = 422
