"""Pictures are fetched from the internet and from nowhere else, and nothing waits for ever."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from stoa.commerce.catalogue.pictures.fetching import (
    FetchLimits,
    PictureRefused,
    fetch_picture,
    picture_client,
)
from stoa.platform.web import outbound
from stoa.platform.web.outbound import PublicResolver, is_public

OPEN = FetchLimits(max_bytes=10_000, timeout_seconds=5, allows_private=True)
PUBLIC_ONLY = FetchLimits(max_bytes=10_000, timeout_seconds=5)


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """A server with every bad habit."""

    async def good(_request: web.Request) -> web.Response:
        return web.Response(body=b"picture", content_type="image/png")

    async def redirect(request: web.Request) -> web.Response:
        raise web.HTTPFound(request.query["to"])

    async def hang(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x" * 1000)

    async def lie(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "999999999"})
        await answer.prepare(request)
        return answer

    app = web.Application()
    app.add_routes(
        [web.get("/good", good), web.get("/redirect", redirect), web.get("/hang", hang),
         web.get("/drip", drip), web.get("/lie", lie)]
    )  # fmt: skip
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def fetch(address: str, limits: FetchLimits = OPEN) -> bytes:
    async with picture_client(limits) as client:
        return await fetch_picture(client, address, limits=limits)


async def refusal(address: str, limits: FetchLimits = OPEN) -> str:
    with pytest.raises(PictureRefused) as refused:
        await fetch(address, limits)
    return refused.value.code


async def test_fetches_and_follows(server: str) -> None:
    assert await fetch(f"{server}/good") == b"picture"
    assert await fetch(f"{server}/redirect?to=/good") == b"picture"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/missing", "import.picture_unreachable"),
        ("/redirect?to=/redirect?to=/good", "import.picture_unreachable"),
        ("/redirect?to=file:///etc/passwd", "import.picture_unreachable"),
        ("/drip", "import.picture_too_large"),
        ("/lie", "import.picture_too_large"),
    ],
)
async def test_says_why_there_is_none(server: str, path: str, code: str) -> None:
    if path.count("redirect") > 1:
        path = "/redirect?to=" + "/redirect%3Fto=" * 8 + "/good"
    assert await refusal(server + path) == code


async def test_does_not_wait_for_ever(server: str) -> None:
    limits = FetchLimits(max_bytes=10_000, timeout_seconds=0.2, allows_private=True)
    assert await refusal(f"{server}/hang", limits) == "import.picture_timeout"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "10.0.0.1", "192.168.1.1", "169.254.169.254",
     "[fd00::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "[64:ff9b::7f00:1]"],
)  # fmt: skip
async def test_stays_out_of_our_own_network(server: str, host: str) -> None:
    port = server.rpartition(":")[2]
    code = await refusal(f"http://{host}:{port}/good", PUBLIC_ONLY)
    assert code in ("import.picture_private", "import.picture_unreachable")
    if host in ("127.0.0.1", "localhost", "[::1]", "169.254.169.254"):
        assert code == "import.picture_private"


async def test_a_public_name_may_not_lead_back_inside(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hop is allowed as if it were public, its redirect is looked at all the same."""
    port = server.rpartition(":")[2]
    monkeypatch.setattr(outbound, "is_public", lambda address: address == "127.0.0.1")
    inside = f"{server}/redirect?to=http://127.0.0.2:{port}/good"
    assert await refusal(inside, PUBLIC_ONLY) == "import.picture_private"


async def test_names_are_looked_at_where_they_lead() -> None:
    resolver = PublicResolver()
    with pytest.raises(OSError, match="localhost"):
        await resolver.resolve("localhost", 80)


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("100.64.0.1", False), ("224.0.0.1", False),
     ("2002:7f00:1::", False), ("::", False), ("fe80::1%eth0", False)],
)  # fmt: skip
def test_knows_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) == public
