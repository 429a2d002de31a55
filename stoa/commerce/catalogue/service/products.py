"""Products as their records say, many at once in a fixed number of statements."""

from collections.abc import Sequence
from uuid import UUID

import orjson

from stoa.commerce.catalogue.errors import SkuTaken
from stoa.commerce.catalogue.events import ProductsChanged, topic_of
from stoa.commerce.catalogue.hashing import content_hash
from stoa.commerce.catalogue.sanitise import sanitise_html
from stoa.commerce.catalogue.schemas import ProductRecord, UpsertCounts
from stoa.commerce.catalogue.service.listings import name_facets, rebuild_listings
from stoa.commerce.catalogue.service.pictures import PictureIds, ensure_pictures
from stoa.commerce.catalogue.service.slugs import Named, assign_slugs
from stoa.commerce.catalogue.service.variants import store_variants
from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.ids import new_id

Identified = Sequence[tuple[UUID, ProductRecord]]

STORE = """
INSERT INTO product AS p (id, shop_id, external_id, names, descriptions, brand, vat_category,
    options, position, is_visible, is_featured, content_hash, created_at, updated_at)
SELECT w.id, $1, w.external_id, w.names, w.descriptions, w.brand, w.vat_category, w.options::jsonb,
    w.position, w.is_visible, w.is_featured, w.content_hash, $13, $13
FROM unnest($2::uuid[], $3::text[], $4::jsonb[], $5::jsonb[], $6::text[], $7::text[], $8::text[],
    $9::int[], $10::bool[], $11::bool[], $12::bytea[]) AS w (id, external_id, names, descriptions,
    brand, vat_category, options, position, is_visible, is_featured, content_hash)
ORDER BY w.external_id
ON CONFLICT (shop_id, external_id) DO UPDATE SET names = p.names || EXCLUDED.names,
    descriptions = p.descriptions || EXCLUDED.descriptions, brand = EXCLUDED.brand,
    vat_category = EXCLUDED.vat_category, options = EXCLUDED.options,
    position = EXCLUDED.position, is_visible = EXCLUDED.is_visible,
    is_featured = EXCLUDED.is_featured, content_hash = EXCLUDED.content_hash,
    updated_at = EXCLUDED.updated_at, version = p.version + 1
RETURNING id, external_id, names
"""


async def upsert_products(
    session: Session, *, shop: Shop, records: Sequence[ProductRecord]
) -> UpsertCounts:
    """The products are as the records say, in a fixed number of statements; others stay.

    A record whose content is the same as last time changes nothing. Texts in languages a record
    does not have stay: they were written by hand. Categories nobody knows are passed over. Of two
    records with one external id the later counts.

    Raises:
        SkuTaken: another product of the shop, or of the records, has one of the SKUs. The
            caller's transaction must not commit.
    """
    newest = {record.external_id: record for record in records}
    hashes = {key: content_hash(record) for key, record in newest.items()}
    known = await _known_hashes(session, shop, list(newest))
    changed = [record for key, record in newest.items() if known.get(key) != hashes[key]]
    if changed:
        stored = await _store_products(session, shop, changed, hashes)
        identified = [(stored[record.external_id][0], record) for record in changed]
        ids = [id_ for id_, _ in identified]
        await _store_parts(session, shop, identified)
        await name_facets(session, shop=shop, records=changed)
        await assign_slugs(
            session,
            shop=shop,
            kind="product",
            named=[Named(*stored[record.external_id], record.slugs) for record in changed],
        )
        await rebuild_listings(session, shop=shop, product_ids=ids)
        session.publish(
            ProductsChanged(shop_id=shop.id, product_ids=tuple(ids)),
            topics=[topic_of(shop.id)],
        )
    created = sum(record.external_id not in known for record in changed)
    return UpsertCounts(created, len(changed) - created, len(newest) - len(changed))


async def preview_products(
    session: ReadSession, *, shop: Shop, records: Sequence[ProductRecord]
) -> UpsertCounts:
    """What `upsert_products` would do; nothing is changed."""
    newest = {record.external_id: record for record in records}
    rows = await session.fetch(
        "SELECT external_id, content_hash FROM product"
        " WHERE shop_id = $1 AND external_id = ANY($2)",
        shop.id,
        list(newest),
    )
    known = {row["external_id"]: row["content_hash"] for row in rows}
    unchanged = sum(known.get(key) == content_hash(record) for key, record in newest.items())
    created = len(newest) - len(known)
    return UpsertCounts(created, len(known) - unchanged, unchanged)


async def _known_hashes(
    session: Session, shop: Shop, external_ids: Sequence[str]
) -> dict[str, bytes | None]:
    rows = await session.fetch(
        "SELECT external_id, content_hash FROM product"
        " WHERE shop_id = $1 AND external_id = ANY($2) ORDER BY external_id FOR UPDATE",
        shop.id,
        external_ids,
    )
    return {row["external_id"]: row["content_hash"] for row in rows}


async def _store_products(
    session: Session, shop: Shop, records: Sequence[ProductRecord], hashes: dict[str, bytes]
) -> dict[str, tuple[UUID, dict[str, str]]]:
    """The id and the names of each product, by its external id."""
    rows = await session.fetch(
        STORE,
        shop.id,
        sorted(new_id() for _ in records),  # so that ids are in the order of the records
        [record.external_id for record in records],
        [dict(record.names) for record in records],
        [
            {locale: sanitise_html(text) for locale, text in record.descriptions.items()}
            for record in records
        ],
        [record.brand for record in records],
        [record.vat_category for record in records],
        # As text: an array parameter would take the list of options for a further dimension.
        [orjson.dumps(record.options).decode() for record in records],
        [record.position for record in records],
        [record.is_visible for record in records],
        [record.is_featured for record in records],
        [hashes[record.external_id] for record in records],
        now(),
    )
    return {row["external_id"]: (row["id"], row["names"]) for row in rows}


async def _store_parts(session: Session, shop: Shop, identified: Identified) -> None:
    """Everything a product has: categories, attributes, pictures, variants with their stock."""
    wanted = [picture for _, record in identified for picture in record.pictures]
    pictures = await ensure_pictures(session, shop=shop, records=wanted)
    await _store_categories(session, shop, identified)
    await _store_attributes(session, identified)
    await _store_pictures(session, identified, pictures)
    if not await store_variants(session, shop=shop, identified=identified, pictures=pictures):
        raise SkuTaken


async def _store_categories(session: Session, shop: Shop, identified: Identified) -> None:
    await session.execute(
        "DELETE FROM product_category WHERE product_id = ANY($1)", [id_ for id_, _ in identified]
    )
    rows = [
        (id_, category, place)
        for id_, record in identified
        for place, category in enumerate(dict.fromkeys(record.categories))
    ]
    await session.execute(
        "INSERT INTO product_category (product_id, category_id, position)"
        " SELECT w.product_id, c.id, w.position"
        " FROM unnest($2::uuid[], $3::text[], $4::int[]) AS w (product_id, external_id, position)"
        " JOIN category c ON c.shop_id = $1 AND c.external_id = w.external_id",
        shop.id,
        *([row[part] for row in rows] for part in range(3)),
    )


async def _store_attributes(session: Session, identified: Identified) -> None:
    await session.execute(
        "DELETE FROM product_attribute WHERE product_id = ANY($1)", [id_ for id_, _ in identified]
    )
    rows = [
        (id_, attribute.code, value.code, dict(attribute.names), dict(value.names), place)
        for id_, record in identified
        for place, attribute in enumerate(record.attributes)
        for value in attribute.values
    ]
    await session.execute(
        "INSERT INTO product_attribute"
        " (product_id, code, value_code, names, value_names, position)"
        " SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::jsonb[],"
        " $6::int[]) ON CONFLICT DO NOTHING",
        *([row[part] for row in rows] for part in range(6)),
    )


async def _store_pictures(session: Session, identified: Identified, pictures: PictureIds) -> None:
    await session.execute(
        "DELETE FROM product_picture WHERE product_id = ANY($1)", [id_ for id_, _ in identified]
    )
    rows = [
        (id_, pictures.get(picture), dict(picture.alts), place)
        for id_, record in identified
        for place, picture in enumerate(record.pictures)
    ]
    await session.execute(
        "INSERT INTO product_picture (product_id, picture_id, alts, position)"
        " SELECT w.product_id, w.picture_id, w.alts, w.position"
        " FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[], $4::int[])"
        " AS w (product_id, picture_id, alts, position)"
        " WHERE w.picture_id IS NOT NULL ON CONFLICT DO NOTHING",
        *([row[part] for row in rows] for part in range(4)),
    )
