"""Categories as their records say."""

from collections.abc import Sequence
from uuid import UUID

from stoa.commerce.catalogue.errors import UnknownParent
from stoa.commerce.catalogue.events import CategoriesChanged, ProductsChanged, topic_of
from stoa.commerce.catalogue.hashing import content_hash
from stoa.commerce.catalogue.schemas import CategoryRecord, PictureRecord, UpsertCounts
from stoa.commerce.catalogue.service.listings import rebuild_listings
from stoa.commerce.catalogue.service.pictures import ensure_pictures
from stoa.commerce.catalogue.service.slugs import Named, assign_slugs
from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id

STORE = """
INSERT INTO category AS c (id, shop_id, external_id, names, descriptions, position, is_visible,
    picture_id, content_hash, created_at, updated_at)
SELECT w.id, $1, w.external_id, w.names, w.descriptions, w.position, w.is_visible,
    w.picture_id, w.content_hash, $10, $10
FROM unnest($2::uuid[], $3::text[], $4::jsonb[], $5::jsonb[], $6::int[], $7::bool[], $8::uuid[],
    $9::bytea[]) AS w (id, external_id, names, descriptions, position, is_visible, picture_id,
    content_hash)
ORDER BY w.external_id
ON CONFLICT (shop_id, external_id) DO UPDATE SET names = EXCLUDED.names,
    descriptions = EXCLUDED.descriptions, position = EXCLUDED.position,
    is_visible = EXCLUDED.is_visible, picture_id = COALESCE(EXCLUDED.picture_id, c.picture_id),
    content_hash = EXCLUDED.content_hash, updated_at = EXCLUDED.updated_at
RETURNING id, external_id
"""


async def upsert_categories(
    session: Session, *, shop: Shop, records: Sequence[CategoryRecord]
) -> UpsertCounts:
    """The categories are as the records say; others stay. Any order: parents may come later.

    Raises:
        UnknownParent: a record's parent is nowhere, or would be below itself.
    """
    newest = {record.external_id: record for record in records}
    hashes = {key: content_hash(record) for key, record in newest.items()}
    rows = await session.fetch(
        "SELECT id, external_id, content_hash FROM category"
        " WHERE shop_id = $1 AND external_id = ANY($2) ORDER BY id FOR UPDATE",
        shop.id,
        list(newest),
    )
    known = {row["external_id"]: row["content_hash"] for row in rows}
    changed = [record for key, record in newest.items() if known.get(key) != hashes[key]]
    if changed:
        ids = await _store(session, shop, changed, hashes)
        await _set_parents(session, shop, changed)
        await assign_slugs(
            session,
            shop=shop,
            kind="category",
            named=[Named(ids[item.external_id], item.names, item.slugs) for item in changed],
        )
        await relist_below(session, shop=shop, category_ids=list(ids.values()))
        session.publish(CategoriesChanged(shop_id=shop.id), topics=[topic_of(shop.id)])
    created = sum(record.external_id not in known for record in changed)
    return UpsertCounts(created, len(changed) - created, len(newest) - len(changed))


async def _store(
    session: Session, shop: Shop, records: Sequence[CategoryRecord], hashes: dict[str, bytes]
) -> dict[str, UUID]:
    wanted: list[PictureRecord] = [item.picture for item in records if item.picture]
    pictures = await ensure_pictures(session, shop=shop, records=wanted)
    rows = await session.fetch(
        STORE,
        shop.id,
        [new_id() for _ in records],
        [item.external_id for item in records],
        [dict(item.names) for item in records],
        [dict(item.descriptions) for item in records],
        [item.position for item in records],
        [item.is_visible for item in records],
        [pictures.get(item.picture) if item.picture else None for item in records],
        [hashes[item.external_id] for item in records],
        now(),
    )
    return {row["external_id"]: row["id"] for row in rows}


async def _set_parents(session: Session, shop: Shop, records: Sequence[CategoryRecord]) -> None:
    children = [item.external_id for item in records]
    parents = [item.parent_external_id for item in records]
    await session.execute(
        "UPDATE category c SET parent_id = p.id"
        " FROM unnest($2::text[], $3::text[]) AS w (child, parent)"
        " LEFT JOIN category p ON p.shop_id = $1 AND p.external_id = w.parent"
        " WHERE c.shop_id = $1 AND c.external_id = w.child",
        shop.id,
        children,
        parents,
    )
    wrong = await session.fetch_value(
        """
        WITH RECURSIVE above (id, next) AS (
            SELECT id, parent_id FROM category WHERE shop_id = $1
            UNION
            SELECT a.id, c.parent_id FROM above a JOIN category c ON c.id = a.next
        )
        SELECT EXISTS (SELECT 1 FROM above WHERE id = next) OR EXISTS (
            SELECT 1 FROM unnest($2::text[], $3::text[]) AS w (child, parent)
            LEFT JOIN category p ON p.shop_id = $1 AND p.external_id = w.parent
            WHERE w.parent IS NOT NULL AND p.id IS NULL)
        """,
        shop.id,
        children,
        parents,
    )
    if wrong:
        raise UnknownParent


async def relist_below(session: Session, *, shop: Shop, category_ids: Sequence[UUID]) -> None:
    """Products in these categories, or below them, are listed under the ancestors they have now."""
    rows = await session.fetch(
        """
        WITH RECURSIVE below (id) AS (
            SELECT unnest($1::uuid[])
            UNION
            SELECT c.id FROM below b JOIN category c ON c.parent_id = b.id
        )
        SELECT DISTINCT pc.product_id FROM product_category pc JOIN below b ON b.id = pc.category_id
        """,
        list(category_ids),
    )
    if rows:
        product_ids = [row["product_id"] for row in rows]
        await rebuild_listings(session, shop=shop, product_ids=product_ids)
        session.publish(
            ProductsChanged(shop_id=shop.id, product_ids=tuple(product_ids)),
            topics=[topic_of(shop.id)],
        )
