"""How long the tax law keeps an order."""

from collections.abc import Mapping
from datetime import date

# Full years after the end of the year in which it was placed. Germany: § 147 (3) AO, eight years
# for vouchers since 2025. Poland: art. 86 § 1 with 70 § 1 Ordynacja podatkowa, five years from the
# end of the year in which the tax was due, which may be the year after. Italy: art. 2220 codice
# civile. Greece: art. 13 of law 5104/2024, five years.
_YEARS: Mapping[str, int] = {"DE": 8, "PL": 6, "IT": 10, "GR": 5, "AT": 7}
_YEARS_ELSEWHERE = 10  # the longest of them: what is kept too long can still be erased


def kept_until(placed: date, *, country: str) -> date:
    """The last day on which the law keeps an order placed on that day in a shop of that country.

    >>> kept_until(date(2026, 3, 1), country="DE")
    datetime.date(2034, 12, 31)
    """
    return date(placed.year + _YEARS.get(country.upper(), _YEARS_ELSEWHERE), 12, 31)
