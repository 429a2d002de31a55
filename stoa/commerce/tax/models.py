"""VAT rates as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class VatCategory(StrEnum):
    """What a product is for the tax. Each country gives each category a rate."""

    STANDARD = "standard"
    REDUCED = "reduced"
    SUPER_REDUCED = "super_reduced"
    ZERO = "zero"


@dataclass(frozen=True, slots=True)
class VatRates:
    """The rates of one country on one day, in hundredths of a percent: 2300 is 23 %."""

    country: str
    basis_points: Mapping[VatCategory, int]

    def of(self, category: VatCategory) -> int:
        """The category's rate; a category the country does not know is taxed in full."""
        if category is VatCategory.ZERO:
            return 0
        return self.basis_points.get(category, self.basis_points[VatCategory.STANDARD])
