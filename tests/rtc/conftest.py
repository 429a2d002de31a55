"""A page with a call's sound and its far end, in browsers whose microphone is a file."""

import asyncio
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.async_api import Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from stoa.embed.rules import frame_policy
from tests.servers.asgi import serving
from tests.servers.browser import FLAGS, chromium_path
from tests.servers.browser_client import WEB, find_node

RATE = 48_000
SECONDS = 30
Samples = np.ndarray[Any, np.dtype[np.float64]]


def tone(hertz: float, amplitude: float = 0.4) -> Samples:
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(RATE * SECONDS) / RATE)


def noise(amplitude: float = 0.1) -> Samples:
    return amplitude * np.random.default_rng(1).standard_normal(RATE * SECONDS)


def write_wav(path: Path, samples: Samples) -> Path:
    """A file of 16 bits that Chromium takes for a microphone."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="session")
async def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the bundled test page and the noise suppressor."""
    folder = tmp_path_factory.mktemp("rtc")
    bundling = await asyncio.create_subprocess_exec(
        find_node(), "tools/page.mjs", "packages/rtc/test/page.ts", str(folder), cwd=WEB
    )
    assert await bundling.wait() == 0, "the page was bundled"
    return folder


PeerProgram = Path


@pytest.fixture(scope="session")
async def peer_program(tmp_path_factory: pytest.TempPathFactory) -> PeerProgram:
    """The folder with the bundled page of one side of a video line."""
    folder = tmp_path_factory.mktemp("peer")
    bundling = await asyncio.create_subprocess_exec(
        find_node(), "tools/page.mjs", "packages/rtc/test/peer-page.ts", str(folder), cwd=WEB
    )
    assert await bundling.wait() == 0, "the page was bundled"
    return folder


Open = Callable[[list[str]], AbstractAsyncContextManager[Page]]


@pytest.fixture
def open_page(program: Path) -> Open:
    """Opens the page under the policy of the counter's frame, in a browser with these flags."""

    async def page(request: Request) -> Response:
        policy = frame_policy(host=request.headers["host"], origins=[])
        body = '<!doctype html><script type="module" src="/built/page.js"></script>'
        return Response(body, media_type="text/html", headers={"Content-Security-Policy": policy})

    app = Starlette(routes=[Route("/", page), Mount("/built", StaticFiles(directory=str(program)))])

    @asynccontextmanager
    async def opened(flags: list[str]) -> AsyncIterator[Page]:
        media = ["--autoplay-policy=no-user-gesture-required", *flags]
        async with serving(app) as url, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium_path(), args=[*FLAGS, *media], headless=True
            )
            try:
                tab = await browser.new_page()
                await tab.goto(url)
                await tab.wait_for_function("window.rtc")
                yield tab
            finally:
                await browser.close()

    return opened
