"""The whole application on a database of its own: whoever is at the desk counts."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from starlette.applications import Starlette

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop, update_settings
from stoa.contact.calls.media.embedded import EmbeddedEngine
from stoa.contact.calls.service import Switchboard
from stoa.contact.channels.service import Counter
from stoa.contact.routing.service import Presence
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from tests.servers.asgi import serving


@dataclass(frozen=True)
class Lab:
    """One node at work, its shop, and its database."""

    app: Starlette
    address: str
    database: Database
    shop: Shop

    @property
    def node(self) -> Node:
        node = self.app.state.node
        assert isinstance(node, Node)
        return node

    @property
    def counter(self) -> Counter:
        return self.node.part(Counter)

    @property
    def presence(self) -> Presence:
        return self.node.part(Presence)

    @property
    def switchboard(self) -> Switchboard:
        return self.node.part(Switchboard)

    def kill_media(self) -> None:
        """The media processes die at once, as if for want of memory."""
        for worker in self.node.part(EmbeddedEngine).workers:
            os.kill(worker.pid, signal.SIGKILL)

    async def settle_calls(self, **settings: object) -> None:
        """The shop's `calls` settings are these."""
        async with self.database.begin() as session:
            await update_settings(session, shop_id=self.shop.id, settings={"calls": settings})


async def make_shop(database: Database) -> Shop:
    async with database.begin() as session:
        return await create_shop(
            session, name="Agora", country="DE", currency="EUR", locales=["en", "pl", "de"]
        )


@asynccontextmanager
async def a_lab(
    database: Database,
    url: str,
    folder: Path,
    shop: Shop,
    *,
    bus: Literal["local", "postgres"] = "local",
) -> AsyncIterator[Lab]:
    """A node of its own; with a bus it knows the others on this database."""
    settings = Settings(
        data_dir=folder,
        database_url=url,
        database_pool_size=6,
        demo=False,
        media_address="127.0.0.1",
        media_ports="0",
        media_workers=1,
        bus=bus,
    )
    app = create_app(settings)
    async with serving(app) as address:
        yield Lab(app, address, database, shop)
