"""Products and orders as cards for the chat, in the customer's language."""

from collections.abc import Sequence
from uuid import UUID

from stoa.commerce.catalogue.models import Picture, ProductPage, VariantView, picture_sources
from stoa.commerce.catalogue.queries import product_by_id
from stoa.commerce.orders.models import Order
from stoa.commerce.search.queries import search_page
from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.schemas import OrderCard, ProductCard
from stoa.desk.schemas import ProductHit
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import Locale

BY_NUMBER = """
SELECT DISTINCT p.id FROM product p JOIN variant v ON v.product_id = p.id
WHERE p.shop_id = $1 AND p.is_visible AND v.is_active AND lower(v.sku) LIKE lower($2)
ORDER BY p.id LIMIT $3
"""
NEWEST = """
SELECT id FROM product WHERE shop_id = $1 AND is_visible ORDER BY created_at DESC, id LIMIT $2
"""


def product_path(locale: str, slug: str) -> str:
    return f"/{locale}/p/{slug}"


def picture_url(picture: Picture | None) -> str | None:
    return picture_sources(picture).src if picture else None


def product_card(
    page: ProductPage, *, locale: Locale, variant: VariantView | None = None
) -> ProductCard:
    """The product, or one variant of it. Without a variant the price is the lowest one."""
    shown = variant or min(page.variants, key=lambda candidate: candidate.price.minor)
    wanted = variant.picture_id if variant else None
    pictures = sorted(page.pictures, key=lambda picture: picture.id != wanted)
    names = {
        (option.code, value.code): value.name for option in page.options for value in option.values
    }
    options = (
        [names.get(item, item[1]) for item in variant.option_values.items()] if variant else []
    )
    compared = shown.compare_price
    return ProductCard(
        product_id=page.id,
        variant_id=variant.id if variant else None,
        name=page.name,
        options=", ".join(options),
        price_minor=shown.price.minor,
        compare_price_minor=compared.minor if compared else None,
        currency=shown.price.currency,
        picture_url=picture_url(pictures[0] if pictures else None),
        url=product_path(locale, page.slug),
        is_available=any(
            candidate.available is None or candidate.available > 0
            for candidate in ([variant] if variant else page.variants)
        ),
    )


async def product_card_by_id(
    session: ReadSession,
    *,
    shop: Shop,
    locale: Locale,
    product_id: UUID,
    variant_id: UUID | None = None,
) -> ProductCard:
    """Raises:
    NoSuchProduct: the shop has no such product.
    NotFound: the product has no such variant, or none that is sold.
    """
    page = await product_by_id(session, shop=shop, locale=locale, product_id=product_id)
    chosen = next((variant for variant in page.variants if variant.id == variant_id), None)
    if not page.variants or (variant_id is not None and chosen is None):
        raise NotFound()
    return product_card(page, locale=locale, variant=chosen)


async def find_products(
    session: ReadSession, *, shop: Shop, locale: Locale, text: str, limit: int
) -> list[ProductHit]:
    """Visible products by article number, name or text, with the variants that can be proposed.

    Without a text the newest ones.
    """
    ids = await _product_ids(session, shop=shop, locale=locale, text=text.strip(), limit=limit)
    pages = [
        await product_by_id(session, shop=shop, locale=locale, product_id=product_id)
        for product_id in ids[:limit]
    ]
    return [_hit(page, locale=locale) for page in pages if page.variants]


async def _product_ids(
    session: ReadSession, *, shop: Shop, locale: Locale, text: str, limit: int
) -> list[UUID]:
    if not text:
        return [row["id"] for row in await session.fetch(NEWEST, shop.id, limit)]
    numbered = await session.fetch(BY_NUMBER, shop.id, f"{_like(text)}%", limit)
    found = await search_page(session, shop=shop, locale=locale, text=text, limit=limit)
    ids = [row["id"] for row in numbered] + [card.id for card in found.listing.cards]
    return list(dict.fromkeys(ids))


def _hit(page: ProductPage, *, locale: Locale) -> ProductHit:
    variants: Sequence[VariantView] = page.variants
    return ProductHit(
        card=product_card(page, locale=locale),
        variants=[product_card(page, locale=locale, variant=variant) for variant in variants],
    )


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def order_card(order: Order) -> OrderCard:
    """The link is the status page's, which only the customer is told."""
    return OrderCard(
        order_id=order.id,
        number=order.number,
        state=order.state,
        payment_state=order.payment_state,
        shipment_state=order.shipment_state,
        total_minor=order.totals.total_minor,
        currency=order.currency,
        url=f"/{order.locale}/order/{order.token}",
        placed_at=order.placed_at,
    )
