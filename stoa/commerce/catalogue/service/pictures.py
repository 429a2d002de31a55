"""Pictures as records name them."""

from collections.abc import Sequence
from uuid import UUID

from stoa.commerce.catalogue.schemas import PictureRecord
from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id


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
