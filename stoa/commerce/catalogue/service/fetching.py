"""Pictures that are named by their address get fetched later, as jobs."""

from collections.abc import Mapping
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Session
from stoa.platform.jobs.queue import enqueue

FETCH_JOB = "catalogue.fetch_pictures"
PICTURES_PER_JOB = 20


async def enqueue_fetching(
    session: Session, *, shop: Shop, run_id: UUID, lines: Mapping[str, int]
) -> None:
    """Those of the addresses whose picture waits will be fetched; what fails is told on the line
    of the import that names it."""
    rows = await session.fetch(
        "INSERT INTO import_picture (run_id, picture_id, line)"
        " SELECT $1, i.id, w.line FROM unnest($3::text[], $4::int[]) AS w (url, line)"
        " JOIN picture i ON i.shop_id = $2 AND i.source_url = w.url AND i.state = 'waiting'"
        " ON CONFLICT DO NOTHING RETURNING picture_id",
        run_id,
        shop.id,
        list(lines),
        list(lines.values()),
    )
    ids = [str(row["picture_id"]) for row in rows]
    for start in range(0, len(ids), PICTURES_PER_JOB):
        part = ids[start : start + PICTURES_PER_JOB]
        await enqueue(session, FETCH_JOB, {"picture_ids": part}, priority=-10)
