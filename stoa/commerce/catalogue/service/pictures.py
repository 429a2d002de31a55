"""Pictures: named by records, stored, rendered, failed, and every page that shows them told."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from stoa.commerce.catalogue.events import (
    CategoriesChanged,
    ProductsChanged,
    topic_of,
)
from stoa.commerce.catalogue.pictures.looking import Looked
from stoa.commerce.catalogue.schemas import PictureRecord
from stoa.commerce.catalogue.service.listings import rebuild_listings
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id
from stoa.platform.jobs.queue import enqueue
from stoa.platform.storage.blobs import StoredBytes, record_blob

RENDER_JOB = "catalogue.render_pictures"

# Problems of pictures are numbered apart from those of the import itself, which may still run.
PICTURE_PROBLEMS_FROM = 1_000_000


@dataclass(frozen=True, slots=True)
class StoredRendition:
    width: int
    format: str
    stored: StoredBytes


class PictureIds:
    """The picture of each record: its own id, or its address's."""

    def __init__(self, by_url: dict[str, UUID]) -> None:
        self._by_url = by_url

    def get(self, record: PictureRecord) -> UUID | None:
        return record.picture_id or self._by_url.get(record.source_url)


async def ensure_pictures(
    session: Session, *, shop: Shop, records: Sequence[PictureRecord]
) -> PictureIds:
    """Every address named has a picture, waiting to be fetched if it is new."""
    urls = sorted({record.source_url for record in records if record.source_url})
    if not urls:
        return PictureIds({})
    await session.execute(
        "INSERT INTO picture (id, shop_id, source_url, state, created_at)"
        " SELECT w.id, $1, w.url, 'waiting', $4 FROM unnest($2::uuid[], $3::text[]) AS w (id, url)"
        " ORDER BY w.url ON CONFLICT (shop_id, source_url) DO NOTHING",
        shop.id,
        [new_id() for _ in urls],
        urls,
        now(),
    )
    rows = await session.fetch(
        "SELECT source_url, id FROM picture WHERE shop_id = $1 AND source_url = ANY($2)",
        shop.id,
        urls,
    )
    return PictureIds({row["source_url"]: row["id"] for row in rows})


async def add_picture(session: Session, *, shop: Shop, stored: StoredBytes, looked: Looked) -> UUID:
    """A new picture of these bytes, shown nowhere yet; it is about to be rendered."""
    picture_id = new_id()
    await session.execute(
        "INSERT INTO picture (id, shop_id, state, created_at) VALUES ($1, $2, 'waiting', $3)",
        picture_id,
        shop.id,
        now(),
    )
    await store_picture(session, picture_id=picture_id, stored=stored, looked=looked)
    return picture_id


async def store_picture(
    session: Session, *, picture_id: UUID, stored: StoredBytes, looked: Looked
) -> None:
    """A picture that waited has these bytes, and every page that shows it shows it; it is about to
    be rendered. Storing again changes nothing."""
    blob = await record_blob(session, stored=stored, media_type=looked.media_type)
    shop_id = await session.fetch_value(
        "UPDATE picture SET state = 'stored', blob_id = $2, width = $3, height = $4, problem = NULL"
        " WHERE id = $1 AND state = 'waiting' RETURNING shop_id",
        picture_id,
        blob.id,
        looked.width,
        looked.height,
    )
    if shop_id is None:
        return
    await enqueue(session, RENDER_JOB, {}, unique_key=RENDER_JOB, priority=-20)
    await _show(session, shop_id=shop_id, picture_id=picture_id)


async def store_renditions(
    session: Session,
    *,
    picture_id: UUID,
    width: int,
    height: int,
    renditions: Sequence[StoredRendition],
) -> None:
    """Pages show the picture in the size they need."""
    for rendition in renditions:
        blob = await record_blob(
            session, stored=rendition.stored, media_type=f"image/{rendition.format}"
        )
        await session.execute(
            "INSERT INTO picture_rendition (picture_id, width, format, blob_id)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            picture_id,
            rendition.width,
            rendition.format,
            blob.id,
        )
    shop_id = await session.fetch_value(
        "UPDATE picture SET state = 'ready', width = $2, height = $3, widths = $4"
        " WHERE id = $1 RETURNING shop_id",
        picture_id,
        width,
        height,
        sorted({rendition.width for rendition in renditions}),
    )
    if shop_id is not None:
        await _show(session, shop_id=shop_id, picture_id=picture_id)


async def fail_picture(session: Session, *, picture_id: UUID, code: str) -> None:
    """There is no such picture; the imports that named it say so on their lines."""
    failed = await session.execute(
        "UPDATE picture SET state = 'failed', problem = $2 WHERE id = $1 AND state <> 'ready'",
        picture_id,
        code,
    )
    if not failed:
        return
    # Locked before anything is counted: several pictures of an import fail at the same time.
    lines = await session.fetch(
        "SELECT r.id, ip.line FROM import_run r JOIN import_picture ip ON ip.run_id = r.id"
        " WHERE ip.picture_id = $1 ORDER BY r.id FOR UPDATE OF r",
        picture_id,
    )
    # An import that still runs counts them at its end.
    await session.execute(
        """
        WITH told AS (
            INSERT INTO import_problem (run_id, number, line, field, code, is_error)
            SELECT w.run_id,
                (SELECT greatest(max(p.number) + 1, $4::int) FROM import_problem p
                 WHERE p.run_id = w.run_id),
                w.line, 'picture', $3, false
            FROM unnest($1::uuid[], $2::int[]) AS w (run_id, line)
            RETURNING run_id
        )
        UPDATE import_run r SET counts = jsonb_set(r.counts, '{warnings}',
            to_jsonb(COALESCE((r.counts ->> 'warnings')::int, 0) + 1))
        FROM told WHERE r.id = told.run_id AND r.state <> 'running'
        """,
        [line["id"] for line in lines],
        [line["line"] for line in lines],
        code,
        PICTURE_PROBLEMS_FROM,
    )


async def _show(session: Session, *, shop_id: UUID, picture_id: UUID) -> None:
    rows = await session.fetch(
        "SELECT product_id FROM product_picture WHERE picture_id = $1 ORDER BY product_id",
        picture_id,
    )
    if rows:
        product_ids = [row["product_id"] for row in rows]
        shop = await get_shop(session, shop_id=shop_id)
        await rebuild_listings(session, shop=shop, product_ids=product_ids)
        session.publish(
            ProductsChanged(shop_id=shop_id, product_ids=tuple(product_ids), words_changed=False),
            topics=[topic_of(shop_id)],
        )
    if await session.fetch_value(
        "SELECT EXISTS (SELECT 1 FROM category WHERE picture_id = $1)", picture_id
    ):
        session.publish(CategoriesChanged(shop_id=shop_id), topics=[topic_of(shop_id)])
