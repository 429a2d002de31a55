"""A cart as its visitor sees it, with today's prices and stock."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from stoa.commerce.catalogue.models import Picture
from stoa.commerce.pricing.models import Discount, Totals
from stoa.commerce.tax.models import VatCategory

MAX_QUANTITY = 999
MAX_LINES = 100


@dataclass(frozen=True, slots=True)
class CartLine:
    """`available` is how many could be ordered now, None when that is not limited."""

    id: UUID
    variant_id: UUID
    product_id: UUID
    sku: str
    name: str
    options: str
    slug: str
    picture: Picture | None
    quantity: int
    unit_price_minor: int
    vat_category: VatCategory
    available: int | None

    @property
    def is_covered(self) -> bool:
        """There is enough of it."""
        return self.available is None or self.quantity <= self.available


@dataclass(frozen=True, slots=True)
class Cart:
    """`checkout` is what the customer has submitted so far, by step; `totals` go with it."""

    id: UUID
    shop_id: UUID
    visitor_id: UUID
    currency: str
    locale: str
    version: int
    discount: Discount | None
    checkout: Mapping[str, Any]
    lines: tuple[CartLine, ...]
    totals: Totals

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)
