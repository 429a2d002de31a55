"""A node with one inbox of a channel over a folder."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.channels import installed
from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.models import Inbox
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.folder_channel import FolderChannel
from tests.factories.shops import make_shop, with_reactions


@dataclass
class Place:
    node: Node
    shop: Shop
    inbox: Inbox
    channel: FolderChannel
    folder: Path


@pytest.fixture
async def place(
    own_database: Database,
    own_database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Place:
    """An empty database for this test alone, with a shop and an inbox."""
    channel = FolderChannel()
    monkeypatch.setattr(installed, "CHANNEL_TYPES", [channel])
    settings = Settings(data_dir=tmp_path / "data", database_url=own_database_url, demo=False)
    node = Node(settings, with_reactions(own_database), LocalBlobStore(tmp_path / "blobs"))
    shop = await make_shop(own_database)
    folder = tmp_path / "out"
    folder.mkdir()
    async with own_database.begin() as session:
        inbox = await add_inbox(
            session,
            shop_id=shop.id,
            channel="folder",
            name="Post",
            settings={"folder": str(folder), "password": "hunter2"},
            staff_id=None,
            key=settings.secret_key,
        )
    return Place(node, shop, inbox, channel, folder)
