"""python -m bench.replica [--quick]: from the customer's page to the agent's screen, and back."""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import Frame, Page, WebSocket

from bench.harness.figures import Figures, percentile
from bench.harness.sizes import size_of_script
from tests.journeys.conftest import make_administrator
from tests.journeys.people import Agent, Customer
from tests.journeys.test_cobrowse_desk import looking, stage, until_shown
from tests.servers.browser import chromium
from tests.servers.stoa import StoaProcess, running_stoa

QUICK = "--quick" in sys.argv
PROBES = 15 if QUICK else 120
TURNS = 3 if QUICK else 12

# Both pages are on one machine, so that one clock tells the time in each.
SEEN = """(mark) => new Promise((resolve) => {
  const look = () => document.documentElement.textContent.includes(mark) && resolve(Date.now());
  if (look()) return;
  new MutationObserver((_, observer) => look() && observer.disconnect()).observe(
    document, { childList: true, characterData: true, subtree: true });
})"""
CHANGE = """(mark) => {
  document.querySelector("h1").textContent = mark;
  return Date.now();
}"""
# The agent's hand on the customer's page: when it came to a place it was not at before.
HAND_MOVED = """() => new Promise((resolve) => {
  const root = document.querySelector("stoa-cobrowse").shadowRoot.querySelector(".cursor");
  new MutationObserver((_, observer) => {
    observer.disconnect();
    resolve(Date.now());
  }).observe(root, { attributes: true, attributeFilter: ["style"] });
})"""
MOVED = """() => new Promise((resolve) => {
  document.querySelector("[data-replica-overlay]").addEventListener(
    "pointermove", () => resolve(Date.now()), { once: true });
})"""


def replica_frame(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/desk/replica" in frame.url)


def two(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} / {percentile(values, 0.95):.0f} ms"


async def changes(out: Figures, agent: Agent, customer: Customer) -> None:
    delays = []
    frame = replica_frame(agent.page)
    for number in range(PROBES):
        mark = f"probe {number}."
        seen = asyncio.create_task(frame.evaluate(SEEN, mark))
        await asyncio.sleep(0.12)
        begun = await customer.page.evaluate(CHANGE, mark)
        delays.append(float(await seen) - begun)
    out.add("DOM change to the replica p50 / p95", two(delays), aim="p95 100 ms")


async def pointer(out: Figures, agent: Agent, customer: Customer) -> None:
    box = await stage(agent).bounding_box()
    assert box is not None
    await agent.page.mouse.move(box["x"] + 5, box["y"] + 5)
    await customer.page.wait_for_function(
        "() => !document.querySelector('stoa-cobrowse').shadowRoot.querySelector('.cursor').hidden"
    )
    delays = []
    for number in range(PROBES):
        moved = asyncio.create_task(agent.page.evaluate(MOVED))
        arrived = asyncio.create_task(customer.page.evaluate(HAND_MOVED))
        await asyncio.sleep(0.2)
        await agent.page.mouse.move(
            box["x"] + 20 + number % 20 * 12, box["y"] + 30 + number % 13 * 9
        )
        delays.append(float(await arrived) - float(await moved))
    out.add("Agent's pointer to the customer's page p50 / p95", two(delays), aim="50 ms")


async def page_turns(out: Figures, agent: Agent, customer: Customer) -> None:
    """From the press on a link to the next page in the replica, and with a reload."""
    frame = replica_frame(agent.page)
    turned, reloaded = [], []
    for number in range(TURNS):
        await customer.page.evaluate("document.querySelector('h1').textContent = 'Before'")
        await frame.evaluate(SEEN, "Before")
        begun = time.time() * 1_000
        target = customer.shop("cart.checkout") if number % 2 == 0 else customer.shop("product.add")
        seen = asyncio.create_task(frame.evaluate(SEEN, target))
        if number % 2 == 0:
            await customer.page.locator("a[href$='/cart']").first.click()
        else:
            await customer.page.go_back()
        turned.append(float(await seen) - begun)
        await customer.page.evaluate("document.querySelector('h1').textContent = 'Again'")
        await frame.evaluate(SEEN, "Again")
        heading = asyncio.create_task(
            frame.evaluate(
                SEEN.replace(
                    ".includes(mark)",
                    ".length && !document.documentElement.textContent.includes(mark)",
                ),
                "Again",
            )
        )
        begun = time.time() * 1_000
        await customer.page.reload()
        reloaded.append(float(await heading) - begun)
    out.add("Link to the replica current", f"{statistics.median(turned):.0f} ms", aim="1 s")
    out.add("Reload to the replica current", f"{statistics.median(reloaded):.0f} ms", aim="1 s")


class Line:
    """What the desk's line has carried."""

    def __init__(self, page: Page) -> None:
        self.received = 0
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, payload: str | bytes) -> None:
        self.received += len(payload)


async def measure(out: Figures, stoa: StoaProcess) -> None:
    staff = await make_administrator(stoa)
    async with (
        chromium() as browser,
        looking(browser, stoa, staff, words="Do you see it?") as (agent, customer),
    ):
        line = Line(agent.page)
        await agent.page.reload()
        await until_shown(agent, customer.shop("product.add"))
        await changes(out, agent, customer)
        await pointer(out, agent, customer)
        await page_turns(out, agent, customer)
        before, rest = line.received, 5 if QUICK else 30
        await asyncio.sleep(rest)
        at_rest = (line.received - before) / rest * 60
        out.add("The desk's line, page at rest", f"{at_rest / 1_000:.1f} kB a minute")
    out.add("Script of the replica", size_of_script("desk/replica.js"), aim="20 kB gz")


async def main() -> None:
    out = Figures("replica", "Co-browsing, at the desk")
    with (
        tempfile.TemporaryDirectory(prefix="stoa-") as folder,
        running_stoa(Path(folder) / "shop") as stoa,
    ):
        await measure(out, stoa)
    if not QUICK:
        out.keep()


if __name__ == "__main__":
    asyncio.run(main())
