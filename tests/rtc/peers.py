"""Two pages of one call in a real browser; what they tell each other passes through the test."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, Route

from tests.rtc.conftest import PeerProgram
from tests.servers.pictures import BLUE, RED, Colour

PATIENCE_MS = 60_000
ORIGIN = "http://localhost"
# Keeps every line of the page, to look at.
KEEPS_LINES = """
const Made = RTCPeerConnection;
window.RTCPeerConnection = class extends Made {
  constructor(given) {
    super(given);
    window.connections = [...(window.connections ?? []), this];
  }
};
"""
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
    script: str = "",
    is_cut: bool = False,
) -> AsyncIterator[Pair]:
    contexts: list[BrowserContext] = []
    try:
        sides = []
        for leg in ("ann", "bob"):
            context = await browser.new_context(permissions=list(permissions))
            contexts.append(context)
            await _serve(context, program, headers or {})
            sides.append(Side(leg, await context.new_page()))
        both = Pair(sides[0], sides[1], is_cut=is_cut)
        for side in sides:
            await _open(side, both, ice=ice, script=script)
        yield both
    finally:
        for context in contexts:
            await context.close()


async def _serve(context: BrowserContext, program: PeerProgram, headers: Mapping[str, str]) -> None:
    """The pages come from the test itself, whatever network the browser is in."""

    async def answer(route: Route) -> None:
        if urlsplit(route.request.url).path == "/":
            script = '<script src="/peer-page.js" type="module"></script>'
            body = f"<!doctype html><title>side</title><body>{script}"
            await route.fulfill(body=body, content_type="text/html", headers=dict(headers))
        else:
            await route.fulfill(path=program / "peer-page.js", content_type="text/javascript")

    await context.route(f"{ORIGIN}/**", answer)


async def _open(
    side: Side, both: Pair, *, ice: Sequence[Mapping[str, object]], script: str
) -> None:
    order: asyncio.Lock = asyncio.Lock()

    async def say(_to: str | None, message: str) -> None:
        async with order:
            await both.pass_on(side, message)

    await side.page.expose_function("say", say)
    if script:
        await side.page.add_init_script(script)
    await side.page.add_init_script(script=f"window.ice = {list(map(dict, ice))!r}")
    other = both.other(side)
    await side.page.goto(f"{ORIGIN}/?leg={side.leg}&others={other.leg}")
    await side.page.wait_for_function("window.peer")
