"""Bytes go from the disk after what showed them has gone from the database."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.storage.blobs import drop_blob

if TYPE_CHECKING:
    from stoa.platform.node import Node

DROP_JOB = "blob.drop"


async def drop_soon(session: Session, *, blob_ids: Iterable[UUID | None]) -> None:
    """Once this transaction has committed, each of these is gone that nothing else shows."""
    since = now().timestamp()
    for blob_id in sorted({id_ for id_ in blob_ids if id_ is not None}):
        await enqueue(session, DROP_JOB, {"blob_id": blob_id, "since": since})


async def drop(node: "Node", payload: Payload) -> None:
    """The bytes are gone, unless something still shows the same, or the same were stored since it
    was asked for: they belong to whoever stored them and is about to say so."""
    fresh = max(0.0, now().timestamp() - payload["since"]) if "since" in payload else 0.0
    await drop_blob(
        node.database, node.blobs, blob_id=UUID(payload["blob_id"]), fresh_seconds=fresh
    )
