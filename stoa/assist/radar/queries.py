"""What the database knows of a visitor who is here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from stoa.commerce.cart.queries import cart_view, visitor_cart
from stoa.commerce.shops.errors import NoShop
from stoa.commerce.shops.queries import get_shop
from stoa.contact.conversations.queries import open_conversations_of
from stoa.platform.database.session import ReadSession


@dataclass(frozen=True, slots=True)
class KnownVisitor:
    is_returning: bool
    conversation_id: UUID | None


async def look_up_visitor(
    session: ReadSession, *, visitor_id: UUID, visit_id: UUID, before: datetime
) -> KnownVisitor:
    """Returning is who had another visit, or was a visitor before this one began."""
    is_returning = await session.fetch_value(
        "SELECT EXISTS (SELECT FROM visit WHERE visitor_id = $1 AND id <> $2)"
        " OR EXISTS (SELECT FROM visitor WHERE id = $1 AND created_at < $3)",
        visitor_id,
        visit_id,
        before,
    )
    talking = await open_conversations_of(session, visitor_ids=[visitor_id])
    return KnownVisitor(bool(is_returning), talking.get(visitor_id))


async def find_cart(
    session: ReadSession, *, shop_id: UUID, visitor_id: UUID
) -> dict[str, Any] | None:
    """The visitor's cart as `cart.changed` would carry it; None without one, or without the shop
    that the page named.
    """
    try:
        shop = await get_shop(session, shop_id=shop_id)
    except NoShop:
        return None
    cart = await visitor_cart(session, shop=shop, visitor_id=visitor_id)
    if cart is None:
        return None
    view = await cart_view(session, shop=shop, cart_id=cart.id)
    return view.model_dump(mode="json") if view else None
