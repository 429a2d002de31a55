"""A cart becomes an order."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from stoa.commerce.cart.models import Cart
from stoa.commerce.inventory import service as inventory
from stoa.commerce.inventory.models import Wanted
from stoa.commerce.orders.events import (
    OrderPlaced,
    OrderView,
)
from stoa.commerce.orders.models import (
    Address,
    OrderState,
    PaymentState,
    ShipmentState,
)
from stoa.commerce.orders.service.history import add_entry
from stoa.commerce.payments.models import PaymentMethod, Settlement
from stoa.commerce.payments.service import payment_terms
from stoa.commerce.pricing.models import totals_to_json
from stoa.commerce.shipping.models import ShippingMethod
from stoa.commerce.shops.models import Shop
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import know_visitor
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import fold
from stoa.platform.ids import new_id

FIRST_PAYMENT_STATE = {
    Settlement.BY_CUSTOMER: PaymentState.AWAITING,
    Settlement.ON_DELIVERY: PaymentState.ON_DELIVERY,
    Settlement.BY_CAPTURE: PaymentState.AUTHORISED,
}


@dataclass(frozen=True, slots=True)
class Purchaser:
    """Who buys, and where it goes."""

    email: str
    phone: str
    note: str
    shipping_address: Address
    billing_address: Address


@dataclass(frozen=True, slots=True)
class RecordedOrder:
    """`token` opens the order's page to the customer."""

    id: UUID
    token: str


async def record_order(
    session: Session,
    *,
    shop: Shop,
    cart: Cart,
    purchaser: Purchaser,
    shipping: ShippingMethod,
    payment: PaymentMethod,
    payment_data: Mapping[str, Any],
) -> RecordedOrder:
    """The cart is an order with the shop's next number, and its stock is kept for it.

    The caller holds the cart's lock. The shop's row is locked until the commit, so numbers have
    no gaps: an order that fails gives its number back.

    Raises:
        OutOfStock: somebody was faster. The caller's transaction must not commit.
    """
    order_id, moment = new_id(), now()
    terms = payment_terms(shop)
    waits = payment.waits(terms)
    # Before the shop's row: the locks' order (stoa.people.customers.service).
    await know_visitor(
        session,
        visitor_id=cart.visitor_id,
        points=_points_of(purchaser),
        name=purchaser.billing_address.name or purchaser.shipping_address.name,
        source="checkout",
        country=shop.country,
    )
    number = await _next_number(session, shop=shop)
    recorded = RecordedOrder(order_id, secrets.token_urlsafe(24))
    customer_id = await _insert_order(
        session,
        recorded=recorded,
        shop=shop,
        cart=cart,
        number=number,
        purchaser=purchaser,
        shipping=shipping,
        payment=payment,
        expires_at=moment + waits if waits else None,
        moment=moment,
    )
    await _insert_lines(session, order_id=order_id, cart=cart)
    await _insert_payment(
        session,
        order_id=order_id,
        cart=cart,
        payment=payment,
        reference=payment.reference(number),
        data=payment_data,
        moment=moment,
    )
    await inventory.reserve(
        session,
        shop_id=shop.id,
        order_id=order_id,
        wanted=[Wanted(line.variant_id, line.quantity) for line in cart.lines],
    )
    await add_entry(
        session,
        order_id=order_id,
        kind="placed",
        event=OrderPlaced,
        view=_new_order_view(
            recorded,
            cart=cart,
            number=number,
            customer_id=customer_id,
            purchaser=purchaser,
            payment=payment,
            moment=moment,
        ),
    )
    return recorded


def _points_of(purchaser: Purchaser) -> list[Point]:
    """How whoever buys says they are reached. Who lives at an address is no part of it."""
    points = [Point(PointKind.EMAIL, purchaser.email), Point(PointKind.PHONE, purchaser.phone)]
    for address in (purchaser.billing_address, purchaser.shipping_address):
        place = f"{address.postal_code} {address.city}"
        lines = (address.company, address.street, place, address.region, address.country)
        points.append(Point(PointKind.POSTAL, "\n".join(line for line in lines if line)))
    return points


def _new_order_view(
    recorded: RecordedOrder,
    *,
    cart: Cart,
    number: str,
    customer_id: UUID | None,
    purchaser: Purchaser,
    payment: PaymentMethod,
    moment: datetime,
) -> OrderView:
    """What `order_view` would read now."""
    return OrderView(
        id=recorded.id,
        shop_id=cart.shop_id,
        number=number,
        visitor_id=cart.visitor_id,
        customer_id=customer_id,
        state=OrderState.OPEN,
        payment_state=FIRST_PAYMENT_STATE[payment.settlement],
        shipment_state=ShipmentState.WAITING,
        currency=cart.currency,
        total_minor=cart.totals.total_minor,
        name=purchaser.shipping_address.name,
        email=purchaser.email,
        country=purchaser.shipping_address.country,
        payment_method=payment.code,
        pieces=cart.count,
        placed_at=moment,
        version=1,
    )


async def _insert_payment(
    session: Session,
    *,
    order_id: UUID,
    cart: Cart,
    payment: PaymentMethod,
    reference: str,
    data: Mapping[str, Any],
    moment: datetime,
) -> None:
    await session.execute(
        "INSERT INTO payment (id, order_id, method, state, amount_minor, currency, reference, data,"
        " created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        new_id(),
        order_id,
        payment.code,
        "authorised" if payment.settlement is Settlement.BY_CAPTURE else "pending",
        cart.totals.total_minor,
        cart.currency,
        reference,
        dict(data),
        moment,
    )


async def _next_number(session: Session, *, shop: Shop) -> str:
    value: int = await session.fetch_value(
        "UPDATE shop SET next_order_number = next_order_number + 1 WHERE id = $1"
        " RETURNING next_order_number - 1",
        shop.id,
    )
    return f"{shop.order_prefix}{value:05d}"


async def _insert_order(
    session: Session,
    *,
    recorded: RecordedOrder,
    shop: Shop,
    cart: Cart,
    number: str,
    purchaser: Purchaser,
    shipping: ShippingMethod,
    payment: PaymentMethod,
    expires_at: datetime | None,
    moment: datetime,
) -> UUID | None:
    """Returns whose order it is."""
    address, billing = purchaser.shipping_address, purchaser.billing_address
    searchable = (
        number,
        purchaser.email,
        address.name,
        address.company,
        billing.name,
        billing.company,
        purchaser.phone.replace(" ", ""),
        address.city,
    )
    customer_id: UUID | None = await session.fetch_value(
        """
        INSERT INTO "order" (id, shop_id, number, token, cart_id, visitor_id, customer_id, state,
            payment_state, shipment_state, currency, locale, email, phone, shipping_address,
            billing_address, note, shipping_method_id, shipping_name, payment_method, totals,
            total_minor, expires_at, search_text, placed_at, updated_at)
        SELECT $1, $2, $3, $4, $5, v.id, v.customer_id, 'open', $7, 'waiting', $8, $9, $10, $11,
            $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22
        FROM visitor v WHERE v.id = $6 RETURNING customer_id
        """,
        recorded.id,
        shop.id,
        number,
        recorded.token,
        cart.id,
        cart.visitor_id,
        FIRST_PAYMENT_STATE[payment.settlement],
        cart.currency,
        cart.locale,
        purchaser.email,
        purchaser.phone,
        address.model_dump(),
        billing.model_dump(),
        purchaser.note,
        shipping.id,
        shipping.name,
        payment.code,
        totals_to_json(cart.totals),
        cart.totals.total_minor,
        expires_at,
        fold(" ".join(part for part in searchable if part)),
        moment,
    )
    return customer_id


async def _insert_lines(session: Session, *, order_id: UUID, cart: Cart) -> None:
    pairs = list(zip(cart.lines, cart.totals.lines, strict=True))
    await session.execute(
        """
        INSERT INTO order_line (id, order_id, variant_id, product_id, sku, name, options, quantity,
            unit_price_minor, discount_minor, total_minor, vat_basis_points, vat_minor, position)
        SELECT l.id, $2, l.variant_id, l.product_id, l.sku, l.name, l.options, l.quantity,
            l.unit_price_minor, l.discount_minor, l.total_minor, l.vat_basis_points, l.vat_minor,
            l.position
        FROM unnest($1::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[],
            $8::int[], $9::bigint[], $10::bigint[], $11::bigint[], $12::int[], $13::bigint[])
        WITH ORDINALITY AS l (id, variant_id, product_id, sku, name, options, quantity,
            unit_price_minor, discount_minor, total_minor, vat_basis_points, vat_minor, position)
        """,
        [new_id() for _ in pairs],
        order_id,
        [line.variant_id for line, _ in pairs],
        [line.product_id for line, _ in pairs],
        [line.sku for line, _ in pairs],
        [line.name for line, _ in pairs],
        [line.options for line, _ in pairs],
        [line.quantity for line, _ in pairs],
        [line.unit_price_minor for line, _ in pairs],
        [totals.discount_minor for _, totals in pairs],
        [totals.total_minor for _, totals in pairs],
        [totals.vat_basis_points for _, totals in pairs],
        [totals.vat_minor for _, totals in pairs],
    )
