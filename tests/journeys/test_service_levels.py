"""A promise is set up, broken and seen on the board; the customer says how they were served."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from stoa.platform.i18n.messages import translator
from tests.journeys.people import DESK, Staff, a_customer, an_agent
from tests.journeys.test_accessibility import expect_no_grave
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
IS_ALONE = True

HOURS = translator("en", "hours")
BOARD = translator("en", "board")
RATING = translator("en", "rating")
PICTURES = os.environ.get("STOA_TEST_PICTURES")


async def picture(page: Page, name: str) -> None:
    """Kept where somebody wants to look at it."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.fixture
async def no_promises_afterwards(stoa: StoaProcess, anna: Staff) -> AsyncIterator[None]:
    yield
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address, not a name
    async with aiohttp.ClientSession(
        stoa.url, headers={"X-Stoa-Request": "1"}, cookie_jar=jar
    ) as client:
        form = {"email": anna.email, "password": anna.password}
        await client.post("/api/desk/sign-in", json=form)
        shop_id = (await (await client.get("/api/desk/start")).json())["shops"][0]["id"]
        path = "/api/desk/service-levels"
        found = await (await client.get(f"{path}?shop_id={shop_id}")).json()
        for policy in found["items"]:
            await client.delete(f"{path}/{policy['id']}")


async def promise(page: Page, url: str, *, minutes: str) -> None:
    """A first answer within so many minutes, whoever asks."""
    await page.goto(f"{url}/desk/settings")
    await page.get_by_role("button", name=HOURS("levels.add")).click()
    dialog = page.get_by_role("dialog", name=HOURS("levels.add"))
    await dialog.get_by_label(HOURS("levels.name"), exact=True).fill("At once")
    first = dialog.get_by_label(HOURS("levels.first"))
    units = dialog.get_by_label(HOURS("levels.unit"))
    await units.first.select_option("minute")
    await first.fill(minutes)
    await picture(page, "promise")
    await dialog.get_by_role("button", name=DESK("action.save")).click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text("At once", exact=True)).to_be_visible()


@pytest.mark.usefixtures("no_promises_afterwards")
async def test_a_late_answer_is_seen_and_rated(
    stoa: StoaProcess, browser: Browser, anna: Staff, ben: Staff
) -> None:
    question = "How late are you?"
    async with (
        an_agent(browser, stoa.url, anna) as boss,
        an_agent(browser, stoa.url, ben) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await promise(boss.page, stoa.url, minutes="0.05")
        await picture(boss.page, "settings")
        await boss.page.goto(f"{stoa.url}/desk/board")
        heading = boss.page.get_by_role("heading", name=BOARD("breaches.title"))
        await expect(heading).to_be_visible()

        await customer.enter()
        await customer.ask(question)
        await agent.show("due")
        row = agent.page.get_by_role("option").filter(has_text=question)
        late = re.compile(re.escape(DESK("due.late", time="|")).replace(r"\|", r"[\d:]+"))
        await expect(row.get_by_text(late)).to_be_visible()

        breaches = boss.page.get_by_role("list", name=BOARD("breaches.title"))
        is_late = re.compile(re.escape(BOARD("breach.is", time="|")).replace(r"\|", r"[\d:]+"))
        await expect(breaches.get_by_text(is_late)).to_be_visible()
        waiting = boss.page.get_by_role("list", name=BOARD("waiting.list"))
        await expect(waiting.get_by_text(question)).to_be_visible()
        await picture(boss.page, "board")
        await expect_no_grave(boss.page, "board")

        await row.click()
        await agent.say("Very, I am sorry.")
        was_late = re.compile(re.escape(BOARD("breach.was", time="|")).replace(r"\|", r"[\d:]+"))
        await expect(waiting.get_by_text(question)).to_be_hidden()
        await boss.page.reload()
        await expect(breaches.get_by_text(was_late)).to_be_visible()

        close = agent.page.get_by_role("button", name=DESK("conversation.close"))
        await close.first.click()
        faces = customer.chat.get_by_role("group", name=RATING("question"))
        await expect(faces).to_be_visible()
        await faces.get_by_role("radio").nth(3).check(force=True)
        await customer.chat.get_by_label(RATING("words")).fill("Late, but kind")
        await picture(customer.page, "rating")
        card = customer.chat.get_by_role("listitem").filter(has=faces)
        await card.get_by_role("button", name=RATING("send")).click()
        await expect(customer.chat.get_by_text(RATING("thanks"))).to_be_visible()

        ratings = boss.page.get_by_role("list", name=BOARD("ratings.newest"))
        await expect(ratings.get_by_text("Late, but kind")).to_be_visible()
        await expect(ratings.get_by_text(BOARD("rating.of5", score=4))).to_be_visible()
        await ratings.get_by_role("link", name="Late, but kind").click()
        rated = f"{DESK('fact.rated', score=4)}: Late, but kind"
        await expect(boss.page.get_by_role("main").get_by_text(rated)).to_be_visible()
