"""Reading orders."""

from datetime import datetime
from uuid import UUID

from stoa.commerce.orders.errors import NoSuchOrder
from stoa.commerce.orders.events import OrderView
from stoa.commerce.orders.models import (
    Address,
    Order,
    OrderEntry,
    OrderLine,
    OrderState,
    PaymentState,
    ShipmentState,
    TaxOrder,
    Tracking,
)
from stoa.commerce.orders.rules import kept_until
from stoa.commerce.pricing.models import totals_from_json
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.errors import FieldProblem, InvalidInput
from stoa.platform.i18n.locale import fold
from stoa.platform.web.paging import Page, decode_cursor, encode_cursor

VIEW = """
    o.id, o.shop_id, o.number, o.visitor_id, o.customer_id, o.state, o.payment_state,
    o.shipment_state, o.currency, o.total_minor, o.email,
    CASE WHEN o.restricted_until IS NULL THEN o.shipping_address ->> 'name' ELSE '' END AS name,
    o.shipping_address ->> 'country' AS country, o.payment_method, o.placed_at, o.version,
    (SELECT coalesce(sum(quantity), 0)::int FROM order_line WHERE order_id = o.id) AS pieces
"""

ORDER = """
SELECT o.*, coalesce(m.days_min, 1) AS days_min, coalesce(m.days_max, 5) AS days_max,
       coalesce(p.reference, '') AS payment_reference
FROM "order" o
LEFT JOIN shipping_method m ON m.id = o.shipping_method_id
LEFT JOIN LATERAL (
    SELECT reference FROM payment WHERE order_id = o.id ORDER BY created_at DESC, id DESC LIMIT 1
) p ON true
"""


async def order_by_id(session: ReadSession, *, order_id: UUID) -> Order:
    """The order with its lines and history.

    Raises:
        NoSuchOrder: there is none.
    """
    row = await session.fetch_one(f"{ORDER} WHERE o.id = $1", order_id)
    return await _order(session, row)


async def order_by_token(session: ReadSession, *, shop_id: UUID, token: str) -> Order:
    """The order its status link opens.

    Raises:
        NoSuchOrder: the link is none of ours.
    """
    row = await session.fetch_one(
        f"{ORDER} WHERE o.token = $1 AND o.shop_id = $2", token.replace("\0", ""), shop_id
    )
    return await _order(session, row)


async def order_view(session: ReadSession, *, order_id: UUID) -> OrderView:
    """The order as the desk's list shows it.

    Raises:
        NoSuchOrder: there is none.
    """
    row = await session.fetch_one(f'SELECT {VIEW} FROM "order" o WHERE o.id = $1', order_id)
    if row is None:
        raise NoSuchOrder
    return OrderView(**row)


async def list_orders(
    session: ReadSession,
    *,
    shop_id: UUID | None = None,
    state: OrderState | None = None,
    payment_state: PaymentState | None = None,
    shipment_state: ShipmentState | None = None,
    search: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[OrderView]:
    """Orders, the newest first. `search` finds parts of number, e-mail, name, telephone, town.

    Raises:
        InvalidInput: the cursor is none of ours.
    """
    after = _place_of(cursor)
    words = "%".join(_like(word) for word in fold(search.replace("\0", "")).split())
    rows = await session.fetch(
        f"""
        SELECT {VIEW} FROM "order" o
        WHERE ($1::uuid IS NULL OR o.shop_id = $1)
          AND ($2::text IS NULL OR o.state = $2)
          AND ($3::text IS NULL OR o.payment_state = $3)
          AND ($4::text IS NULL OR o.shipment_state = $4)
          AND ($5 = '' OR o.search_text LIKE '%' || $5 || '%')
          AND ($6::timestamptz IS NULL OR (o.placed_at, o.id) < ($6, $7))
        ORDER BY o.placed_at DESC, o.id DESC LIMIT $8
        """,
        shop_id,
        state,
        payment_state,
        shipment_state,
        words,
        *after,
        limit + 1,
    )
    items = [OrderView(**row) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return Page(items, encode_cursor(last.placed_at.isoformat(), str(last.id)) if last else None)


async def orders_of_visitor(
    session: ReadSession,
    *,
    visitor_id: UUID | None,
    customer_id: UUID | None = None,
    limit: int = 20,
) -> list[OrderView]:
    """What this visitor, or the customer they are, has ordered, the newest first."""
    rows = await session.fetch(
        f'SELECT {VIEW} FROM "order" o WHERE o.visitor_id = $1 OR o.customer_id = $2'
        " ORDER BY o.placed_at DESC, o.id DESC LIMIT $3",
        visitor_id,
        customer_id,
        limit,
    )
    return [OrderView(**row) for row in rows]


async def orders_for_tax(session: ReadSession, *, customer_ids: list[UUID]) -> list[TaxOrder]:
    """The orders of these customers and until when the law keeps each, the newest first."""
    rows = await session.fetch(
        "SELECT o.number, o.placed_at, o.total_minor, o.currency, s.country"
        ' FROM "order" o JOIN shop s ON s.id = o.shop_id WHERE o.customer_id = ANY($1::uuid[])'
        " OR o.visitor_id IN (SELECT id FROM visitor WHERE customer_id = ANY($1::uuid[]))"
        " ORDER BY o.placed_at DESC, o.id DESC",
        customer_ids,
    )
    return [
        TaxOrder(
            number=row["number"],
            placed_at=row["placed_at"],
            total_minor=row["total_minor"],
            currency=row["currency"],
            until=kept_until(row["placed_at"].date(), country=row["country"]),
        )
        for row in rows
    ]


def _place_of(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    key = decode_cursor(cursor, size=2)
    if key is None:
        return None, None
    try:
        return datetime.fromisoformat(str(key[0])), UUID(str(key[1]))
    except ValueError as error:
        raise InvalidInput([FieldProblem("cursor", "field.invalid")]) from error


def _like(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


async def _order(session: ReadSession, row: Row | None) -> Order:
    if row is None:
        raise NoSuchOrder
    lines = await session.fetch(
        "SELECT id, variant_id, product_id, sku, name, options, quantity, unit_price_minor,"
        " discount_minor, total_minor, vat_basis_points, vat_minor"
        " FROM order_line WHERE order_id = $1 ORDER BY position, id",
        row["id"],
    )
    entries = await session.fetch(
        "SELECT e.id, e.kind, e.staff_id, coalesce(s.name, '') AS staff_name, e.data, e.created_at"
        " FROM order_entry e LEFT JOIN staff s ON s.id = e.staff_id"
        " WHERE e.order_id = $1 ORDER BY e.created_at, e.id",
        row["id"],
    )
    return Order(
        id=row["id"],
        shop_id=row["shop_id"],
        number=row["number"],
        token=row["token"],
        visitor_id=row["visitor_id"],
        customer_id=row["customer_id"],
        state=OrderState(row["state"]),
        payment_state=PaymentState(row["payment_state"]),
        shipment_state=ShipmentState(row["shipment_state"]),
        currency=row["currency"],
        locale=row["locale"],
        email=row["email"],
        phone=row["phone"],
        shipping_address=Address.model_validate(row["shipping_address"]),
        billing_address=Address.model_validate(row["billing_address"]),
        note=row["note"],
        shipping_name=row["shipping_name"],
        days_min=row["days_min"],
        days_max=row["days_max"],
        payment_method=row["payment_method"],
        payment_reference=row["payment_reference"],
        totals=totals_from_json(row["totals"]),
        expires_at=row["expires_at"],
        tracking=Tracking.model_validate(row["tracking"]) if row["tracking"] else None,
        placed_at=row["placed_at"],
        restricted_until=row["restricted_until"],
        version=row["version"],
        lines=tuple(OrderLine(**line) for line in lines),
        entries=tuple(OrderEntry(**entry) for entry in entries),
    )
