"""Rounding and parsing without floats."""

from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision

from stoa.platform.money.amount import Money


def divide_half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator to the nearest whole, halves away from zero: 5/2 is 3, -5/2 is -3."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))


def vat_included(gross_minor: int, basis_points: int) -> int:
    """The VAT inside a gross amount: 12300 at 2300 (23 %) holds 2300."""
    return divide_half_up(gross_minor * basis_points, 10_000 + basis_points)


def parse_amount(text: str, currency: str) -> Money:
    """The amount a plain decimal writes: "12.90" or "12,90" EUR is 1290 minor units.

    Raises:
        ValueError: not a number, or finer than the currency's minor unit.
    """
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        minor = Decimal(plain).scaleb(get_currency_precision(currency))
    except InvalidOperation as error:
        raise ValueError(f"not an amount: {text!r}") from error
    if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) > 10**14:
        raise ValueError(f"not an amount in {currency}: {text!r}")
    return Money(int(minor), currency)
