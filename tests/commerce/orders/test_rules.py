"""How long the tax law keeps an order."""

from datetime import date

import pytest

from stoa.commerce.orders.rules import kept_until


@pytest.mark.parametrize(
    ("country", "until"),
    [("DE", 2034), ("de", 2034), ("PL", 2032), ("IT", 2036), ("GR", 2031), ("XX", 2036)],
)
def test_keeps_an_order_to_the_end_of_a_year(country: str, until: int) -> None:
    for placed in (date(2026, 1, 1), date(2026, 12, 31)):
        assert kept_until(placed, country=country) == date(until, 12, 31)
