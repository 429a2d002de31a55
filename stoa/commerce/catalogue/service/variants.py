"""Variants as their products' records say, with their stock."""

from collections.abc import Sequence
from uuid import UUID

from stoa.commerce.catalogue.schemas import ProductRecord
from stoa.commerce.catalogue.service.pictures import PictureIds
from stoa.commerce.inventory.models import StockLevel
from stoa.commerce.inventory.service import ensure_stock, set_stock
from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id

# A SKU that another product no longer sells may move here.
STORE = """
INSERT INTO variant AS v (id, product_id, shop_id, sku, gtin, option_values, price_minor,
    compare_price_minor, weight_grams, picture_id, position, is_active, created_at, updated_at)
SELECT w.id, w.product_id, $1, w.sku, w.gtin, w.option_values, w.price_minor,
    w.compare_price_minor, w.weight_grams, w.picture_id, w.position, w.is_active, $13, $13
FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::bigint[],
    $8::bigint[], $9::int[], $10::uuid[], $11::int[], $12::bool[]) AS w (id, product_id, sku,
    gtin, option_values, price_minor, compare_price_minor, weight_grams, picture_id, position,
    is_active)
ORDER BY w.sku
ON CONFLICT (shop_id, sku) DO UPDATE SET product_id = EXCLUDED.product_id, gtin = EXCLUDED.gtin,
    option_values = EXCLUDED.option_values, price_minor = EXCLUDED.price_minor,
    compare_price_minor = EXCLUDED.compare_price_minor, weight_grams = EXCLUDED.weight_grams,
    picture_id = EXCLUDED.picture_id, position = EXCLUDED.position,
    is_active = EXCLUDED.is_active, updated_at = EXCLUDED.updated_at
WHERE v.product_id = EXCLUDED.product_id OR NOT v.is_active
RETURNING id, sku
"""


async def store_variants(
    session: Session,
    *,
    shop: Shop,
    identified: Sequence[tuple[UUID, ProductRecord]],
    pictures: PictureIds,
) -> bool:
    """The products have exactly these active variants. False when a SKU belongs to another."""
    rows = [
        (product_id, place, variant, record.pictures)
        for product_id, record in identified
        for place, variant in enumerate(record.variants)
    ]
    skus = [variant.sku for _, _, variant, _ in rows]
    if len(set(skus)) != len(skus):
        return False
    # What is left out is kept, for the orders that name it, but no longer sold.
    await session.execute(
        "UPDATE variant SET is_active = false, updated_at = $3"
        " WHERE product_id = ANY($1) AND is_active AND NOT sku = ANY($2)",
        [product_id for product_id, _ in identified],
        skus,
        now(),
    )
    stored = await session.fetch(
        STORE,
        shop.id,
        [new_id() for _ in rows],
        [product_id for product_id, _, _, _ in rows],
        skus,
        [variant.gtin for _, _, variant, _ in rows],
        [dict(variant.option_values) for _, _, variant, _ in rows],
        [variant.price_minor for _, _, variant, _ in rows],
        [variant.compare_price_minor for _, _, variant, _ in rows],
        [variant.weight_grams for _, _, variant, _ in rows],
        [
            pictures.get(shown[variant.picture])
            if variant.picture is not None and variant.picture < len(shown)
            else None
            for _, _, variant, shown in rows
        ],
        [place for _, place, _, _ in rows],
        [variant.is_active for _, _, variant, _ in rows],
        now(),
    )
    ids = {row["sku"]: row["id"] for row in stored}
    if len(ids) != len(rows):
        return False
    levels = [
        StockLevel(
            variant_id=ids[variant.sku],
            on_hand=variant.stock.on_hand,
            reserved=0,
            is_tracked=variant.stock.is_tracked,
            allows_backorder=variant.stock.allows_backorder,
        )
        for _, _, variant, _ in rows
        if variant.stock
    ]
    await set_stock(session, levels=levels)
    await ensure_stock(session, variant_ids=list(ids.values()))
    return True
