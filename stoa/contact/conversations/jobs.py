"""What happens to conversations by the clock."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import structlog

from stoa.platform.clock import now
from stoa.platform.node import Node

log = structlog.get_logger()

UNSENT_LASTS = timedelta(days=1)
FRESH_SECONDS = 3600


async def sweep_unsent(node: Node) -> None:
    """Files that were uploaded over a day ago and never sent are gone."""
    async with node.database.begin() as session:
        rows = await session.fetch(
            "DELETE FROM attachment WHERE message_id IS NULL AND created_at < $1"
            " RETURNING blob_id, preview_blob_id",
            now() - UNSENT_LASTS,
        )
    blob_ids = {row[name] for row in rows for name in ("blob_id", "preview_blob_id")} - {None}
    for blob_id in blob_ids:
        await _drop_blob(node, blob_id=blob_id)
    if rows:
        log.info("attachments.swept", count=len(rows))


async def _drop_blob(node: Node, *, blob_id: UUID) -> None:
    try:
        async with node.database.begin() as session:
            key = await session.fetch_value("DELETE FROM blob WHERE id = $1 RETURNING key", blob_id)
    except asyncpg.ForeignKeyViolationError:
        return  # something else shows the same bytes
    if key is None:
        return
    # The same bytes may be on their way in again: they lie there already, their row does not yet.
    path = node.blobs.local_path(key)
    age = await asyncio.to_thread(_age_seconds, path)
    if age > FRESH_SECONDS:
        await node.blobs.delete(key)


def _age_seconds(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
