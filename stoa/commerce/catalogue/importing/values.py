"""Single values as the files of other shops write them."""

import hashlib
import re
from decimal import Decimal, InvalidOperation

from stoa.commerce.catalogue.slugs import slugify
from stoa.platform.money.rounding import parse_amount

_CURRENCY = re.compile(
    r"(?:(?P<before>[A-Z]{3})\s*)?(?P<number>[^A-Z]*?)(?:\s*(?P<after>[A-Z]{3}))?"
)
_SYMBOLS = {"€": "EUR", "£": "GBP", "$": "", "zł": "PLN", "ZŁ": "PLN", "Kč": "CZK"}
_TRUE = frozenset({"1", "true", "yes", "y", "on", "ja", "tak", "vero", "sì", "si", "ναι"})
_ADDRESS = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_MAX_COUNT = 2_000_000_000
_MAX_MINOR = 10**12


class OtherCurrency(ValueError):
    """The price is in a currency the shop does not sell in."""


def plain_number(text: str) -> str:
    """`text` with a decimal point and nothing else: "1.234,50" and "1,234.50" are "1234.50"."""
    plain = re.sub(r"[\s'’\u00a0\u202f]", "", text)
    dot, comma = plain.rfind("."), plain.rfind(",")
    if dot >= 0 and comma >= 0:
        thousands = "," if dot > comma else "."
        return plain.replace(thousands, "").replace(",", ".")
    if plain.count(",") > 1 or plain.count(".") > 1:
        return plain.replace(",", "").replace(".", "")
    return plain.replace(",", ".")


def parse_price(text: str, currency: str) -> int:
    """Minor units of "12.90", "12,90 EUR" or "€ 12.90".

    Raises:
        OtherCurrency: it names another currency than `currency`.
        ValueError: not a price.
    """
    bare = text.strip()
    named = ""
    for symbol, code in _SYMBOLS.items():
        if symbol in bare:
            bare, named = bare.replace(symbol, "").strip(), code
    match = _CURRENCY.fullmatch(bare)
    if match is None:
        raise ValueError("not a price")
    named = match["before"] or match["after"] or named
    if named and named != currency:
        raise OtherCurrency(named)
    number = plain_number(match["number"])
    # Three decimals may be thousands ("1.290" is 1290 in German): better asked than guessed.
    if not re.fullmatch(r"\d{1,12}(\.(\d{1,2}|\d{4,6}))?", number, re.ASCII):
        raise ValueError("not a price")
    minor = parse_amount(number, currency).minor
    if minor > _MAX_MINOR:
        raise ValueError("not a price")
    return minor


def parse_count(text: str) -> int:
    """A whole number: "12", "12.0", "-3".

    Raises:
        ValueError: it is none, or beyond any stock.
    """
    number = _decimal(text)
    if number != number.to_integral_value():
        raise ValueError("not a whole number")
    return int(number)


def parse_grams(text: str, *, per_unit: Decimal = Decimal(1)) -> int:
    """A weight in grams: "0,5" at 1000 per unit is 500."""
    number = _decimal(text) * per_unit
    if not 0 <= number <= _MAX_COUNT:
        raise ValueError("not a weight")
    return int(number.to_integral_value())


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(plain_number(text))
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    if not number.is_finite() or abs(number) > _MAX_COUNT:
        raise ValueError("not a number")
    return number


def is_true(text: str) -> bool:
    return text.strip().lower() in _TRUE


def is_web_address(text: str) -> bool:
    """`text` may be fetched: http or https, a host, no spaces, not endless."""
    return (
        bool(re.fullmatch(r"https?://[^\s/?#]+[^\s]*", text, re.IGNORECASE)) and len(text) <= 2000
    )


def split_list(text: str, separator: str = ",") -> list[str]:
    """The parts of "a, b\\, c": a separator after a backslash belongs to the part."""
    parts = re.split(rf"(?<!\\){re.escape(separator)}", text)
    plain = (part.replace(f"\\{separator}", separator).strip() for part in parts)
    return [part for part in plain if part]


def code_of(text: str, *, locale: str) -> str:
    """A stable code for a name: "Dunkelgrün" is "dunkelgruen" in German, "★" gets a fingerprint."""
    return slugify(text, locale=locale) or fingerprint(text)


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
