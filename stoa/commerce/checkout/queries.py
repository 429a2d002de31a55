"""Where a visitor stands in the checkout."""

from dataclasses import dataclass
from uuid import UUID

from stoa.commerce.cart.models import Cart
from stoa.commerce.cart.queries import token_cart
from stoa.commerce.checkout.address import POSTCODES, address_rules
from stoa.commerce.checkout.consents import BOXES as BOXES
from stoa.commerce.checkout.consents import offered_boxes as offered_boxes
from stoa.commerce.checkout.models import PlacedOrder, Step
from stoa.commerce.checkout.rules import fingerprint, first_open_step
from stoa.commerce.payments.service import OfferedPayment, offered_payments
from stoa.commerce.shipping.models import ShippingMethod
from stoa.commerce.shipping.queries import delivery_countries, shipping_methods
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import ReadSession

__all__ = [
    "KNOWN_COUNTRIES",
    "Checkout",
    "address_rules",
    "checkout_of",
    "order_of_cart",
    "token_checkout",
]

KNOWN_COUNTRIES = tuple(POSTCODES)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A cart with what can be chosen for it. `open_step` is the first one still to be answered.

    `fingerprint` stands for everything the customer agrees to by ordering now.
    """

    cart: Cart
    countries: tuple[str, ...]
    methods: tuple[ShippingMethod, ...]
    payments: tuple[OfferedPayment, ...]
    open_step: Step
    fingerprint: str


async def token_checkout(
    session: ReadSession, *, shop: Shop, token: str, locale: str | None = None
) -> Checkout | None:
    """The checkout of the visitor who holds the token; None when there is nothing to check out."""
    cart = await token_cart(session, shop=shop, token=token, locale=locale)
    if cart is None or not cart.lines:
        return None
    return await checkout_of(session, shop=shop, cart=cart)


async def checkout_of(session: ReadSession, *, shop: Shop, cart: Cart) -> Checkout:
    """The checkout of this cart, with what the shop offers for its country now."""
    countries = tuple(await delivery_countries(session, shop_id=shop.id))
    country = cart.checkout.get(Step.ADDRESS, {}).get("country", "")
    methods = tuple(
        await shipping_methods(session, shop_id=shop.id, locale=cart.locale, country=country)
    )
    payments = tuple(offered_payments(shop, country=country))
    return Checkout(
        cart=cart,
        countries=countries,
        methods=methods,
        payments=payments,
        open_step=first_open_step(
            cart.checkout,
            shop_country=shop.country,
            countries=countries,
            methods=methods,
            payments=payments,
        ),
        fingerprint=fingerprint(cart),
    )


async def order_of_cart(
    session: ReadSession, *, cart_id: UUID, visitor_id: UUID
) -> PlacedOrder | None:
    """What the visitor's cart has become; None while it is a cart, or when it is not theirs."""
    row = await session.fetch_one(
        'SELECT id, token FROM "order" WHERE cart_id = $1 AND visitor_id = $2', cart_id, visitor_id
    )
    return PlacedOrder(row["id"], row["token"], is_new=False) if row else None
