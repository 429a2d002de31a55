"""Facts about carts, on the topic `cart:<id>`. The event is the whole cart, so it replaces."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from stoa.platform.outbox.event import Event


def topic_of(cart_id: UUID) -> str:
    return f"cart:{cart_id}"


class CartLineView(BaseModel):
    """A line as the visitor's other tabs and the desk see it. Texts are in the cart's language."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    variant_id: UUID
    product_id: UUID
    name: str
    options: str
    slug: str
    picture_id: UUID | None
    quantity: int
    available: int | None
    unit_price_minor: int
    discount_minor: int
    total_minor: int


class CartView(BaseModel):
    """A cart with its totals; `shipping_minor` is None until a delivery is chosen."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    visitor_id: UUID
    version: int
    locale: str
    currency: str
    count: int
    lines: tuple[CartLineView, ...]
    goods_minor: int
    discount_minor: int
    discount_reason: str
    shipping_minor: int | None
    total_minor: int


class CartChanged(Event):
    type: Literal["cart.changed"] = "cart.changed"
    shop_id: UUID
    cart: CartView


class CartOrdered(Event):
    """The cart has become an order; the visitor's next cart is another one."""

    type: Literal["cart.ordered"] = "cart.ordered"
    shop_id: UUID
    cart_id: UUID
    order_id: UUID
