"""The whole application with one shop, served for real, and a page of that shop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.factories.people import a_staff_token, an_agent
from tests.servers.asgi import serving
from tests.servers.browser import chromium
from tests.servers.people import Person, on_the_line

ATTACHMENT_MAX_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Served:
    address: str
    shop: Shop
    database: Database


async def shop_page(request: Request) -> Response:
    """A page of the shop itself, on the origin of the counter."""
    name = request.path_params["name"]
    return HTMLResponse(
        f'<!doctype html><html lang="en"><title>{name}</title><h1>{name}</h1>'
        '<p><a href="/page/other">Other</a></p>'
        '<script src="/counter/loader.js" async></script>'
    )


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
    settings = Settings(
        data_dir=folder,
        database_url=database_url,
        demo=False,
        attachment_max_bytes=ATTACHMENT_MAX_BYTES,
    )
    app = create_app(settings)
    app.router.routes.insert(0, Route("/page/{name}", shop_page))
    async with serving(app) as address:
        # The node remembers shops; only changes made through its own database reach it at once.
        yield Served(address, shop, app.state.node.database)


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@asynccontextmanager
async def an_agent_at_the_desk(served: Served, *, name: str = "Anna") -> AsyncIterator[Person]:
    """A live connection of the desk. While it lasts, somebody is there."""
    agent = await an_agent(served.database, name=name)
    assert agent.staff_id is not None
    token = await a_staff_token(served.database, staff_id=agent.staff_id)
    cookies = {"stoa_staff": token}
    async with on_the_line(served.address, surface="desk", cookies=cookies) as person:
        await person.subscribe("desk")
        yield person
