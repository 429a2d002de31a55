"""The replica at a desk, and a server that is not ours."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import Response
from starlette.routing import Route

from tests.journeys.replica.hostile import RUNS
from tests.servers.asgi import serving
from tests.servers.browser import chromium
from tests.servers.replica import Replica, a_replica
from tests.servers.whole import the_whole


@pytest.fixture(scope="module")
async def address(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    async with the_whole(database_url, tmp_path_factory.mktemp("data")) as url:
        yield url


@pytest.fixture(scope="module")
async def shop_browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def replica(shop_browser: Browser, address: str) -> AsyncIterator[Replica]:
    async with a_replica(shop_browser, address) as replica:
        yield replica


@pytest.fixture
async def elsewhere() -> AsyncIterator[tuple[str, list[str]]]:
    """A server of somebody else's, and what it was asked for."""
    asked: list[str] = []

    async def answer(request: Asked) -> Response:
        asked.append(request.url.path)
        return Response(f"<script>{RUNS}</script>", media_type="text/html")

    async with serving(Starlette(routes=[Route("/{path:path}", answer)])) as url:
        yield url, asked
