"""Reading carts: two statements, prices and stock as of now."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from stoa.commerce.cart.events import CartLineView, CartView
from stoa.commerce.cart.models import Cart, CartLine
from stoa.commerce.cart.rules import option_text
from stoa.commerce.catalogue.models import Picture
from stoa.commerce.payments.service import offered_payments
from stoa.commerce.pricing.models import Discount, Item, Totals
from stoa.commerce.pricing.service import calculate_totals, discount_on
from stoa.commerce.shipping.queries import shipping_methods
from stoa.commerce.shops.models import Shop
from stoa.commerce.tax.models import VatCategory
from stoa.commerce.tax.queries import vat_rates
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.i18n.locale import in_locale
from stoa.platform.web.security import hash_token

CART = "id, shop_id, visitor_id, currency, locale, version, discount, checkout"
CART_OF_TOKEN = (
    ", ".join(f"c.{column}" for column in CART.split(", "))
    + " FROM visitor v JOIN cart c ON c.visitor_id = v.id AND c.shop_id = $1"
    " WHERE v.token_hash = $2"
)

# A line whose product is no longer sold stays visible with nothing available.
LINES = """
SELECT l.id, l.variant_id, l.quantity, v.product_id, v.sku, v.price_minor, v.option_values,
       p.names, p.options, p.vat_category, g.slug,
       i.id AS picture_id, i.width, i.height, i.widths, i.alts,
       CASE WHEN NOT (v.is_active AND p.is_visible) THEN 0
            WHEN s.is_tracked AND NOT s.allows_backorder THEN greatest(s.on_hand - s.reserved, 0)
       END AS available
FROM cart_line l
JOIN variant v ON v.id = l.variant_id
JOIN product p ON p.id = v.product_id
LEFT JOIN stock s ON s.variant_id = l.variant_id
LEFT JOIN LATERAL (
    SELECT slug FROM slug WHERE product_id = p.id AND is_current
    ORDER BY locale = $2 DESC, locale = $3 DESC, locale LIMIT 1
) g ON true
LEFT JOIN LATERAL (
    SELECT t.id, t.width, t.height, t.widths, l.alts
    FROM product_picture l JOIN picture t ON t.id = l.picture_id
    WHERE l.product_id = p.id AND t.state IN ('stored', 'ready')
    ORDER BY t.id = v.picture_id DESC NULLS LAST, l.position, t.id LIMIT 1
) i ON true
WHERE l.cart_id = $1
ORDER BY l.position, l.id
"""


async def cart_count(session: ReadSession, *, shop_id: UUID, token: str) -> int:
    """How many pieces are in the cart of the visitor who holds the token. One statement."""
    count: int = await session.fetch_value(
        "SELECT coalesce(sum(l.quantity), 0)::int FROM visitor v"
        " JOIN cart c ON c.visitor_id = v.id AND c.shop_id = $1 AND c.order_id IS NULL"
        " JOIN cart_line l ON l.cart_id = c.id WHERE v.token_hash = $2",
        shop_id,
        hash_token(token),
    )
    return count


async def visitor_cart(
    session: ReadSession, *, shop: Shop, visitor_id: UUID, locale: str | None = None
) -> Cart | None:
    """The visitor's open cart in this language (its own by default), None when there is none."""
    row = await session.fetch_one(
        f"SELECT {CART} FROM cart WHERE shop_id = $1 AND visitor_id = $2 AND order_id IS NULL",
        shop.id,
        visitor_id,
    )
    return await load_cart(session, shop=shop, row=row, locale=locale) if row else None


async def token_cart(
    session: ReadSession, *, shop: Shop, token: str, locale: str | None = None
) -> Cart | None:
    """The open cart of the visitor who holds the token, as `visitor_cart`."""
    row = await session.fetch_one(
        f"SELECT {CART_OF_TOKEN} AND c.order_id IS NULL", shop.id, hash_token(token)
    )
    return await load_cart(session, shop=shop, row=row, locale=locale) if row else None


async def cart_view(session: ReadSession, *, shop: Shop, cart_id: UUID) -> CartView | None:
    """The snapshot that `cart.changed` keeps up to date; None when there is no such open cart."""
    row = await session.fetch_one(
        f"SELECT {CART} FROM cart WHERE shop_id = $1 AND id = $2 AND order_id IS NULL",
        shop.id,
        cart_id,
    )
    return view_of(await load_cart(session, shop=shop, row=row)) if row else None


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


async def load_cart(
    session: ReadSession, *, shop: Shop, row: Row, locale: str | None = None
) -> Cart:
    """The cart of a row of `CART` with its lines and totals."""
    language = locale or row["locale"]
    rows = await session.fetch(LINES, row["id"], language, shop.default_locale)
    lines = tuple(_line(line, locale=language, default=shop.default_locale) for line in rows)
    discount = Discount.model_validate(row["discount"]) if row["discount"] else None
    checkout = row["checkout"]
    return Cart(
        id=row["id"],
        shop_id=row["shop_id"],
        visitor_id=row["visitor_id"],
        currency=row["currency"],
        locale=language,
        version=row["version"],
        discount=discount,
        checkout=checkout,
        lines=lines,
        totals=await totals_of(
            session, shop=shop, lines=lines, discount=discount, checkout=checkout
        ),
    )


async def totals_of(
    session: ReadSession,
    *,
    shop: Shop,
    lines: Sequence[CartLine],
    discount: Discount | None,
    checkout: Mapping[str, Mapping[str, str]],
) -> Totals:
    """The totals of these lines with the delivery and the payment chosen so far."""
    rates = await vat_rates(session, country=shop.country, on=now().date())
    items = [
        Item(line.unit_price_minor, line.quantity, rates.of(line.vat_category)) for line in lines
    ]
    shipping_minor = fee_minor = None
    country = checkout.get("address", {}).get("country", "")
    if country and (code := checkout.get("delivery", {}).get("method")):
        goods = sum(line.unit_price_minor * line.quantity for line in lines)
        for method in await shipping_methods(
            session, shop_id=shop.id, locale=shop.default_locale, country=country
        ):
            if method.code == code:
                shipping_minor = method.price_for(goods - discount_on(goods, discount))
    if country and (code := checkout.get("payment", {}).get("method")):
        for offer in offered_payments(shop, country=country):
            if offer.method.code == code:
                fee_minor = offer.fee_minor
    return calculate_totals(
        currency=shop.currency,
        items=items,
        discount=discount,
        shipping_minor=shipping_minor,
        fee_minor=fee_minor,
    )


def _line(row: Row, *, locale: str, default: str) -> CartLine:
    picture = None
    if row["picture_id"]:
        picture = Picture(
            id=row["picture_id"],
            width=row["width"],
            height=row["height"],
            widths=tuple(row["widths"]),
            alt=in_locale(row["alts"], locale, default=default),
        )
    return CartLine(
        id=row["id"],
        variant_id=row["variant_id"],
        product_id=row["product_id"],
        sku=row["sku"],
        name=in_locale(row["names"], locale, default=default),
        options=option_text(row["options"], row["option_values"], locale=locale, default=default),
        slug=row["slug"] or "",
        picture=picture,
        quantity=row["quantity"],
        unit_price_minor=row["price_minor"],
        vat_category=VatCategory(row["vat_category"]),
        available=row["available"],
    )
