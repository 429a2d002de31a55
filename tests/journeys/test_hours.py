"""The shop closes, and says so in its own words; then it is open again."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, expect

from stoa.platform.i18n.messages import translator
from tests.journeys.people import DESK, Staff, a_customer, an_agent
from tests.journeys.test_accessibility import expect_no_grave
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
IS_ALONE = True

HOURS = translator("en", "hours")


async def test_who_comes_while_it_is_closed_reads_when_it_opens(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    today = datetime.now(UTC).date()
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        page = agent.page
        await page.goto(f"{stoa.url}/desk/settings")
        part = page.locator("section").filter(
            has=page.get_by_role("heading", name=HOURS("title"), exact=True)
        )
        is_on = part.get_by_label(HOURS("isOn"))
        await is_on.check()
        # Closed around today, wherever the clocks of server and browser stand.
        await part.get_by_role("button", name=HOURS("days.add")).click()
        await part.get_by_label(HOURS("days.from")).fill(str(today - timedelta(days=1)))
        await part.get_by_label(HOURS("days.to")).fill(str(today + timedelta(days=1)))
        await part.get_by_label(HOURS("days.name")).fill("Inventory")
        await part.get_by_label(HOURS("holidays.keep")).check()
        await part.get_by_text(HOURS("holidays.next")).click()
        await expect(part.get_by_role("listitem").filter(has_text="202").first).to_be_visible()
        await part.get_by_label("English").fill("We count our pots until {{opens}}.")
        await expect_no_grave(page, "hours")
        save = part.get_by_role("button", name=DESK("action.save"))
        await save.click()
        closed = HOURS("now.closedUntil", time="|").partition("|")[0]
        await expect(part.get_by_text(closed)).to_be_visible()
        try:
            await customer.enter()
            await customer.open_counter()
            chat = customer.chat.get_by_role("button", name=customer.counter("channel.chat.title"))
            await expect(chat).to_contain_text("We count our pots until ")
            await expect(chat).not_to_contain_text("{{")
            await expect(chat).to_be_disabled()
        finally:
            await is_on.uncheck()
            await save.click()
            await expect(part.get_by_text(closed)).to_be_hidden()
        await expect(chat).to_be_enabled(timeout=30_000)
