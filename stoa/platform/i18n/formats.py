"""Money, numbers, dates and times as each language writes them (CLDR, through Babel)."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale as BabelLocale
from babel import dates, numbers

from stoa.platform.i18n.locale import Locale
from stoa.platform.money.amount import Money


@cache
def babel_locale(locale: Locale) -> BabelLocale:
    """English dates are day-first: Stoa's shops are European."""
    return BabelLocale.parse("en_GB" if locale == "en" else locale)


@cache
def format_money(money: Money, *, locale: Locale) -> str:
    """12.90 EUR is "12,90 €" in German and "€12.90" in English."""
    return numbers.format_currency(money.as_decimal(), money.currency, locale=babel_locale(locale))


def format_number(value: int | Decimal, *, locale: Locale) -> str:
    return numbers.format_decimal(value, locale=babel_locale(locale))


def format_percent(basis_points: int, *, locale: Locale) -> str:
    """2300 is "23%" in English and "23 %" in German."""
    value = Decimal(basis_points) / 10_000
    return numbers.format_percent(value, locale=babel_locale(locale), decimal_quantization=False)


def format_date(value: date, *, locale: Locale) -> str:
    return dates.format_date(value, format="long", locale=babel_locale(locale))


def format_date_time(value: datetime, *, locale: Locale, zone: str = "Europe/Warsaw") -> str:
    tz = dates.get_timezone(zone)
    return dates.format_datetime(value, format="medium", tzinfo=tz, locale=babel_locale(locale))


def format_moment(value: datetime, *, locale: Locale, zone: str) -> str:
    """A moment one can keep: "Mon 30 Nov, 09:00" in English."""
    tz, tag = dates.get_timezone(zone), babel_locale(locale)
    day = dates.format_skeleton("MMMEd", value, tzinfo=tz, locale=tag)
    return f"{day}, {dates.format_time(value, format='short', tzinfo=tz, locale=tag)}"
