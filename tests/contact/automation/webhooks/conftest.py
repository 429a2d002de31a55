"""A node that may call its own machine, and a listener there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.contact.automation.webhooks.hooks import Listener


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    app = web.Application()
    app.router.add_post("/hook", listener.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    listener.url = f"http://127.0.0.1:{port}/hook"
    try:
        yield listener
    finally:
        await runner.cleanup()


@pytest.fixture
def node(own_database: Database, tmp_path: Path) -> Node:
    settings = Settings(
        data_dir=tmp_path, webhook_private_addresses=True, webhook_timeout_seconds=2
    )
    return Node(settings, own_database, LocalBlobStore(tmp_path / "blobs"))
