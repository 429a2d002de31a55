"""Short lists of products, without filters."""

from collections.abc import Sequence
from uuid import UUID

from stoa.commerce.catalogue.models import ProductCard, SitemapEntry
from stoa.commerce.catalogue.queries.listing import CARD, card_from
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import ReadSession
from stoa.platform.i18n.locale import Locale


async def featured(
    session: ReadSession, *, shop: Shop, locale: Locale, limit: int = 12
) -> tuple[ProductCard, ...]:
    """The products the merchant puts forward, filled up with the newest."""
    rows = await session.fetch(
        f"SELECT {CARD} FROM product_listing WHERE shop_id = $1"
        " ORDER BY is_featured DESC, CASE WHEN is_featured THEN position END,"
        " created_at DESC, product_id LIMIT $2",
        shop.id,
        limit,
    )
    return tuple(card_from(row, shop=shop, locale=locale) for row in rows)


async def related(
    session: ReadSession, *, shop: Shop, locale: Locale, product_id: UUID, limit: int = 6
) -> tuple[ProductCard, ...]:
    """Others of the same categories: sharing more of them first, then those to be had."""
    rows = await session.fetch(
        f"""
        SELECT {CARD} FROM (
            SELECT l.*, cardinality(ARRAY(SELECT unnest(l.category_ids)
                                          INTERSECT SELECT unnest(o.category_ids))) AS shared
            FROM product_listing o
            JOIN product_listing l ON l.shop_id = o.shop_id AND l.product_id <> o.product_id
                AND l.category_ids && o.category_ids
            WHERE o.shop_id = $1 AND o.product_id = $2
        ) candidate
        ORDER BY shared DESC, is_available DESC, is_featured DESC, position, product_id LIMIT $3
        """,
        shop.id,
        product_id,
        limit,
    )
    return tuple(card_from(row, shop=shop, locale=locale) for row in rows)


async def cards_by_ids(
    session: ReadSession, *, shop: Shop, locale: Locale, product_ids: Sequence[UUID]
) -> tuple[ProductCard, ...]:
    """The visible ones of these products, in the order given."""
    rows = await session.fetch(
        f"SELECT {CARD} FROM product_listing WHERE shop_id = $1 AND product_id = ANY($2)"
        " ORDER BY array_position($2, product_id)",
        shop.id,
        list(product_ids),
    )
    return tuple(card_from(row, shop=shop, locale=locale) for row in rows)


async def sitemap_entries(session: ReadSession, *, shop: Shop) -> tuple[SitemapEntry, ...]:
    """Every visible category and product."""
    rows = await session.fetch(
        """
        SELECT 'product' AS kind, l.slugs, p.updated_at, l.product_id AS id
        FROM product_listing l JOIN product p ON p.id = l.product_id WHERE l.shop_id = $1
        UNION ALL
        SELECT 'category', jsonb_object_agg(s.locale, s.slug), c.updated_at, c.id
        FROM category c JOIN slug s ON s.category_id = c.id AND s.is_current
        WHERE c.shop_id = $1 AND c.is_visible GROUP BY c.id
        ORDER BY kind, id
        """,
        shop.id,
    )
    return tuple(SitemapEntry(row["kind"], row["slugs"], row["updated_at"]) for row in rows)
