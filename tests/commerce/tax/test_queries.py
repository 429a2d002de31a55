"""The rate that holds is the newest one not in the future."""

from datetime import date

import pytest

from stoa.commerce.tax.errors import NoVatRate
from stoa.commerce.tax.models import VatCategory
from stoa.commerce.tax.queries import vat_rates
from stoa.platform.database.session import Database


@pytest.mark.parametrize(
    ("country", "on", "category", "expected"),
    [
        ("PL", date(2026, 1, 1), VatCategory.STANDARD, 2300),
        ("PL", date(2026, 1, 1), VatCategory.SUPER_REDUCED, 500),
        ("EE", date(2025, 6, 30), VatCategory.STANDARD, 2200),
        ("EE", date(2025, 7, 1), VatCategory.STANDARD, 2400),
        ("FI", date(2025, 12, 31), VatCategory.REDUCED, 1400),
        ("FI", date(2026, 1, 1), VatCategory.REDUCED, 1350),
        ("DE", date(2026, 1, 1), VatCategory.ZERO, 0),
    ],
)
async def test_gives_the_rate_of_the_day(
    database: Database, country: str, on: date, category: VatCategory, expected: int
) -> None:
    async with database.read() as session:
        rates = await vat_rates(session, country=country, on=on)
    assert rates.of(category) == expected


async def test_knows_every_country_of_the_union_in_2026(database: Database) -> None:
    async with database.read() as session:
        countries = await session.fetch("SELECT DISTINCT country FROM vat_rate ORDER BY country")
        assert len(countries) == 27
        for row in countries:
            rates = await vat_rates(session, country=row["country"], on=date(2026, 1, 1))
            ordered = [rates.of(category) for category in VatCategory]
            assert ordered == sorted(ordered, reverse=True)
            assert 1700 <= ordered[0] <= 2700


async def test_says_when_a_country_has_no_rate(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(NoVatRate):
            await vat_rates(session, country="US", on=date(2026, 1, 1))
