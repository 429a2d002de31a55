"""Two pages of one call in a real browser; what they tell each other passes through the test."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tests.rtc.conftest import PeerProgram
from tests.servers.asgi import serving
from tests.servers.pictures import BLUE, RED, Colour

PATIENCE_MS = 30_000
# Whatever the page asks for, its lines may go through relays only.
RELAY_ONLY = """
const Real = RTCPeerConnection;
const only = (given) => ({ ...given, iceTransportPolicy: "relay" });
window.RTCPeerConnection = class extends Real {
  constructor(given) {
    super(only(given));
    window.connections = [...(window.connections ?? []), this];
    window.codes = [];
    this.addEventListener("icecandidateerror", ({ errorCode }) => window.codes.push(errorCode));
  }
  setConfiguration(given) { super.setConfiguration(only(given)); }
};
"""


@dataclass(slots=True)
class Side:
    """One page of the call."""

    leg: str
    page: Page
    heard: list[str] = field(default_factory=list)

    async def run(self, claim: str, argument: object = None) -> Any:
        return await self.page.evaluate(claim, argument)

    async def wait(self, claim: str) -> None:
        """Waits until the expression, which may use `peer`, is true."""
        await self.page.wait_for_function(f"() => {claim}", timeout=PATIENCE_MS)

    async def start_camera(self) -> bool:
        shown: bool = await self.run("peer.sight.stage.startCamera()")
        return shown

    async def start_screen(self) -> bool:
        shown: bool = await self.run("peer.sight.stage.startScreen('this-tab')")
        return shown

    async def sees_colour(self, picture: str, x: float, y: float, colour: Colour) -> None:
        try:
            await self.wait(f"peer.isColour('{picture}', {x}, {y}, {list(colour)})")
        except Exception as error:
            found = await self.run(f"peer.colourAt('{picture}', {x}, {y})")
            lines = await self.run("peer.lines")
            raise AssertionError(f"{picture} is {found}, not {colour}; {lines}") from error

    async def sees_camera_of(self, other: "Side") -> None:
        """The two halves of the test's camera, each on its side."""
        await self.sees_colour(f"{other.leg}-camera", 0.25, 0.5, RED)
        await self.sees_colour(f"{other.leg}-camera", 0.75, 0.5, BLUE)

    async def sees_nothing(self) -> None:
        await self.wait("peer.sight.others.value.length === 0")


@dataclass(slots=True)
class Pair:
    """Ann and Bob. Signals are passed on in order, unless they are lost."""

    ann: Side
    bob: Side
    is_cut: bool = False
    lose_next: int = 0
    passed: list[str] = field(default_factory=list)

    def other(self, side: Side) -> Side:
        return self.bob if side is self.ann else self.ann

    async def pass_on(self, side: Side, message: str) -> None:
        if self.is_cut or self.lose_next > 0:
            self.lose_next = max(0, self.lose_next - 1)
            return
        self.passed.append(message)
        other = self.other(side)
        if other.page.is_closed():
            return
        # A page that is being loaded anew hears nothing, as one without a socket.
        await other.page.evaluate(
            "([leg, message]) => window.peer?.hear(leg, message)", [side.leg, message]
        )


@asynccontextmanager
async def pair(
    browser: Browser,
    program: PeerProgram,
    *,
    permissions: Sequence[str] = ("camera", "microphone"),
    headers: Mapping[str, str] | None = None,
    ice: Sequence[Mapping[str, object]] = (),
    is_relay_only: bool = False,
    is_cut: bool = False,
) -> AsyncIterator[Pair]:
    async def page(_request: Request) -> Response:
        script = '<script src="/built/peer-page.js" type="module"></script>'
        body = f"<!doctype html><title>side</title><body>{script}"
        return HTMLResponse(body, headers=dict(headers or {}))

    built = Mount("/built", StaticFiles(directory=str(program)))
    app = Starlette(routes=[Route("/", page), built])
    contexts: list[BrowserContext] = []
    async with serving(app) as url:
        try:
            sides = []
            for leg in ("ann", "bob"):
                contexts.append(await browser.new_context(permissions=list(permissions)))
                sides.append(Side(leg, await contexts[-1].new_page()))
            both = Pair(sides[0], sides[1], is_cut=is_cut)
            for side in sides:
                await _open(side, both, url, ice=ice, is_relay_only=is_relay_only)
            yield both
        finally:
            for context in contexts:
                await context.close()


async def _open(
    side: Side, both: Pair, url: str, *, ice: Sequence[Mapping[str, object]], is_relay_only: bool
) -> None:
    order: asyncio.Lock = asyncio.Lock()

    async def say(_to: str | None, message: str) -> None:
        async with order:
            await both.pass_on(side, message)

    await side.page.expose_function("say", say)
    if is_relay_only:
        await side.page.add_init_script(RELAY_ONLY)
    await side.page.add_init_script(script=f"window.ice = {list(map(dict, ice))!r}")
    other = both.other(side)
    await side.page.goto(f"{url}/?leg={side.leg}&others={other.leg}")
    await side.page.wait_for_function("window.peer")
