"""The loader's and the frame's responses: caching, policy, language."""

import json
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest

from stoa.commerce.shops.service import update_settings
from tests.embed.conftest import Served


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def boot_of(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="boot">(.*?)</script>', page)
    assert found
    boot: dict[str, object] = json.loads(found[1])
    return boot


async def test_the_loader_is_for_every_origin(
    served: Served, client: aiohttp.ClientSession
) -> None:
    async with client.get(f"{served.address}/counter/loader.js") as response:
        assert response.status == 200
        assert response.content_type == "text/javascript"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "max-age=300" in response.headers["Cache-Control"]
        assert "Set-Cookie" not in response.headers
        tag = response.headers["ETag"]
    again = {"If-None-Match": tag}
    async with client.get(f"{served.address}/counter/loader.js", headers=again) as response:
        assert response.status == 304
        assert await response.read() == b""


async def test_the_frame_speaks_the_page_s_language(
    served: Served, client: aiohttp.ClientSession
) -> None:
    async with client.get(f"{served.address}/counter/frame?locale=el") as response:
        page = await response.text()
        assert '<html lang="el">' in page
        assert boot_of(page)["shop_id"] == str(served.shop.id)
        assert "Set-Cookie" not in response.headers


async def test_the_frame_takes_the_browser_s_language_when_the_page_s_is_unknown(
    served: Served, client: aiohttp.ClientSession
) -> None:
    wish = {"Accept-Language": "de-AT, en;q=0.5"}
    async with client.get(f"{served.address}/counter/frame?locale=fi", headers=wish) as response:
        assert '<html lang="de">' in await response.text()


async def test_a_shop_s_name_cannot_end_the_script_element(
    served: Served, client: aiohttp.ClientSession
) -> None:
    async with served.database.begin() as session:
        await session.execute("UPDATE shop SET name = '</script><b>Shop' WHERE true")
        await update_settings(session, shop_id=served.shop.id, settings={})
    try:
        async with client.get(f"{served.address}/counter/frame") as response:
            page = await response.text()
        assert "</script><b>" not in page
        assert boot_of(page)["shop_name"] == "</script><b>Shop"
    finally:
        async with served.database.begin() as session:
            await session.execute("UPDATE shop SET name = $1 WHERE true", served.shop.name)


async def test_the_frame_names_who_may_embed_it(
    served: Served, client: aiohttp.ClientSession
) -> None:
    url = f"{served.address}/counter/frame?shop={served.shop.id}"
    async with client.get(url) as response:
        assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    async with served.database.begin() as session:
        settings = {"embed": {"origins": ["https://other.example", "not an origin"]}}
        await update_settings(session, shop_id=served.shop.id, settings=settings)
    try:
        async with client.get(url) as response:
            policy = response.headers["Content-Security-Policy"]
            assert "frame-ancestors 'self' https://other.example" in policy
            assert "not an origin" not in policy
    finally:
        async with served.database.begin() as session:
            await update_settings(session, shop_id=served.shop.id, settings={"embed": {}})


@pytest.mark.parametrize(
    ("shop", "status"),
    [("nonsense", 422), ("01a1ffea-2175-7324-b5e8-9f4b2113a567", 404)],
)
async def test_refuses_an_unknown_shop(
    served: Served, client: aiohttp.ClientSession, shop: str, status: int
) -> None:
    async with client.get(f"{served.address}/counter/frame?shop={shop}") as response:
        assert response.status == status
