"""Keeping what is found true: what was written since is read, folded and put into the index."""

from collections import defaultdict
from uuid import UUID

import asyncpg
import structlog

from stoa.desk.search.rules import document_of
from stoa.desk.search.sources import read_sources
from stoa.platform.database.session import SERVER_AWAY, Session

log = structlog.get_logger()

BATCH = 200
_LOCK = 0x53_45_45_4B  # one node at a time, so that an older state never overwrites a newer one


async def index_due(session: Session, *, limit: int = BATCH) -> int:
    """The oldest of what is due can be found as it is now; returns how many there were, 0 also
    when another node is at it. One that cannot be found by a fault of ours is left out.
    """
    if not await session.fetch_value("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
        return 0
    due = await session.fetch(
        "DELETE FROM search_due WHERE position IN"
        " (SELECT position FROM search_due ORDER BY position LIMIT $1) RETURNING kind, id",
        limit,
    )
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for row in due:
        by_kind[row["kind"]].add(row["id"])
    for kind, ids in by_kind.items():
        await _index_all_but_faulty(session, kind, sorted(ids))
    return len(due)


async def _index_all_but_faulty(session: Session, kind: str, ids: list[UUID]) -> None:
    """Whatever somebody wrote, it must not keep what comes after it out of the index."""
    try:
        async with session.connection.transaction():
            await _index(session, kind, ids)
    except SERVER_AWAY:
        raise
    except asyncpg.TransactionRollbackError:
        raise  # two were in each other's way: all of it is tried again
    except Exception:
        if len(ids) == 1:
            log.exception("search.left_out", kind=kind, id=str(ids[0]))
            return
        for one in ids:
            await _index_all_but_faulty(session, kind, [one])


async def _index(session: Session, kind: str, ids: list[UUID]) -> None:
    sources = await read_sources(session, kind=kind, ids=ids)
    documents = [(source, document_of(source.texts)) for source in sources]
    kept = [(source, document) for source, document in documents if document]
    gone = set(ids) - {source.id for source, _ in kept}
    if gone:
        await session.execute("DELETE FROM search_entry WHERE id = ANY($1::uuid[])", sorted(gone))
    await session.execute(
        "INSERT INTO search_entry AS e (id, kind, conversation_id, at, document)"
        " SELECT i.id, $1, i.conversation_id, i.at, i.document::tsvector"
        " FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[])"
        " AS i (id, conversation_id, at, document)"
        # A conversation may be gone since it was read.
        " WHERE i.conversation_id IS NULL OR EXISTS (SELECT FROM conversation c"
        " WHERE c.id = i.conversation_id)"
        " ON CONFLICT (id) DO UPDATE SET conversation_id = EXCLUDED.conversation_id,"
        " at = EXCLUDED.at, document = EXCLUDED.document",
        kind,
        [source.id for source, _ in kept],
        [source.conversation_id for source, _ in kept],
        [source.at for source, _ in kept],
        [document for _, document in kept],
    )
