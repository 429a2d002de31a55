"""Bytes go after what showed them, and the same bytes of somebody else stay."""

import os
from pathlib import Path

import orjson
import pytest

from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.jobs.dropping import drop, drop_soon
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore, record_blob

LOGO = b"the same picture below every mail"


@pytest.fixture
def node(own_database: Database, tmp_path: Path) -> Node:
    return Node(Settings(data_dir=tmp_path), own_database, LocalBlobStore(tmp_path / "blobs"))


async def test_bytes_that_nothing_shows_are_gone_and_those_stored_since_stay(node: Node) -> None:
    database = node.database
    stored = await node.blobs.save(LOGO)
    async with database.begin() as session:
        blob = await record_blob(session, stored=stored, media_type="image/png")
    async with database.begin() as session:
        await drop_soon(session, blob_ids=[blob.id])
    payload = orjson.loads(await database.pool.fetchval("SELECT payload FROM pgqueuer"))

    # Somebody else's mail brings the same picture, and its row is not written yet.
    again = await node.blobs.save(LOGO)
    later = payload["since"] + 1  # the clock of the disk is coarse
    os.utime(node.blobs.local_path(again.key), (later, later))
    await drop(node, payload)
    async with database.begin() as session:
        theirs = await record_blob(session, stored=again, media_type="image/png")

    assert theirs.id != blob.id
    assert await node.blobs.load(theirs.key) == LOGO
    await drop(node, payload | {"blob_id": str(theirs.id), "since": payload["since"] + 3600})
    assert not node.blobs.local_path(theirs.key).exists()
