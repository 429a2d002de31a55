"""How a suggestion looks in the chat, in the customer's language."""

from typing import Literal
from uuid import UUID

from stoa.assist.proposals.schemas import (
    ProposeAmount,
    ProposeDelivery,
    ProposePercent,
    ProposeProduct,
    Suggestion,
)
from stoa.commerce.catalogue.models import picture_sources
from stoa.commerce.catalogue.queries import product_by_id
from stoa.commerce.shipping.models import ShippingMethod
from stoa.commerce.shipping.queries import shipping_methods
from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.schemas import ProductCard, ProposalCard
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import Locale


async def card_of(
    session: ReadSession,
    *,
    shop: Shop,
    locale: Locale,
    proposal_id: UUID,
    suggestion: Suggestion,
) -> ProposalCard:
    """The open proposal's card.

    Raises:
        NotFound: the shop has no such product or no such way to deliver.
    """
    product, quantity, percent, amount, title = None, None, None, None, ""
    match suggestion:
        case ProposeProduct():
            product = await variant_card(
                session, shop=shop, locale=locale, variant_id=suggestion.variant_id
            )
            title, quantity = product.name, suggestion.quantity
        case ProposePercent():
            title, percent = suggestion.reason, suggestion.percent
        case ProposeAmount():
            title, amount = suggestion.reason, suggestion.amount_minor
        case ProposeDelivery():
            method = await find_method(
                session, shop=shop, locale=locale, method_id=suggestion.shipping_method_id
            )
            title, amount = method.name, method.price_minor
    return ProposalCard(
        proposal_id=proposal_id,
        kind=kind_of(suggestion),
        state="open",
        title=title,
        product=product,
        quantity=quantity,
        percent=percent,
        amount_minor=amount,
        currency=shop.currency,
        reason=suggestion.reason,
    )


def kind_of(suggestion: Suggestion) -> Literal["product", "discount", "delivery"]:
    match suggestion:
        case ProposeProduct():
            return "product"
        case ProposeDelivery():
            return "delivery"
        case ProposePercent() | ProposeAmount():
            return "discount"


async def find_method(
    session: ReadSession, *, shop: Shop, locale: Locale, method_id: UUID
) -> ShippingMethod:
    """Raises:
    NotFound: the shop has no such way to deliver, or no longer.
    """
    methods = await shipping_methods(session, shop_id=shop.id, locale=locale)
    method = next((method for method in methods if method.id == method_id), None)
    if method is None:
        raise NotFound()
    return method


async def variant_card(
    session: ReadSession, *, shop: Shop, locale: Locale, variant_id: UUID
) -> ProductCard:
    """Raises:
    NotFound: the shop has no such variant, or does not sell it.
    """
    product_id = await session.fetch_value(
        "SELECT product_id FROM variant WHERE id = $1 AND shop_id = $2 AND is_active",
        variant_id,
        shop.id,
    )
    if product_id is None:
        raise NotFound()
    page = await product_by_id(session, shop=shop, locale=locale, product_id=product_id)
    variant = next((item for item in page.variants if item.id == variant_id), None)
    if variant is None:
        raise NotFound()
    chosen = [
        f"{option.name}: {value.name}"
        for option in page.options
        for value in option.values
        if variant.option_values.get(option.code) == value.code
    ]
    own = [picture for picture in page.pictures if picture.id == variant.picture_id]
    picture = next(iter([*own, *page.pictures]), None)
    return ProductCard(
        product_id=page.id,
        variant_id=variant.id,
        name=page.name,
        options=", ".join(chosen),
        price_minor=variant.price.minor,
        compare_price_minor=variant.compare_price.minor if variant.compare_price else None,
        currency=variant.price.currency,
        picture_url=picture_sources(picture).src if picture else None,
        url=f"/{locale}/p/{page.slug}",
        is_available=variant.available != 0,
    )
