"""What happens to conversations by the clock."""

from datetime import timedelta

import structlog

from stoa.platform.clock import now
from stoa.platform.node import Node
from stoa.platform.storage.blobs import drop_blob

log = structlog.get_logger()

UNSENT_LASTS = timedelta(days=1)


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
        await drop_blob(node.database, node.blobs, blob_id=blob_id)
    if rows:
        log.info("attachments.swept", count=len(rows))
