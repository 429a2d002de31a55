"""The catalogue's jobs."""

from datetime import timedelta
from uuid import UUID

from stoa.commerce.catalogue.errors import ImportBusy
from stoa.commerce.catalogue.queries.imports import get_import
from stoa.commerce.catalogue.service.imports import IMPORT_JOB, perform_import
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node
from stoa.platform.storage.blobs import get_blob

__all__ = ["IMPORT_JOB", "run_import"]

_TRY_AGAIN = timedelta(seconds=5)


async def run_import(node: Node, payload: Payload) -> None:
    """An uploaded file is imported; while another import of the shop runs, it waits."""
    run_id = UUID(payload["run_id"])
    async with node.database.read() as session:
        run = await get_import(session, run_id=run_id)
        assert run.blob_id is not None, "a file without an upload is imported by its command"
        blob = await get_blob(session, blob_id=run.blob_id)
    assert blob is not None
    try:
        await perform_import(node.database, run_id=run_id, path=node.blobs.local_path(blob.key))
    except ImportBusy:
        async with node.database.begin() as session:
            await enqueue(session, IMPORT_JOB, {"run_id": run_id}, delay=_TRY_AGAIN)
