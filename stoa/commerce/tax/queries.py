"""Reading the rates that hold on a day."""

from datetime import date

from stoa.commerce.tax.errors import NoVatRate
from stoa.commerce.tax.models import VatCategory, VatRates
from stoa.platform.database.session import ReadSession


async def vat_rates(session: ReadSession, *, country: str, on: date) -> VatRates:
    """The rates `country` applies on that day. Remembered by the node: they are known in advance.

    Raises:
        NoVatRate: no standard rate is known for it.
    """

    async def load() -> VatRates:
        rows = await session.fetch(
            "SELECT DISTINCT ON (category) category, rate_basis_points FROM vat_rate"
            " WHERE country = $1 AND valid_from <= $2 ORDER BY category, valid_from DESC",
            country,
            on,
        )
        rates = {VatCategory(row["category"]): row["rate_basis_points"] for row in rows}
        if VatCategory.STANDARD not in rates:
            raise NoVatRate(country=country)
        return VatRates(country, rates)

    return await session.remember(("vat_rates", country, on), load, until=())
