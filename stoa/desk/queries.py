"""What the agents' page reads: the customer's side of a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from stoa.commerce.cart.models import Cart
from stoa.commerce.cart.queries import visitor_cart
from stoa.commerce.checkout.models import Step
from stoa.commerce.orders.events import OrderView
from stoa.commerce.orders.queries import orders_of_visitor
from stoa.commerce.shops.queries import get_shop
from stoa.contact.conversations.queries import earlier_rows, get_row
from stoa.desk.cards import picture_url, product_path
from stoa.desk.customers.queries import customer_notes
from stoa.desk.schemas import CartLineView, CartView, OrderLine, SidePanel
from stoa.people.customers.models import Point, PointKind, PointState
from stoa.people.customers.queries import get_visitor, key_of, list_points
from stoa.platform.database.session import ReadSession

NOTES_SHOWN = 3


async def side_panel(session: ReadSession, *, conversation_id: UUID) -> SidePanel:
    """Who the customer is, what is in their cart, what they ordered and said before.

    Name and address are those given in the conversation; else the newest order's; else what the
    steps of the checkout were sent off with.

    Raises:
        NotFound: no such conversation.
    """
    row = await get_row(session, conversation_id=conversation_id)
    visitor = await get_visitor(session, visitor_id=row.visitor_id) if row.visitor_id else None
    cart, orders = None, []
    if row.visitor_id is not None:
        shop = await get_shop(session, shop_id=row.shop_id)
        cart = await visitor_cart(session, shop=shop, visitor_id=row.visitor_id)
    if row.visitor_id is not None or row.customer_id is not None:
        orders = await orders_of_visitor(
            session, visitor_id=row.visitor_id, customer_id=row.customer_id
        )
    notes, is_proven = [], False
    if row.customer_id is not None:
        notes = await customer_notes(session, customer_id=row.customer_id, limit=NOTES_SHOWN)
        points = await list_points(session, customer_id=row.customer_id)
        email = key_of(Point(PointKind.EMAIL, row.contact_email or ""))
        is_proven = any(p.key == email and p.state is PointState.VERIFIED for p in points)
    given = _given(cart, orders)
    return SidePanel(
        visitor_id=row.visitor_id,
        customer_id=row.customer_id,
        name=row.contact_name or given.name,
        email=row.contact_email or given.email or None,
        locale=row.locale,
        first_seen_at=visitor.created_at if visitor else None,
        cart=cart_view(cart) if cart and cart.lines else None,
        is_email_proven=is_proven,
        notes=notes,
        orders=[OrderLine.model_validate(order, from_attributes=True) for order in orders],
        earlier=await earlier_rows(session, conversation_id=conversation_id),
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """What the customer told the shop of themselves; empty for what they did not."""

    name: str
    email: str


def _given(cart: Cart | None, orders: Sequence[OrderView]) -> _Given:
    if orders:
        return _Given(orders[0].name, orders[0].email)
    checkout = cart.checkout if cart else {}
    return _Given(
        checkout.get(Step.ADDRESS, {}).get("name", ""),
        checkout.get(Step.CONTACT, {}).get("email", ""),
    )


def cart_view(cart: Cart) -> CartView:
    """The cart with the totals its owner sees."""
    return CartView(
        id=cart.id,
        version=cart.version,
        currency=cart.currency,
        lines=[
            CartLineView(
                line_id=line.id,
                product_id=line.product_id,
                variant_id=line.variant_id,
                name=line.name,
                options=line.options,
                quantity=line.quantity,
                unit_price_minor=line.unit_price_minor,
                total_minor=totals.total_minor,
                picture_url=picture_url(line.picture),
                url=product_path(cart.locale, line.slug),
            )
            for line, totals in zip(cart.lines, cart.totals.lines, strict=True)
        ],
        discount_minor=cart.totals.discount_minor,
        shipping_minor=cart.totals.shipping.gross_minor if cart.totals.shipping else None,
        total_minor=cart.totals.total_minor,
    )
