"""Pictures that are named by their address get fetched later, by a job."""

from collections.abc import Mapping
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Session
from stoa.platform.jobs.queue import enqueue

FETCH_JOB = "catalogue.fetch_pictures"


async def enqueue_fetching(
    session: Session, *, shop: Shop, run_id: UUID, lines: Mapping[str, int]
) -> None:
    """Those of the addresses whose picture waits will be fetched, and those that failed are tried
    again; what fails is told on the line of the import that names it."""
    if not lines:
        return
    await session.execute(
        "UPDATE picture SET state = 'waiting', problem = NULL"
        " WHERE shop_id = $1 AND source_url = ANY($2) AND state = 'failed' AND blob_id IS NULL",
        shop.id,
        list(lines),
    )
    waiting = await session.execute(
        "INSERT INTO import_picture (run_id, picture_id, line)"
        " SELECT $1, i.id, w.line FROM unnest($3::text[], $4::int[]) AS w (url, line)"
        " JOIN picture i ON i.shop_id = $2 AND i.source_url = w.url AND i.state = 'waiting'"
        " ON CONFLICT DO NOTHING",
        run_id,
        shop.id,
        list(lines),
        list(lines.values()),
    )
    if waiting:
        await enqueue(session, FETCH_JOB, {}, unique_key=FETCH_JOB, priority=-10)
