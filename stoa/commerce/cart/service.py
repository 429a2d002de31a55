"""Changing carts. Every change locks the cart, raises its version and publishes it whole.

The version is the optimistic lock of whoever edits what they see: a change based on an older
version is refused with `CartChangedElsewhere`. Nothing here calls outside.
"""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from stoa.commerce.cart.errors import (
    CartChangedElsewhere,
    NoCart,
    NotEnoughStock,
    SoldOut,
    TooMany,
    VariantUnavailable,
)
from stoa.commerce.cart.events import CartChanged, topic_of
from stoa.commerce.cart.models import MAX_LINES, MAX_QUANTITY, Cart
from stoa.commerce.cart.queries import CART, CART_OF_TOKEN, load_cart, totals_of, view_of
from stoa.commerce.pricing.models import Discount
from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.database.session import Row, Session
from stoa.platform.i18n.locale import in_locale
from stoa.platform.ids import new_id
from stoa.platform.web.security import hash_token


async def lock_cart(
    session: Session, *, shop: Shop, visitor_id: UUID, expected_version: int | None = None
) -> Row:
    """The visitor's open cart, locked until the transaction ends.

    Raises:
        NoCart: there is none.
        CartChangedElsewhere: it is not at the expected version.
    """
    row = await session.fetch_one(
        f"SELECT {CART} FROM cart WHERE shop_id = $1 AND visitor_id = $2 AND order_id IS NULL"
        " FOR UPDATE",
        shop.id,
        visitor_id,
    )
    if row is None:
        raise NoCart
    if expected_version is not None and row["version"] != expected_version:
        raise CartChangedElsewhere
    return row


async def ensure_cart(session: Session, *, shop: Shop, visitor_id: UUID, locale: str) -> Row:
    """The visitor has an open cart, in this language; it is locked."""
    row = await session.fetch_one(
        "INSERT INTO cart (id, shop_id, visitor_id, currency, locale, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $6)"
        " ON CONFLICT (shop_id, visitor_id) WHERE order_id IS NULL"
        f" DO UPDATE SET locale = EXCLUDED.locale RETURNING {CART}",
        new_id(),
        shop.id,
        visitor_id,
        shop.currency,
        locale,
        now(),
    )
    assert row is not None
    return row


async def add_line(
    session: Session,
    *,
    shop: Shop,
    visitor_id: UUID,
    locale: str,
    variant_id: UUID,
    quantity: int = 1,
) -> Cart:
    """That many more of the variant are in the visitor's cart.

    Raises:
        VariantUnavailable, SoldOut, NotEnoughStock, TooMany: and nothing was added.
    """
    row = await ensure_cart(session, shop=shop, visitor_id=visitor_id, locale=locale)
    await _check_stock(
        session, shop=shop, row=row, variant_id=variant_id, wanted=quantity, adds=True
    )
    added = await session.execute(
        "INSERT INTO cart_line (id, cart_id, variant_id, quantity, position)"
        " SELECT $1, $2, $3, $4, coalesce(max(position), 0) + 1 FROM cart_line WHERE cart_id = $2"
        " HAVING count(*) < $5 OR bool_or(variant_id = $3)"
        " ON CONFLICT (cart_id, variant_id)"
        " DO UPDATE SET quantity = cart_line.quantity + EXCLUDED.quantity",
        new_id(),
        row["id"],
        variant_id,
        quantity,
        MAX_LINES,
    )
    if added == 0:
        raise TooMany(max=MAX_LINES)
    return await _changed(session, shop=shop, row=row)


async def set_quantities(
    session: Session,
    *,
    shop: Shop,
    visitor_id: UUID,
    quantities: Mapping[UUID, int],
    expected_version: int | None = None,
) -> Cart:
    """Each named line has its quantity; 0 takes it out. Lines not named stay as they are.

    Raises:
        NoCart, CartChangedElsewhere, NotEnoughStock, SoldOut, TooMany: and nothing was changed.
    """
    row = await lock_cart(
        session, shop=shop, visitor_id=visitor_id, expected_version=expected_version
    )
    lines = await session.fetch(
        "SELECT id, variant_id, quantity FROM cart_line WHERE cart_id = $1", row["id"]
    )
    known = {line["id"]: line for line in lines}
    if not quantities.keys() <= known.keys():
        raise CartChangedElsewhere
    for line_id, quantity in quantities.items():
        line = known[line_id]
        if quantity == line["quantity"]:
            continue
        if quantity == 0:
            await session.execute("DELETE FROM cart_line WHERE id = $1", line_id)
            continue
        if quantity > line["quantity"]:
            await _check_stock(
                session, shop=shop, row=row, variant_id=line["variant_id"], wanted=quantity
            )
        await session.execute("UPDATE cart_line SET quantity = $2 WHERE id = $1", line_id, quantity)
    return await _changed(session, shop=shop, row=row)


async def remove_line(
    session: Session,
    *,
    shop: Shop,
    visitor_id: UUID,
    line_id: UUID,
    expected_version: int | None = None,
) -> Cart:
    """The line is out of the cart.

    Raises:
        NoCart, CartChangedElsewhere: it was gone already, or the cart is another by now.
    """
    return await set_quantities(
        session,
        shop=shop,
        visitor_id=visitor_id,
        quantities={line_id: 0},
        expected_version=expected_version,
    )


async def agree_discount(
    session: Session,
    *,
    shop: Shop,
    visitor_id: UUID,
    discount: Discount | None,
    expected_version: int | None = None,
) -> Cart:
    """The cart has the discount agreed at the counter; None takes it away.

    Raises:
        NoCart, CartChangedElsewhere: nothing was agreed.
    """
    row = await lock_cart(
        session, shop=shop, visitor_id=visitor_id, expected_version=expected_version
    )
    await session.execute(
        "UPDATE cart SET discount = $2 WHERE id = $1",
        row["id"],
        discount.model_dump(mode="json") if discount else None,
    )
    return await _changed(session, shop=shop, row=row)


async def lock_token_cart(session: Session, *, shop: Shop, token: str | None) -> Row:
    """As `lock_cart`, of the visitor who holds the token."""
    row = None
    if token is not None:
        row = await session.fetch_one(
            f"SELECT {CART_OF_TOKEN} AND c.order_id IS NULL FOR UPDATE OF c",
            shop.id,
            hash_token(token),
        )
    if row is None:
        raise NoCart
    return row


async def record_step(
    session: Session, *, shop: Shop, visitor_id: UUID, step: str, values: Mapping[str, str]
) -> Cart:
    """What was chosen in this step of the checkout is kept with the cart.

    Raises:
        NoCart: there is no open cart.
    """
    row = await lock_cart(session, shop=shop, visitor_id=visitor_id)
    cart = await load_cart(session, shop=shop, row=row)
    return await keep_step(session, shop=shop, cart=cart, step=step, values=values)


async def keep_step(
    session: Session, *, shop: Shop, cart: Cart, step: str, values: Mapping[str, str]
) -> Cart:
    """As `record_step`, for a cart that the caller has locked and loaded.

    Only a step that changes the totals changes what others see of the cart, and its version.
    """
    checkout = {**cart.checkout, str(step): dict(values)}
    totals = await totals_of(
        session, shop=shop, lines=cart.lines, discount=cart.discount, checkout=checkout
    )
    version = cart.version + (totals != cart.totals)
    await session.execute(
        "UPDATE cart SET checkout = $2, version = $3, updated_at = $4 WHERE id = $1",
        cart.id,
        checkout,
        version,
        now(),
    )
    changed = replace(cart, checkout=checkout, totals=totals, version=version)
    if version != cart.version:
        session.publish(
            CartChanged(shop_id=shop.id, cart=view_of(changed)), topics=[topic_of(cart.id)]
        )
    return changed


async def merge_carts(
    session: Session, *, shop: Shop, from_visitor_id: UUID, into_visitor_id: UUID
) -> Cart | None:
    """What lay in the one visitor's cart lies in the other's; None when there was nothing to merge.

    Quantities of the same variant add up, to no more than there are. The target keeps its own
    discount and what was submitted in its checkout.
    """
    if from_visitor_id == into_visitor_id:
        return None
    rows = await session.fetch(
        f"SELECT {CART} FROM cart WHERE shop_id = $1 AND visitor_id = ANY ($2)"
        " AND order_id IS NULL ORDER BY id FOR UPDATE",
        shop.id,
        [from_visitor_id, into_visitor_id],
    )
    by_visitor = {row["visitor_id"]: row for row in rows}
    source = by_visitor.get(from_visitor_id)
    if source is None:
        return None
    target = by_visitor.get(into_visitor_id) or await ensure_cart(
        session, shop=shop, visitor_id=into_visitor_id, locale=source["locale"]
    )
    await session.execute(
        """
        WITH moved AS (DELETE FROM cart_line WHERE cart_id = $1 RETURNING *)
        INSERT INTO cart_line AS l (id, cart_id, variant_id, quantity, position)
        SELECT m.id, $2, m.variant_id, m.quantity, m.position + $3 FROM moved m
        ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = least(
            l.quantity + EXCLUDED.quantity,
            $4,
            coalesce((SELECT greatest(s.on_hand - s.reserved, 1) FROM stock s
                      WHERE s.variant_id = l.variant_id
                        AND s.is_tracked AND NOT s.allows_backorder), $4))
        """,
        source["id"],
        target["id"],
        MAX_LINES,
        MAX_QUANTITY,
    )
    await session.execute("DELETE FROM cart WHERE id = $1", source["id"])
    return await _changed(session, shop=shop, row=target)


async def _check_stock(
    session: Session, *, shop: Shop, row: Row, variant_id: UUID, wanted: int, adds: bool = False
) -> None:
    """There are that many now, or that many more than the cart holds if it `adds`.

    It is checked again, under a lock, when the order is placed.
    """
    found = await session.fetch_one(
        "SELECT p.names, CASE WHEN s.is_tracked AND NOT s.allows_backorder"
        " THEN greatest(s.on_hand - s.reserved, 0) END AS available,"
        " coalesce((SELECT quantity FROM cart_line WHERE cart_id = $3 AND variant_id = $1), 0)"
        " AS in_cart FROM variant v JOIN product p ON p.id = v.product_id"
        " LEFT JOIN stock s ON s.variant_id = v.id"
        " WHERE v.id = $1 AND v.shop_id = $2 AND v.is_active AND p.is_visible",
        variant_id,
        shop.id,
        row["id"],
    )
    if found is None:
        raise VariantUnavailable
    total = wanted + (found["in_cart"] if adds else 0)
    if not 1 <= wanted <= MAX_QUANTITY or total > MAX_QUANTITY:
        raise TooMany(max=MAX_QUANTITY)
    name = in_locale(found["names"], row["locale"], default=shop.default_locale)
    if found["available"] == 0:
        raise SoldOut(name=name)
    if found["available"] is not None and total > found["available"]:
        raise NotEnoughStock(available=found["available"], name=name)


async def _changed(session: Session, *, shop: Shop, row: Row) -> Cart:
    fresh = await session.fetch_one(
        f"UPDATE cart SET version = version + 1, updated_at = $2 WHERE id = $1 RETURNING {CART}",
        row["id"],
        now(),
    )
    assert fresh is not None
    cart = await load_cart(session, shop=shop, row=fresh)
    session.publish(CartChanged(shop_id=shop.id, cart=view_of(cart)), topics=[topic_of(cart.id)])
    return cart
