"""Totals add up, whatever is in the cart."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stoa.commerce.pricing.models import (
    Discount,
    Item,
    Totals,
    VatPart,
    totals_from_json,
    totals_to_json,
)
from stoa.commerce.pricing.rules import calculate_totals, discount_on

RATES = st.sampled_from([2700, 2550, 2300, 2200, 1900, 1350, 800, 700, 550, 500, 210, 0])
ITEMS = st.lists(
    st.builds(Item, st.integers(0, 5_000_00), st.integers(1, 999), RATES), min_size=1, max_size=12
)
DISCOUNTS = st.none() | st.builds(
    Discount, kind=st.sampled_from(["percent", "amount"]), value=st.integers(0, 20_000)
)
CHARGES = st.none() | st.integers(0, 50_00)


def totals(**changes: object) -> Totals:
    given_: dict[str, Any] = {"currency": "EUR", "items": [Item(1000, 1, 2300)], **changes}
    return calculate_totals(**given_)


def test_takes_the_vat_out_of_gross_prices() -> None:
    result = totals(items=[Item(12_300, 1, 2300), Item(1_080, 2, 800)])
    assert [line.vat_minor for line in result.lines] == [2_300, 160]
    assert result.total_minor == 14_460
    assert result.vat == (VatPart(2300, 12_300, 10_000, 2_300), VatPart(800, 2_160, 2_000, 160))


def test_shares_a_discount_over_the_lines_to_the_last_cent() -> None:
    result = totals(
        items=[Item(1000, 1, 2300), Item(1000, 1, 2300), Item(1000, 1, 2300)],
        discount=Discount(kind="amount", value=100),
    )
    assert [line.discount_minor for line in result.lines] == [34, 33, 33]
    assert result.total_minor == 2_900


def test_taxes_delivery_like_the_goods_it_comes_with() -> None:
    result = totals(items=[Item(3000, 1, 2300), Item(1000, 1, 500)], shipping_minor=400)
    assert result.shipping is not None
    assert [(part.basis_points, part.gross_minor) for part in result.shipping.vat] == [
        (2300, 300),
        (500, 100),
    ]


def test_taxes_the_delivery_of_free_goods_at_their_highest_rate() -> None:
    result = totals(items=[Item(0, 1, 500), Item(0, 1, 2300)], shipping_minor=490)
    assert result.total_minor == 490
    assert result.vat[0] == VatPart(2300, 490, 398, 92)


def test_tells_free_delivery_from_none_chosen() -> None:
    assert totals(shipping_minor=None).shipping is None
    free = totals(shipping_minor=0).shipping
    assert free is not None
    assert free.gross_minor == 0


@given(goods=st.integers(0, 10**9), value=st.integers(0, 10**9), percent=st.booleans())
def test_never_takes_off_more_than_the_goods_cost(goods: int, value: int, percent: bool) -> None:
    discount = Discount(kind="percent" if percent else "amount", value=value)
    assert 0 <= discount_on(goods, discount) <= goods


@given(items=ITEMS, discount=DISCOUNTS, shipping=CHARGES, fee=CHARGES)
def test_always_adds_up(
    items: list[Item], discount: Discount | None, shipping: int | None, fee: int | None
) -> None:
    result = totals(items=items, discount=discount, shipping_minor=shipping, fee_minor=fee)
    lines = sum(line.total_minor for line in result.lines)
    assert result.total_minor == lines + (shipping or 0) + (fee or 0)
    assert result.total_minor == result.goods_minor - result.discount_minor + (shipping or 0) + (
        fee or 0
    )
    assert sum(line.discount_minor for line in result.lines) == result.discount_minor
    for charge in (result.shipping, result.fee):
        assert charge is None or sum(p.gross_minor for p in charge.vat) == charge.gross_minor
    assert sum(part.gross_minor for part in result.vat) == result.total_minor
    assert sum(part.vat_minor for part in result.vat) == result.vat_minor
    for part in result.vat:
        assert part.net_minor + part.vat_minor == part.gross_minor


@given(items=ITEMS, discount=DISCOUNTS)
def test_rounds_each_line_by_less_than_a_minor_unit(
    items: list[Item], discount: Discount | None
) -> None:
    for line in totals(items=items, discount=discount).lines:
        assert 0 <= line.discount_minor <= line.goods_minor
        exact_times = line.total_minor * line.vat_basis_points
        scale = 10_000 + line.vat_basis_points
        assert abs(line.vat_minor * scale - exact_times) * 2 <= scale


@given(items=ITEMS, discount=DISCOUNTS, shipping=CHARGES, fee=CHARGES)
def test_survives_storage_unchanged(
    items: list[Item], discount: Discount | None, shipping: int | None, fee: int | None
) -> None:
    result = totals(items=items, discount=discount, shipping_minor=shipping, fee_minor=fee)
    assert totals_from_json(totals_to_json(result)) == result
