"""What a process that died while it made an export left on the disk."""

import os
from pathlib import Path

from stoa.desk.customers.exporting import FOLDER, LEFT_BEHIND, expire_exports
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore


async def test_what_was_left_half_made_goes_and_what_is_being_made_stays(
    own_database: Database, tmp_path: Path
) -> None:
    """Everything about a person lies in it, and no erasure would know of it."""
    node = Node(Settings(data_dir=tmp_path), own_database, LocalBlobStore(tmp_path / "blobs"))
    await expire_exports(node)  # there is no folder yet
    left, going_on = tmp_path / FOLDER / "left", tmp_path / FOLDER / "going-on"
    for folder in (left, going_on):
        folder.mkdir(parents=True)
        (folder / "customer.zip").write_bytes(b"Pafnucy")
    long_ago = (now() - LEFT_BEHIND).timestamp() - 60
    os.utime(left, (long_ago, long_ago))

    await expire_exports(node)

    assert not left.exists()
    assert (going_on / "customer.zip").exists()
