"""axe finds nothing serious or critical on any page of any surface, in light and dark."""

import re
from typing import Literal

import pytest
from playwright.async_api import Browser, Frame, Page, expect

from stoa.platform.i18n.messages import translator
from tests.journeys.axe import grave_violations
from tests.journeys.people import DESK, Staff, a_customer, an_agent
from tests.servers.browser import DRAWN
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

RULES = translator("en", "automation")
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


async def expect_no_grave(place: Page | Frame, what: str) -> None:
    page = place if isinstance(place, Page) else place.page
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await place.evaluate(DRAWN)
        assert await grave_violations(place) == [], f"{what}, {scheme}"


@pytest.mark.parametrize("width", [360, 1280])
async def test_the_shop(stoa: StoaProcess, browser: Browser, width: int) -> None:
    async with a_customer(browser, stoa.url, width=width) as customer:
        page = customer.page
        for path in ("", "search?q=pot", "search?q=nothing-like-this", "cart", "no-such-page"):
            await customer.enter(path)
            await expect_no_grave(page, path or "home")
        await customer.enter()
        category = page.get_by_role("link", name=re.compile("Kitchen"))
        await page.goto(stoa.url + str(await category.first.get_attribute("href")))
        await expect_no_grave(page, "category")
        await customer.put_something_into_the_cart()
        await expect_no_grave(page, "product")
        await customer.enter("cart")
        await expect_no_grave(page, "cart with something in it")


@pytest.mark.parametrize("width", [360, 1280])
async def test_the_checkout(stoa: StoaProcess, browser: Browser, width: int) -> None:
    async with a_customer(browser, stoa.url, width=width) as customer:
        page = customer.page
        await customer.put_something_into_the_cart()
        await customer.go_to_checkout()
        await expect_no_grave(page, "contact")
        await customer.go_on("address")
        await expect(page.locator("[aria-invalid=true]").first).to_be_visible()
        await expect_no_grave(page, "contact with errors")
        await customer.give_contact()
        await expect_no_grave(page, "address")
        await customer.go_on("delivery")
        await expect(page.locator("[aria-invalid=true]").first).to_be_visible()
        await expect_no_grave(page, "address with errors")
        await customer.give_address(postal_code="30-001")
        await customer.go_on("delivery")
        await customer.expect_step("delivery")
        await expect_no_grave(page, "delivery")
        await customer.choose_and_go_on("payment")
        await customer.expect_step("payment")
        await expect_no_grave(page, "payment")
        await customer.choose_and_go_on("review")
        await customer.expect_step("review")
        await expect_no_grave(page, "review")
        await page.get_by_role("button", name=customer.shop("checkout.place")).click()
        await page.wait_for_url(re.compile("/order/"))
        await expect_no_grave(page, "order")


@pytest.mark.parametrize("width", [360, 1280])
async def test_the_counter(stoa: StoaProcess, browser: Browser, anna: Staff, width: int) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url, width=width) as customer,
    ):
        await customer.enter()
        await customer.open_counter()
        chat = customer.chat
        await expect(chat.get_by_role("button", name="Chat")).to_be_enabled(timeout=30_000)
        frame = customer.frame
        await expect_no_grave(frame, "chooser")
        await chat.get_by_role("button", name=customer.counter("channel.message.title")).click()
        await chat.get_by_role("button", name=customer.counter("leave.submit")).click()
        await expect(chat.locator("[aria-invalid=true]").first).to_be_visible()
        await expect_no_grave(frame, "leave a message, with errors")
        await chat.get_by_role("button", name=customer.counter("frame.back")).click()
        await chat.get_by_role("button", name="Chat").click()
        await expect(customer.composer).to_be_visible()
        await expect_no_grave(frame, "an empty chat")
        question = f"Can you help me at {width}?"
        await customer.say(question)
        await agent.open_conversation(question)
        await agent.say("Of course, see https://shop.example/help")
        await expect(customer.log.get_by_text("Of course", exact=False)).to_be_visible()
        await expect_no_grave(frame, "chat")
        await chat.get_by_role("button", name=customer.counter("composer.emoji")).click()
        await expect(chat.get_by_role("button", name="👍")).to_be_visible()
        await expect_no_grave(frame, "emoji")
        await customer.page.keyboard.press("Escape")
        for item in ("language.title", "transcript.title", "end.submit"):
            await chat.get_by_role("button", name=customer.counter("frame.menu")).click()
            await chat.get_by_role("menuitem", name=customer.counter(item)).click()
            await expect(chat.get_by_role("dialog")).to_be_visible()
            await expect_no_grave(frame, item)
            await customer.page.keyboard.press("Escape")


async def test_the_desk(stoa: StoaProcess, browser: Browser, anna: Staff) -> None:
    async with a_customer(browser, stoa.url) as stranger:
        await stranger.page.goto(f"{stoa.url}/desk")
        await expect(
            stranger.page.get_by_role("button", name=DESK("signin.submit"))
        ).to_be_visible()
        await expect_no_grave(stranger.page, "sign-in")
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        page = agent.page
        await customer.put_something_into_the_cart()
        await customer.go_to_checkout()
        await customer.give_contact()
        await customer.give_address(postal_code="30-001")
        await customer.go_on("delivery")
        await customer.expect_step("delivery")
        await customer.place_order()
        await customer.ask("Somebody for the desk to see")
        await agent.open_conversation("Somebody for the desk to see")
        await expect_no_grave(page, "conversation")
        rail = page.get_by_role("navigation", name=DESK("nav.label")).get_by_role("link")
        places = {str(await link.get_attribute("href")) for link in await rail.all()}
        assert len(places) > 3
        for place in sorted(places):
            await page.goto(stoa.url + place)
            await expect(page.get_by_role("heading", level=1).first).to_be_visible()
            await expect_no_grave(page, place)
        for place in ("orders", "catalogue"):
            await page.goto(f"{stoa.url}/desk/{place}")
            await page.get_by_role("option").first.click()
            await expect(page.get_by_role("main").get_by_role("heading").first).to_be_visible()
            await expect_no_grave(page, f"one of the {place}")
        await page.get_by_role("button", name=DESK("nav.imports")).click()
        await expect(page.get_by_role("heading", name=DESK("nav.imports"))).to_be_visible()
        await expect_no_grave(page, "imports")
        for name in ("account", "people", "replies", "settings", "teams", "rules", "webhooks"):
            await page.get_by_role("button", name=DESK("nav.menu")).click()
            await page.get_by_role("menuitem", name=DESK(f"nav.{name}"), exact=True).click()
            await expect(page.get_by_role("heading", name=DESK(f"nav.{name}"))).to_be_visible()
            await expect_no_grave(page, name)
        await page.goto(f"{stoa.url}/desk/rules/new")
        await page.get_by_role("button", name=RULES("condition.add")).click()
        await page.get_by_role("combobox", name=RULES("action.what", number=1)).select_option(
            "reply"
        )
        await expect_no_grave(page, "a rule")
