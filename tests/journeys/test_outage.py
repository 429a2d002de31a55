"""The server goes away while an agent works, and comes back."""

import re

import pytest
from playwright.async_api import Browser, Route, expect

from tests.journeys.people import DESK, Staff, a_customer, an_agent
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


async def test_the_desk_says_so_keeps_what_is_written_and_goes_on_by_itself(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    question, answer = "Are you still there?", "Written while nothing answered"
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await customer.enter()
        await customer.ask(question)
        await agent.open_conversation(question)
        stoa.stop()
        try:
            lost = re.compile(
                "|".join(map(re.escape, (DESK("live.offline"), DESK("live.resuming"))))
            )
            await expect(agent.page.get_by_text(lost)).to_be_visible()
            await agent.say(answer, is_stored=False)
            await agent.page.get_by_role("link", name=DESK("nav.orders")).click()
            retry = agent.page.get_by_role("button", name=DESK("action.retry"))
            await expect(retry.first).to_be_visible()
        finally:
            stoa.start()
        # The page that failed, and what was written, without a press. Lines that broke are tried
        # ever more seldom, every 45 seconds in the end.
        await expect(retry).to_have_count(0, timeout=60_000)
        await expect(agent.page.get_by_text(lost)).to_have_count(0)
        await expect(customer.log.get_by_text(answer)).to_have_count(1, timeout=60_000)


async def test_a_desk_whose_beginning_is_lost_on_the_way_comes_all_the_same(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    """First its texts do not come, then the server takes its question and never answers."""
    tries = {"texts": 0, "start": 0}

    async def lose_texts(route: Route) -> None:
        tries["texts"] += 1
        await (route.abort() if tries["texts"] == 1 else route.continue_())

    async def keep_silent(route: Route) -> None:
        tries["start"] += 1
        if tries["start"] > 1:
            await route.continue_()

    context = await browser.new_context(locale="en-GB")
    try:
        page = await context.new_page()
        await page.route("**/chunks/desk-*.js", lose_texts)
        await page.route("**/api/desk/start", keep_silent)
        await page.goto(f"{stoa.url}/desk")
        gate = page.get_by_text(DESK("gate.unreachable"))
        await expect(gate).to_be_visible(timeout=20_000)
        await expect(page.get_by_label(DESK("signin.email"))).to_be_visible(timeout=20_000)
        assert tries["texts"] > 1
    finally:
        await context.close()


async def test_what_did_not_come_while_the_line_was_up_is_asked_for_again(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    tries, is_seen = 0, False

    async def lose_until_it_is_seen(route: Route) -> None:
        nonlocal tries
        tries += 1
        await (route.continue_() if is_seen else route.abort())

    async with an_agent(browser, stoa.url, anna) as agent:
        await agent.page.route(re.compile("/api/desk/orders"), lose_until_it_is_seen)
        await agent.page.get_by_role("link", name=DESK("nav.orders")).click()
        retry = agent.page.get_by_role("button", name=DESK("action.retry"))
        await expect(retry).to_be_visible()
        is_seen = True
        await expect(retry).to_have_count(0)
        await expect(agent.page.get_by_role("heading", name=DESK("nav.orders"))).to_be_visible()
        assert tries > 1
