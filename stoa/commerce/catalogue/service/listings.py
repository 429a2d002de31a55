"""Keeping what lists show true: `product_listing` and the names of facets."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from stoa.commerce.catalogue.schemas import AttributeRecord, OptionRecord, ProductRecord
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import fold, in_locale

REBUILD = """
WITH RECURSIVE asked AS (
    SELECT id, sort_names FROM unnest($2::uuid[], $3::jsonb[]) AS a (id, sort_names)
), ancestor (category_id, ancestor_id) AS (
    SELECT id, id FROM category WHERE shop_id = $1
    UNION
    SELECT a.category_id, c.parent_id FROM ancestor a JOIN category c ON c.id = a.ancestor_id
    WHERE c.parent_id IS NOT NULL
), gone AS (
    DELETE FROM product_listing l USING asked a WHERE l.product_id = a.id AND NOT EXISTS (
        SELECT 1 FROM product p JOIN variant v ON v.product_id = p.id
        WHERE p.id = a.id AND p.is_visible AND v.is_active)
)
INSERT INTO product_listing (
    product_id, shop_id, category_ids, facets, names, sort_names, slugs, brand, picture,
    price_minor, price_max_minor, compare_price_minor, only_variant_id, is_available,
    is_featured, position, created_at)
SELECT p.id, p.shop_id,
    COALESCE((SELECT array_agg(DISTINCT n.ancestor_id) FROM product_category pc
              JOIN ancestor n ON n.category_id = pc.category_id WHERE pc.product_id = p.id), '{}'),
    COALESCE((SELECT array_agg(DISTINCT f.facet) FROM (
        SELECT o.key || '=' || o.value AS facet FROM variant x, jsonb_each_text(x.option_values) o
        WHERE x.product_id = p.id AND x.is_active
        UNION ALL
        SELECT t.code || '=' || t.value_code FROM product_attribute t WHERE t.product_id = p.id
    ) f), '{}'),
    p.names, asked.sort_names,
    (SELECT jsonb_object_agg(s.locale, s.slug) FROM slug s
     WHERE s.product_id = p.id AND s.is_current),
    p.brand,
    (SELECT jsonb_build_object('id', i.id, 'width', i.width, 'height', i.height,
                               'widths', i.widths, 'alts', pp.alts)
     FROM product_picture pp JOIN picture i ON i.id = pp.picture_id
     WHERE pp.product_id = p.id AND i.state IN ('stored', 'ready')
     ORDER BY pp.position, i.id LIMIT 1),
    v.price, v.price_max, v.compare_price, v.only_id, v.is_available,
    p.is_featured, p.position, p.created_at
FROM asked
JOIN product p ON p.id = asked.id AND p.is_visible
CROSS JOIN LATERAL (
    SELECT min(x.price_minor) AS price, max(x.price_minor) AS price_max,
        (array_agg(x.compare_price_minor ORDER BY x.price_minor, x.position, x.id))[1]
            AS compare_price,
        CASE WHEN count(*) = 1 THEN (array_agg(x.id))[1] END AS only_id,
        COALESCE(bool_or(NOT s.is_tracked OR s.allows_backorder OR s.on_hand > s.reserved), false)
            AS is_available
    FROM variant x LEFT JOIN stock s ON s.variant_id = x.id
    WHERE x.product_id = p.id AND x.is_active
    HAVING count(*) > 0
) v
ORDER BY p.id
ON CONFLICT (product_id) DO UPDATE SET
    category_ids = EXCLUDED.category_ids, facets = EXCLUDED.facets, names = EXCLUDED.names,
    sort_names = EXCLUDED.sort_names, slugs = EXCLUDED.slugs, brand = EXCLUDED.brand,
    picture = EXCLUDED.picture, price_minor = EXCLUDED.price_minor,
    price_max_minor = EXCLUDED.price_max_minor,
    compare_price_minor = EXCLUDED.compare_price_minor,
    only_variant_id = EXCLUDED.only_variant_id, is_available = EXCLUDED.is_available,
    is_featured = EXCLUDED.is_featured, position = EXCLUDED.position
"""


async def lock_listings(session: Session, *, product_ids: Sequence[UUID]) -> None:
    """Whoever changes what these lists show waits here for the others, and then sees what they
    did: else two who sell the last of two variants would each still see the other's."""
    await session.execute(
        "SELECT 1 FROM product_listing WHERE product_id = ANY($1) ORDER BY product_id FOR UPDATE",
        list(product_ids),
    )


async def rebuild_listings(session: Session, *, shop: Shop, product_ids: Sequence[UUID]) -> None:
    """Lists show these products as they are now, and no longer those that are not to be seen."""
    await lock_listings(session, product_ids=product_ids)
    rows = await session.fetch(
        "SELECT id, names FROM product WHERE id = ANY($1) ORDER BY id", list(product_ids)
    )
    sort_names = [
        {
            locale: fold(in_locale(row["names"], locale, default=shop.default_locale))
            for locale in shop.locales
        }
        for row in rows
    ]
    await session.execute(REBUILD, shop.id, [row["id"] for row in rows], sort_names)


async def name_facets(session: Session, *, shop: Shop, records: Iterable[ProductRecord]) -> None:
    """The facets and values the records use have names; a later name of a language wins."""
    labels: dict[tuple[str, str], tuple[dict[str, str], int]] = {}
    for record in records:
        facets: list[OptionRecord | AttributeRecord] = [*record.options, *record.attributes]
        for place, facet in enumerate(facets):
            names, first = labels.get((facet.code, ""), ({}, place))
            labels[facet.code, ""] = (names | dict(facet.names), first)
            for number, value in enumerate(facet.values):
                names, first = labels.get((facet.code, value.code), ({}, number))
                labels[facet.code, value.code] = (names | dict(value.names), first)
    keys = sorted(labels)
    await session.execute(
        """
        INSERT INTO facet_label AS f (shop_id, code, value_code, names, position)
        SELECT $1, w.code, w.value_code, w.names, w.position
        FROM unnest($2::text[], $3::text[], $4::jsonb[], $5::int[])
            AS w (code, value_code, names, position)
        ON CONFLICT (shop_id, code, value_code) DO UPDATE SET names = f.names || EXCLUDED.names
        WHERE f.names IS DISTINCT FROM f.names || EXCLUDED.names
        """,
        shop.id,
        [key[0] for key in keys],
        [key[1] for key in keys],
        [labels[key][0] for key in keys],
        [labels[key][1] for key in keys],
    )
