"""The arithmetic of totals. Pure; prices are gross, so the VAT is taken out of them.

Rounding happens once per line: the VAT of a line is the nearest minor unit of its gross total
(halves up), and every sum is a sum of those, so that what is printed adds up.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from stoa.commerce.pricing.models import ChargeTotals, Discount, Item, LineTotals, Totals, VatPart
from stoa.platform.money.rounding import divide_half_up, vat_included
from stoa.platform.money.split import split_by_weights


def discount_on(goods_minor: int, discount: Discount | None) -> int:
    """How much a discount takes off: 10 % of 12990 is 1299; never more than the goods cost."""
    if discount is None:
        return 0
    if discount.kind == "percent":
        return min(goods_minor, divide_half_up(goods_minor * discount.value, 10_000))
    return min(goods_minor, discount.value)


def calculate_totals(
    *,
    currency: str,
    items: Sequence[Item],
    discount: Discount | None = None,
    shipping_minor: int | None = None,
    fee_minor: int | None = None,
) -> Totals:
    """The totals of these items. None means "not chosen yet", 0 means free.

    The discount is shared over the lines in proportion to their price. Delivery and fees are
    supplementary to the goods (CJEU C-349/96) and so carry the goods' rates, in proportion.
    """
    goods = [item.unit_price_minor * item.quantity for item in items]
    discount_minor = discount_on(sum(goods), discount)
    shares = split_by_weights(discount_minor, goods)
    lines = tuple(
        _line(item, gross, share) for item, gross, share in zip(items, goods, shares, strict=True)
    )
    shipping = None if shipping_minor is None else _charge(shipping_minor, lines)
    fee = None if fee_minor is None else _charge(fee_minor, lines)
    vat = _sum_by_rate(
        [
            *(_part(line.vat_basis_points, line.total_minor) for line in lines),
            *(part for charge in (shipping, fee) if charge for part in charge.vat),
        ]
    )
    return Totals(
        currency=currency,
        lines=lines,
        goods_minor=sum(goods),
        discount_minor=discount_minor,
        shipping=shipping,
        fee=fee,
        total_minor=sum(part.gross_minor for part in vat),
        vat_minor=sum(part.vat_minor for part in vat),
        vat=vat,
    )


def _line(item: Item, goods_minor: int, discount_minor: int) -> LineTotals:
    total_minor = goods_minor - discount_minor
    return LineTotals(
        quantity=item.quantity,
        unit_price_minor=item.unit_price_minor,
        goods_minor=goods_minor,
        discount_minor=discount_minor,
        total_minor=total_minor,
        vat_basis_points=item.vat_basis_points,
        vat_minor=vat_included(total_minor, item.vat_basis_points),
    )


def _charge(gross_minor: int, lines: Sequence[LineTotals]) -> ChargeTotals:
    weights: dict[int, int] = defaultdict(int)
    for line in lines:
        weights[line.vat_basis_points] += line.total_minor
    rates = sorted(weights, reverse=True) or [0]
    parts = split_by_weights(gross_minor, [weights[rate] for rate in rates])
    vat = tuple(_part(rate, part) for rate, part in zip(rates, parts, strict=True) if part)
    return ChargeTotals(gross_minor=gross_minor, vat=vat)


def _part(basis_points: int, gross_minor: int) -> VatPart:
    vat_minor = vat_included(gross_minor, basis_points)
    return VatPart(basis_points, gross_minor, gross_minor - vat_minor, vat_minor)


def _sum_by_rate(parts: Iterable[VatPart]) -> tuple[VatPart, ...]:
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for part in parts:
        total = sums[part.basis_points]
        total[0] += part.gross_minor
        total[1] += part.net_minor
        total[2] += part.vat_minor
    return tuple(VatPart(rate, *sums[rate]) for rate in sorted(sums, reverse=True))
