"""What a cart shows. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stoa.commerce.cart.events import CartLineView, CartView
from stoa.commerce.cart.models import Cart
from stoa.platform.i18n.locale import in_locale


def option_text(
    options: Sequence[Mapping[str, Any]], chosen: Mapping[str, str], *, locale: str, default: str
) -> str:
    """The chosen values in the product's order: "Colour: Blue, Size: M"."""
    parts = []
    for option in options:
        code = chosen.get(option["code"])
        value = next((value for value in option["values"] if value["code"] == code), None)
        if value is not None:
            name = in_locale(option["names"], locale, default=default)
            parts.append(f"{name}: {in_locale(value['names'], locale, default=default)}")
    return ", ".join(parts)


def view_of(cart: Cart) -> CartView:
    """The cart as an event or an answer carries it."""
    lines = tuple(
        CartLineView(
            id=line.id,
            variant_id=line.variant_id,
            product_id=line.product_id,
            name=line.name,
            options=line.options,
            slug=line.slug,
            picture_id=line.picture.id if line.picture else None,
            quantity=line.quantity,
            available=line.available,
            unit_price_minor=line.unit_price_minor,
            discount_minor=totals.discount_minor,
            total_minor=totals.total_minor,
        )
        for line, totals in zip(cart.lines, cart.totals.lines, strict=True)
    )
    return CartView(
        id=cart.id,
        visitor_id=cart.visitor_id,
        version=cart.version,
        locale=cart.locale,
        currency=cart.currency,
        count=cart.count,
        lines=lines,
        goods_minor=cart.totals.goods_minor,
        discount_minor=cart.totals.discount_minor,
        discount_reason=cart.discount.reason if cart.discount else "",
        shipping_minor=cart.totals.shipping.gross_minor if cart.totals.shipping else None,
        total_minor=cart.totals.total_minor,
    )
