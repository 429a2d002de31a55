"""Customers who do the next thing before the shop has answered the one before."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.journeys.people import Customer, a_customer
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

PRODUCTS = ("stoneware-mug", "stovetop-espresso-pot")
PROPOSALS = re.compile(r"/api/counter/proposals$")
# So many of the page's looks at them have come.
LOOKS_CAME = """(count) => performance.getEntriesByType("resource")
  .filter(({ name }) => name.endsWith("/api/counter/proposals")).length >= count"""


@dataclass
class Held:
    """A server whose first answer is on its way until `come` is set."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    come: asyncio.Event = field(default_factory=asyncio.Event)
    count: int = 0

    async def hold(self, route: Route) -> None:
        self.count += 1
        if self.count == 1:
            self.asked.set()
            await self.come.wait()
        await route.continue_()


@asynccontextmanager
async def a_full_cart(browser: Browser, stoa: StoaProcess) -> AsyncIterator[Customer]:
    """The customer looks at a cart with one of each product."""
    async with a_customer(browser, stoa.url) as customer:
        for slug in PRODUCTS:
            await customer.enter(f"p/{slug}")
            await customer.add_to_cart()
        await customer.enter("cart")
        yield customer


async def held_changes(page: Page) -> Held:
    held = Held()

    async def hold(route: Route) -> None:
        await (held.hold(route) if route.request.method == "POST" else route.continue_())

    await page.route(re.compile("/cart$"), hold)
    return held


def quantity(page: Page, place: int) -> Locator:
    return page.get_by_label(re.compile("^Quantity of")).nth(place)


async def test_a_second_quantity_is_changed_before_the_first_is(
    stoa: StoaProcess, browser: Browser
) -> None:
    async with a_full_cart(browser, stoa) as customer:
        page = customer.page
        held = await held_changes(page)
        await quantity(page, 0).fill("2")
        await page.keyboard.press("Tab")
        await held.asked.wait()
        await quantity(page, 1).fill("3")
        await page.keyboard.press("Tab")
        held.come.set()
        await expect(page.locator("#cart-count")).to_have_text("5")
        await page.reload()
        await expect(quantity(page, 0)).to_have_value("2")
        await expect(quantity(page, 1)).to_have_value("3")


async def test_what_is_being_typed_stays_and_counts(stoa: StoaProcess, browser: Browser) -> None:
    async with a_full_cart(browser, stoa) as customer:
        page = customer.page
        held = await held_changes(page)
        await quantity(page, 0).fill("2")
        await page.keyboard.press("Tab")
        await held.asked.wait()
        await quantity(page, 1).fill("4")
        held.come.set()
        await expect(page.locator("#cart-count")).to_have_text("3")
        await expect(quantity(page, 1)).to_be_focused()
        await expect(quantity(page, 1)).to_have_value("4")
        await page.keyboard.press("Tab")
        await expect(page.locator("#cart-count")).to_have_text("6")
        assert held.count == 2, "half a number is never sent"

        # The cart is drawn anew because a proposal was accepted.
        await quantity(page, 0).fill("7")
        async with page.expect_response(re.compile("/cart$")) as fresh:
            await page.evaluate("dispatchEvent(new CustomEvent('stoa:cart-changed'))")
        await (await fresh.value).finished()
        await page.keyboard.press("Tab")
        await expect(page.locator("#cart-count")).to_have_text("11")


async def test_a_line_is_removed_and_the_checkout_opened_while_a_quantity_is_on_its_way(
    stoa: StoaProcess, browser: Browser
) -> None:
    async with a_full_cart(browser, stoa) as customer:
        page = customer.page
        held = await held_changes(page)
        await quantity(page, 0).fill("5")
        await page.keyboard.press("Tab")
        await held.asked.wait()
        await page.get_by_role("button", name=re.compile("^Remove")).nth(1).click()
        # Pressed by a hand that waits for nothing, and by none that waits for a navigation.
        await page.get_by_role("link", name=customer.shop("cart.checkout")).dispatch_event("click")
        held.come.set()
        await customer.expect_step("contact")
        await expect(page.locator("#cart-count")).to_have_text("5")


async def test_a_suggestion_once_chosen_stays_chosen(stoa: StoaProcess, browser: Browser) -> None:
    async with a_customer(browser, stoa.url) as customer:
        page = customer.page
        await customer.enter()
        box = page.get_by_role("combobox", name="Search the shop")
        # None of these is on its way any more when the one that is held is asked for.
        async with page.expect_response(re.compile("/suggest.q=stone$")) as last:
            await box.press_sequentially("stone")
        await (await last.value).finished()
        first = page.get_by_role("option").first
        await expect(first).to_be_visible()
        held = Held()
        await page.route(re.compile("/suggest"), held.hold)
        async with page.expect_event("requestfailed"):
            await box.press_sequentially("w")
            await held.asked.wait()
            await box.press("ArrowDown")
        await expect(first).to_have_attribute("aria-selected", "true")
        held.come.set()


async def test_the_newest_look_at_proposals_is_shown(stoa: StoaProcess, browser: Browser) -> None:
    """The one before it was asked for while the agent still offered something."""
    async with a_full_cart(browser, stoa) as customer:
        page = customer.page
        answers = [asyncio.Event(), asyncio.Event()]
        looks: list[str] = []
        open_one = {
            "id": "00000000-0000-0000-0000-000000000001",
            "staff_name": "Anna",
            "card": {"kind": "discount", "percent": 10, "state": "open", "title": ""},
        }

        async def answer(route: Route) -> None:
            mine = len(looks)
            looks.append(route.request.url)
            await answers[min(mine, 1)].wait()
            proposals = [] if mine else [open_one]
            await route.fulfill(json={"visitor_id": "v", "proposals": proposals, "seq": mine})

        # The page's own look at its beginning is none of the two.
        await page.wait_for_function(LOOKS_CAME, arg=1)
        await page.route(PROPOSALS, answer)
        look = "window.dispatchEvent(new CustomEvent('stoa:proposals'))"
        async with page.expect_response(PROPOSALS):
            async with page.expect_request(PROPOSALS):
                await page.evaluate(look)
            async with page.expect_request(PROPOSALS):
                await page.evaluate(look)
            answers[1].set()
        async with page.expect_response(PROPOSALS) as late:
            answers[0].set()
        await (await late.value).finished()
        # The page itself has the late one, and time to show it.
        await page.wait_for_function(LOOKS_CAME, arg=3)
        await page.evaluate("new Promise((done) => setTimeout(done))")
        await expect(page.locator("#proposals article")).to_have_count(0)
