"""Customers who call from the page: browsers whose microphone is a tone."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Locator, expect

from stoa.platform.i18n.messages import translator
from tests.journeys.people import Customer, a_customer
from tests.servers.browser import DRAWN, MEDIA, chromium
from tests.servers.tone_agent import TONE as AGENT_TONE
from tests.servers.tones import HEARD_DB, HEARING, SILENT_DB, heard_in_page, microphone

TONE = 440
PATIENCE_MS = 30_000
# A tone is a noise to whoever takes noise out: the microphone gives what it hears.
AS_IT_IS = """
(() => {
  delete window.AudioWorkletNode;
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const open = devices.getUserMedia.bind(devices);
  const plain = { noiseSuppression: false, echoCancellation: false, autoGainControl: false };
  devices.getUserMedia = (wanted) =>
    open({ ...wanted, audio: wanted.audio && { ...wanted.audio, ...plain } });
})();
"""


@dataclass(slots=True)
class Caller:
    """A customer at the counter, who may speak."""

    customer: Customer

    def call(self, key: str, **params: object) -> str:
        return translator(self.customer.locale, "call")(key, **params)

    def button(self, key: str, **params: object) -> Locator:
        """A button of the frame, by its words about calls."""
        return self.customer.chat.get_by_role("button", name=self.call(key, **params), exact=True)

    def text(self, key: str, **params: object) -> Locator:
        return self.customer.chat.get_by_text(self.call(key, **params), exact=True)

    def on_page(self, key: str, **params: object) -> Locator:
        """A button of the page itself, outside of the panel."""
        return self.customer.page.get_by_role("button", name=self.call(key, **params), exact=True)

    @property
    def bar(self) -> Locator:
        return self.customer.chat.locator(".call-bar")

    @property
    def row(self) -> Locator:
        title = self.customer.counter("channel.call.title")
        return self.customer.chat.get_by_role("button", name=title)

    async def begin(self) -> None:
        """From the closed counter to the queue, with one choice."""
        await self.customer.open_counter()
        await expect(self.row).to_be_enabled(timeout=PATIENCE_MS)
        await self.row.evaluate(DRAWN)
        await self.row.click()

    async def hears(self, *, agent: bool = True, patience_seconds: float = 20.0) -> float:
        """The seconds until the agent's tone is heard in the page, or is not any more."""
        began = time.monotonic()
        while True:
            elapsed = time.monotonic() - began
            level = await self.level()
            if level > HEARD_DB if agent else level < SILENT_DB:
                return elapsed
            assert elapsed < patience_seconds, f"the agent's tone has {level} dB"
            await self.customer.page.wait_for_timeout(20)

    async def turns_pages_within(
        self, seconds: float, turn: Callable[[], Awaitable[object]]
    ) -> None:
        """The agent is heard again so soon after the page was turned: navigation, loader, frame,
        socket, sound. The best of three, for other programs may be busy on this machine."""
        took: list[float] = []
        while not took or min(took) >= seconds:
            assert len(took) < 3, f"{took} s without sound"
            await turn()
            took.append(await self.hears())

    async def level(self) -> float:
        """How loud the agent is in the page, in dB; silence while there is no frame."""
        try:
            return (await heard_in_page(self.customer.frame, [AGENT_TONE]))[AGENT_TONE]
        except Exception:
            return -200.0


@asynccontextmanager
async def a_speaking_browser(folder: Path) -> AsyncIterator[Browser]:
    """Its microphone hears one tone, and is granted."""
    async with chromium(more=microphone(folder, TONE)) as browser:
        yield browser


@asynccontextmanager
async def a_refusing_browser() -> AsyncIterator[Browser]:
    """It has a microphone, and gives it to nobody."""
    async with chromium(more=MEDIA) as browser:
        yield browser


@asynccontextmanager
async def a_caller(
    browser: Browser,
    url: str,
    *,
    path: str = "",
    width: int = 1280,
    height: int = 800,
) -> AsyncIterator[Caller]:
    """In the shop, with nothing open yet."""
    async with a_customer(browser, url, width=width, height=height) as customer:
        for script in (AS_IT_IS, HEARING):
            await customer.context.add_init_script(script)
        await customer.enter(path)
        caller = Caller(customer)
        try:
            yield caller
        finally:
            # A call outlives its page; the next test's agent should not find this one's.
            end = caller.button("bar.end").or_(caller.on_page("bar.end"))
            if await end.count():
                await end.first.click()
                await expect(end).to_have_count(0)
