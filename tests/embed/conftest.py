"""The whole application with one shop, served for real."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.servers.asgi import serving


@dataclass(frozen=True, slots=True)
class Served:
    address: str
    shop: Shop
    database: Database


@pytest.fixture(scope="module")
async def served(
    database: Database, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    async with database.begin() as session:
        shop = await create_shop(
            session,
            name="Kerameikos",
            country="PL",
            currency="PLN",
            locales=["pl", "en", "de", "it", "el"],
        )
    folder: Path = tmp_path_factory.mktemp("embed")
    app = create_app(Settings(data_dir=folder, database_url=database_url, demo=False))
    async with serving(app) as address:
        # The node remembers shops; only changes made through its own database reach it at once.
        yield Served(address, shop, app.state.node.database)
