"""Money: whole units, exact sums, halves away from zero."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.platform.money.amount import CurrencyMismatch, Money
from stoa.platform.money.rounding import divide_half_up, parse_amount, vat_included
from stoa.platform.money.split import split_by_weights

MINOR = st.integers(min_value=-(10**12), max_value=10**12)


@given(numerator=MINOR, denominator=st.integers(min_value=1, max_value=10**6))
def test_divides_as_decimal_rounding_half_up_does(numerator: int, denominator: int) -> None:
    exact = Decimal(numerator) / Decimal(denominator)
    assert divide_half_up(numerator, denominator) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(gross=st.integers(min_value=0, max_value=10**12), rate=st.integers(0, 10_000))
def test_net_plus_vat_is_gross_and_the_rate_fits(gross: int, rate: int) -> None:
    vat = vat_included(gross, rate)
    net = gross - vat
    assert 0 <= vat <= gross
    assert abs(net * rate - vat * 10_000) <= 10_000 + rate  # within one minor unit of exact


@given(minor=MINOR, weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_parts_sum_up_and_stay_within_one_unit_of_their_share(
    minor: int, weights: list[int]
) -> None:
    parts = split_by_weights(minor, weights)
    assert sum(parts) == minor
    if total := sum(weights):
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part * total - minor * weight) < total


def test_splits_nothing_over_no_parts() -> None:
    assert split_by_weights(100, []) == []


@pytest.mark.parametrize(
    ("text", "minor"),
    [("12.90", 1290), ("12,90", 1290), ("1 200,5", 120050), ("0", 0), ("-3.1", -310), ("7", 700)],
)
def test_reads_plain_decimals(text: str, minor: int) -> None:
    assert parse_amount(text, "EUR") == Money(minor, "EUR")


@pytest.mark.parametrize("text", ["", "abc", "1.999", "NaN", "Infinity", "1e40", "1.2.3"])
def test_refuses_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        parse_amount(text, "EUR")


def test_knows_currencies_without_minor_units() -> None:
    assert parse_amount("1290", "JPY").as_decimal() == Decimal(1290)
    with pytest.raises(ValueError, match="not an amount"):
        parse_amount("12.90", "JPY")


def test_refuses_to_add_two_currencies() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "PLN")
