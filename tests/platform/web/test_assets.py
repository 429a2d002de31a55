"""Built files: found by logical name, kept for ever by browsers, compressed, nothing outside."""

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from yarl import URL

from stoa.platform.errors import DomainError
from stoa.platform.web import assets
from stoa.platform.web.problems import answer_problem
from tests.servers.asgi import serving

SCRIPT = b"console.log('built');" * 40


@pytest.fixture
async def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    built = tmp_path / "built"
    (built / "counter").mkdir(parents=True)
    (built / "counter" / "loader-1.js").write_bytes(SCRIPT)
    (built / "manifest.json").write_text(json.dumps({"counter/loader.js": "counter/loader-1.js"}))
    (tmp_path / "secret.js").write_text("not for strangers")
    monkeypatch.setattr(assets, "BUILT", built)
    monkeypatch.setattr(assets, "MANIFEST", built / "manifest.json")
    monkeypatch.setattr(assets, "_held", {})
    handlers = {DomainError: answer_problem, HTTPException: answer_problem}
    async with serving(Starlette(routes=assets.ROUTES, exception_handlers=handlers)) as address:
        yield address


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield session


async def test_finds_the_file_of_a_logical_name(shop: str, client: aiohttp.ClientSession) -> None:
    url = shop + assets.asset_url("counter/loader.js")
    async with client.get(url, headers={"Accept-Encoding": "gzip"}) as response:
        assert gzip.decompress(await response.read()) == SCRIPT
        assert response.headers["Content-Encoding"] == "gzip"
        assert response.content_type == "text/javascript"
        assert "immutable" in response.headers["Cache-Control"]


async def test_compresses_only_for_those_who_read_it(
    shop: str, client: aiohttp.ClientSession
) -> None:
    url = shop + assets.asset_url("counter/loader.js")
    async with client.get(url, headers={"Accept-Encoding": "identity"}) as response:
        assert "Content-Encoding" not in response.headers
        assert await response.read() == SCRIPT


async def test_follows_a_rebuild(shop: str, client: aiohttp.ClientSession) -> None:
    (assets.BUILT / "counter" / "loader-2.js").write_bytes(b"new")
    assets.MANIFEST.write_text(json.dumps({"counter/loader.js": "counter/loader-2.js"}))
    url = shop + assets.asset_url("counter/loader.js")
    async with client.get(url, headers={"Accept-Encoding": "identity"}) as response:
        assert await response.read() == b"new"


@pytest.mark.parametrize("path", ["/assets/no.js", "/assets/", "/assets/..%2Fsecret.js"])
async def test_gives_nothing_outside_the_folder(
    shop: str, client: aiohttp.ClientSession, path: str
) -> None:
    async with client.get(URL(shop + path, encoded=True)) as response:
        assert response.status == 404
        assert b"strangers" not in await response.read()


def test_says_that_the_front_end_is_not_built(shop: str) -> None:
    with pytest.raises(assets.FrontEndNotBuilt):
        assets.asset_url("desk/desk.js")
