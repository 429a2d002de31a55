"""Public holidays by country and region, as the library `holidays` knows them."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

import holidays
from holidays.registry import COUNTRIES

# By the library's own way of naming languages.
_FALLBACK = "en"


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Sequence[str]]:
    # Two-letter codes only; the library lists three-letter ones and class names as well.
    two_letter = {row[1] for row in COUNTRIES.values()}
    supported = holidays.list_supported_countries(include_aliases=False)
    return {country: supported[country] for country in sorted(two_letter & set(supported))}


def countries() -> Sequence[str]:
    """The countries of which holidays are known."""
    return list(_known())


def regions(country: str) -> Mapping[str, str]:
    """The regions that have holidays of their own, with a name where the library has one."""
    names: dict[str, str] = {}
    aliases = getattr(getattr(holidays, country, None), "subdivisions_aliases", {})
    for name, code in aliases.items():
        names.setdefault(code, name)
    found = {code: names.get(code, code) for code in _known().get(country, ())}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def is_known(country: str, *, region: str = "") -> bool:
    known = _known().get(country)
    return known is not None and (not region or region in known)


@lru_cache(maxsize=256)
def holidays_of(
    country: str, *, region: str, year: int, language: str = _FALLBACK
) -> Mapping[date, str]:
    """The year's holidays, named in the reader's language where the library has it, else in
    English where it has that, else in the country's own."""
    spoken = getattr(holidays, country).supported_languages
    named = next(
        (
            code
            for wanted in (language, _FALLBACK)
            for code in spoken
            if code.partition("_")[0] == wanted
        ),
        None,
    )
    found = holidays.country_holidays(country, subdiv=region or None, years=year, language=named)
    return dict(sorted(found.items()))
