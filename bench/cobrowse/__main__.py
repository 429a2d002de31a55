"""python -m bench.cobrowse [--quick]: a customer's page while an agent looks at it."""

import asyncio
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import aiohttp
from playwright.async_api import Browser, CDPSession, Page

from bench.harness.figures import Figures
from bench.harness.sizes import size_of_script
from tests.journeys.conftest import PASSWORD, make_administrator
from tests.journeys.people import Customer, a_customer
from tests.servers.browser import chromium
from tests.servers.cobrowse import Watcher, Wire, watching
from tests.servers.stoa import StoaProcess, running_stoa

QUICK = "--quick" in sys.argv
ROUNDS = 1 if QUICK else 4
PROBES = 20 if QUICK else 100
CATEGORY = "c/kitchen-and-table"


async def sign_in(stoa: StoaProcess) -> str:
    """The cookie of an agent at the desk."""
    person = await make_administrator(stoa)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(headers={"X-Stoa-Request": "1"}, cookie_jar=jar) as client:
        form = {"email": person.email, "password": PASSWORD}
        async with client.post(f"{stoa.url}/api/desk/sign-in", json=form) as response:
            assert response.status == 200, await response.text()
    return next(cookie.value for cookie in jar if cookie.key == "stoa_staff")


async def browse(page: Page) -> float:
    """Twelve busy seconds on a page of 24 products; returns how many they were."""
    begun = time.perf_counter()
    for step in range(80):
        await page.mouse.wheel(0, 90 if step < 40 else -90)
        await page.mouse.move(200 + step * 8, 300 + step % 7 * 20)
        await asyncio.sleep(0.06)
    await page.locator("input[type=search]").first.click()
    await page.keyboard.type("olive oil and bread for the table", delay=60)
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Delete")
    for number in range(30):
        await page.evaluate(
            """(number) => { const note = document.querySelector('main h1');
              note.textContent = note.textContent.replace(/ ?\\d*$/, ' ' + number); }""",
            number,
        )
        await asyncio.sleep(0.1)
    return time.perf_counter() - begun


async def busy_ms(cdp: CDPSession) -> float:
    """CPU time of the page's main thread so far; the counter's frame is on the same thread."""
    metrics = (await cdp.send("Performance.getMetrics"))["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration")) * 1_000


async def share_of_thread(page: Page, cdp: CDPSession) -> float:
    """Percent of the main thread's time that twelve busy seconds took."""
    before = await busy_ms(cdp)
    seconds = await browse(page)
    return (await busy_ms(cdp) - before) / seconds / 10


async def talk(customer: Customer) -> str:
    """The customer asked something; the conversation's id."""
    await customer.enter(CATEGORY)
    await customer.ask("Which one is it?")
    await customer.close_counter()
    frame = next(one for one in customer.page.frames if "/counter/frame" in one.url)
    found: str = await frame.evaluate("localStorage.getItem('stoa.counter.conversation')")
    return found


async def let_in(customer: Customer, agent: Watcher, conversation_id: str) -> None:
    await agent.ask(conversation_id)
    await customer.page.locator("stoa-counter .question .accept").click()
    await agent.until(lambda: agent.batches)


async def cost_of_recording(
    out: Figures, customer: Customer, agent: Watcher, conversation_id: str
) -> None:
    """The same browsing with and without, in turns."""
    page = customer.page
    cdp = await customer.context.new_cdp_session(page)
    await cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
    await browse(page)
    without, recorded = [], []
    for _ in range(ROUNDS):
        without.append(await share_of_thread(page, cdp))
        agent.batches.clear()
        await let_in(customer, agent, conversation_id)
        recorded.append(await share_of_thread(page, cdp))
        await agent.command("cobrowse.stop", session_id=agent.session["id"])
        await page.locator("stoa-cobrowse").wait_for(state="detached")
    plain, shown = statistics.median(without), statistics.median(recorded)
    out.add(
        "Main thread of the page, busy browsing: more while recorded",
        f"{shown - plain:.1f} % of its time ({plain:.1f} to {shown:.1f})",
        aim="2 %",
    )


async def size_and_speed(
    out: Figures, customer: Customer, agent: Watcher, conversation_id: str
) -> None:
    page, wire = customer.page, Wire(customer.page)
    await page.reload()
    await customer.counter_button.wait_for()
    agent.batches.clear()
    await let_in(customer, agent, conversation_id)
    await agent.until(lambda: wire.signals("cobrowse.frame"))
    keyframe = sum(len(one["data"]) for one in wire.signals("cobrowse.frame") if one["keyframe"])
    out.add("Keyframe of a page with 24 products", f"{keyframe / 1_000:.0f} kB sent")
    before, seconds = wire.bytes_of_pages, await browse(page)
    sent = (wire.bytes_of_pages - before) / seconds * 60
    out.add("Busy browsing on one page", f"{sent / 1_000:.0f} kB a minute")
    before = wire.bytes_of_pages
    rest = 5 if QUICK else 20
    await asyncio.sleep(rest)
    out.add("A page at rest", f"{wire.bytes_of_pages - before} bytes in {rest} s")
    out.add("DOM change to the agent's line p50 / p95", await delays(page, agent), aim="p95 100 ms")
    await turns(out, customer, agent)


async def delays(page: Page, agent: Watcher) -> str:
    """Milliseconds from a change until it has arrived, whole and unpacked."""
    found = []
    for number in range(PROBES):
        mark = f"probe-{number}-"
        before = len(agent.events)
        stamp: float = await page.evaluate(
            """(mark) => { const at = Date.now();
              document.querySelector('main h1').textContent = mark; return at; }""",
            mark,
        )

        def has_come(mark: str = mark, before: int = before) -> bool:
            return mark in str(agent.events[before:])

        await agent.until(has_come)
        found.append(time.time() * 1_000 - stamp)
        await asyncio.sleep(0.13)
    found.sort()
    return f"{found[len(found) // 2]:.0f} / {found[int(len(found) * 0.95)]:.0f} ms"


def has_turned(agent: Watcher, stream: str) -> bool:
    return agent.stream != stream


async def turns(out: Figures, customer: Customer, agent: Watcher) -> None:
    """Seconds from a press on a link, or a reload, to the next page's keyframe."""
    page = customer.page
    turned: list[float] = []
    reloaded: list[float] = []
    for number in range(2 if QUICK else 8):
        stream, begun = agent.stream, time.perf_counter()
        if number % 2:
            await page.reload()
        else:
            await page.locator("main article a").nth(number).click()
        await agent.until(partial(has_turned, agent, stream))
        (reloaded if number % 2 else turned).append(time.perf_counter() - begun)
        await page.locator("stoa-cobrowse .bar").wait_for()
        if number % 2:
            await customer.enter(CATEGORY)
            await agent.until(lambda: agent.page["url"].endswith(CATEGORY))
            await page.locator("stoa-cobrowse .bar").wait_for()
    out.add("Link to the agent's next keyframe", f"{statistics.median(turned):.2f} s", aim="1 s")
    out.add(
        "Reload to the agent's next keyframe", f"{statistics.median(reloaded):.2f} s", aim="1 s"
    )


async def measure(out: Figures, stoa: StoaProcess, browser: Browser) -> None:
    token = await sign_in(stoa)
    async with (
        watching(stoa.url, staff_token=token) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        conversation_id = await talk(customer)
        await cost_of_recording(out, customer, agent, conversation_id)
        await size_and_speed(out, customer, agent, conversation_id)
    out.add("Script in the page", size_of_script("cobrowse/page.js"), aim="30 kB gz")


async def main() -> None:
    out = Figures("cobrowse", "Co-browsing, on the customer's page")
    with (
        tempfile.TemporaryDirectory(prefix="stoa-") as folder,
        running_stoa(Path(folder) / "shop") as stoa,
    ):
        async with chromium() as browser:
            await measure(out, stoa, browser)
    if not QUICK:
        out.keep()


if __name__ == "__main__":
    asyncio.run(main())
