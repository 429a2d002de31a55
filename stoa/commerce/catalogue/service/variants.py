"""Variants as their products' records say, with their stock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from stoa.commerce.catalogue.schemas import ProductRecord, VariantRecord
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


@dataclass(frozen=True, slots=True)
class _Placed:
    """A variant of a record with its product and its place."""

    product_id: UUID
    place: int
    variant: VariantRecord
    picture_id: UUID | None


async def store_variants(
    session: Session,
    *,
    shop: Shop,
    identified: Sequence[tuple[UUID, ProductRecord]],
    pictures: PictureIds,
) -> bool:
    """The products have exactly these active variants. False when a SKU belongs to another."""
    placed = [
        _Placed(product_id, place, variant, _picture_of(variant, record, pictures))
        for product_id, record in identified
        for place, variant in enumerate(record.variants)
    ]
    skus = [row.variant.sku for row in placed]
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
    ids = await _store(session, shop, placed)
    if len(ids) != len(placed):
        return False
    await _store_levels(session, placed, ids)
    return True


def _picture_of(variant: VariantRecord, record: ProductRecord, pictures: PictureIds) -> UUID | None:
    if variant.picture is None or variant.picture >= len(record.pictures):
        return None
    return pictures.get(record.pictures[variant.picture])


async def _store(session: Session, shop: Shop, placed: Sequence[_Placed]) -> dict[str, UUID]:
    """The id of each variant by its SKU; those whose SKU belongs to another product are missing."""
    rows = await session.fetch(
        STORE,
        shop.id,
        [new_id() for _ in placed],
        [row.product_id for row in placed],
        [row.variant.sku for row in placed],
        [row.variant.gtin for row in placed],
        [dict(row.variant.option_values) for row in placed],
        [row.variant.price_minor for row in placed],
        [row.variant.compare_price_minor for row in placed],
        [row.variant.weight_grams for row in placed],
        [row.picture_id for row in placed],
        [row.place for row in placed],
        [row.variant.is_active for row in placed],
        now(),
    )
    return {row["sku"]: row["id"] for row in rows}


async def _store_levels(
    session: Session, placed: Sequence[_Placed], ids: Mapping[str, UUID]
) -> None:
    levels = [
        StockLevel(
            variant_id=ids[row.variant.sku],
            on_hand=stock.on_hand,
            reserved=0,
            is_tracked=stock.is_tracked,
            allows_backorder=stock.allows_backorder,
        )
        for row in placed
        if (stock := row.variant.stock)
    ]
    await set_stock(session, levels=levels)
    await ensure_stock(session, variant_ids=list(ids.values()))
