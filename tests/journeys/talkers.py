"""Agents who speak: browsers whose microphone is a tone, another one than that of who calls."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Frame, Locator, Page, expect

from tests.journeys.callers import AS_IT_IS
from tests.journeys.people import DESK, Agent, Staff, an_agent
from tests.servers.tones import HEARD_DB, HEARING, SILENT_DB, heard_in_page

AGENTS_TONE = 880
PATIENCE_MS = 120_000
# How often a page has begun a note of its ring.
COUNTS_RINGS = """
(() => {
  window.rings = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.rings += 1;
    return start.apply(this, when);
  };
})();
"""


async def hears(place: Page | Frame, tone: int, *, patience_seconds: float = 60.0) -> float:
    """The seconds until the tone reaches the page."""
    began = time.monotonic()
    while True:
        elapsed = time.monotonic() - began
        level = (await heard_in_page(place, [tone]))[tone]
        if level > HEARD_DB:
            return elapsed
        assert elapsed < patience_seconds, f"{tone} Hz has {level} dB"
        await place.wait_for_timeout(20)


async def hears_no_more(place: Page | Frame, tone: int, *, patience_seconds: float = 60.0) -> None:
    """The tone reaches the page no longer."""
    began = time.monotonic()
    while (level := (await heard_in_page(place, [tone]))[tone]) > SILENT_DB:
        assert time.monotonic() - began < patience_seconds, f"{tone} Hz has {level} dB"
        await place.wait_for_timeout(20)


@dataclass(slots=True)
class Talker:
    """An agent at a desk that calls reach."""

    agent: Agent
    staff: Staff
    page: Page

    @property
    def bar(self) -> Locator:
        return bar_of(self.page)

    @property
    def ring(self) -> Locator:
        return ring_of(self.page)

    async def answers(self) -> None:
        """With the key that works whatever has the focus."""
        await expect(self.ring).to_be_visible(timeout=PATIENCE_MS)
        await self.page.keyboard.press("Alt+Enter")
        await self.is_talking()

    async def is_talking(self) -> None:
        await expect(self.bar.get_by_text(DESK("callBar.talking"))).to_be_visible(
            timeout=PATIENCE_MS
        )

    async def has_talked_on(self, *, seconds: int) -> None:
        """So long by the call's own clock."""
        until = await self._lasted() + seconds
        while await self._lasted() < until:
            await self.page.wait_for_timeout(200)

    async def _lasted(self) -> int:
        minutes, seconds = (await self.bar.get_by_role("timer").inner_text()).split(":")
        return 60 * int(minutes) + int(seconds)

    async def goes_away(self) -> None:
        """New calls ring at others: the key was heard, and the server knows."""
        await self.page.keyboard.type("gz")
        await expect(self.page.locator(".rail-account .is-present")).to_have_count(0)
        await self._is_known_as("away")

    async def comes_back(self) -> None:
        """Calls ring here again."""
        await self.page.keyboard.type("gz")
        await expect(self.page.locator(".rail-account .is-present")).to_be_visible()
        await self._is_known_as("available")

    async def _is_known_as(self, status: str) -> None:
        until = time.monotonic() + PATIENCE_MS / 1000
        while True:
            answer = await self.page.context.request.get(f"{self.agent.url}/api/desk/start")
            start = await answer.json()
            known = {one["staff_id"]: one["status"] for one in start["presence"]}
            if known.get(start["me"]["id"]) == status:
                return
            assert time.monotonic() < until, known
            await self.page.wait_for_timeout(50)

    async def hangs_up(self) -> None:
        await self.bar.get_by_role("button", name=DESK("callBar.end")).click()
        await expect(self.bar).to_be_hidden(timeout=PATIENCE_MS)

    async def changes_call_settings(self, change: Mapping[str, Any]) -> None:
        """For administrators: these of the first shop's settings are so."""
        request = self.page.context.request
        start = await (await request.get(f"{self.agent.url}/api/desk/start")).json()
        path = f"{self.agent.url}/api/desk/shops/{start['shops'][0]['id']}/calls"
        known = await (await request.get(path)).json()
        answer = await request.put(
            path, headers={"X-Stoa-Request": "1"}, data={"calls": known["calls"] | change}
        )
        assert answer.ok, await answer.text()


def bar_of(page: Page) -> Locator:
    return page.get_by_role("region", name=DESK("callBar.label"))


def ring_of(page: Page) -> Locator:
    return page.get_by_role("region", name=DESK("ring.label"))


@asynccontextmanager
async def a_talker(browser: Browser, url: str, staff: Staff) -> AsyncIterator[Talker]:
    """At the desk, with every tab's ears open."""
    scripts = (AS_IT_IS, HEARING, COUNTS_RINGS)
    async with an_agent(browser, url, staff, scripts=scripts) as agent:
        yield Talker(agent, staff, agent.page)
