""" "Come with me": one question, then the customer's page follows until one of them ends it."""

import asyncio
import re

import pytest
from playwright.async_api import Browser, Locator, Route, expect

from stoa.platform.i18n.messages import translator
from tests.journeys.people import DESK, Agent, Customer, Staff, a_customer, an_agent
from tests.servers.stoa import StoaProcess

pytestmark = pytest.mark.journey


def words(customer: Customer, key: str, **params: object) -> str:
    return translator(customer.locale, "cobrowse")(key, **params)


async def lead(agent: Agent, wish: str) -> None:
    """Chooses a place by the keyboard alone, without a look at what is found."""
    await agent.page.locator("body").press("Shift+W")
    field = agent.page.get_by_role("combobox", name=DESK("walk.search"))
    await field.fill(wish)
    await field.press("Enter")
    await expect(field).to_be_hidden()


def on_page(customer: Customer) -> Locator:
    """The counter's bubble on the page, outside the chat."""
    return customer.page.locator("stoa-counter .question")


def walk_bar(agent: Agent) -> Locator:
    return agent.page.get_by_role("region", name=DESK("walk.label"))


async def test_walks_through_the_shop_after_one_question(
    browser: Browser, stoa: StoaProcess, anna: Staff
) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url, locale="pl") as customer,
    ):
        await customer.enter()
        await customer.ask("Czy macie oliwę?")
        await customer.close_counter()
        await agent.open_conversation("Czy macie oliwę?")
        product = customer.page.locator("main article").first
        name = (
            await product.get_by_role("heading").or_(product.get_by_role("link")).first.inner_text()
        )
        await lead(agent, name)

        title = words(customer, "walk.title", name=anna.name, place=name)
        asked = on_page(customer)
        await expect(asked).to_contain_text(title)
        await expect(walk_bar(agent)).to_contain_text(DESK("walk.asked", place=name))
        await asked.get_by_role("button", name=words(customer, "walk.accept")).click()
        await customer.page.wait_for_url(re.compile(r"/pl/p/"))
        await expect(customer.page.get_by_role("heading", level=1)).to_have_text(name)
        await expect(walk_bar(agent)).to_contain_text(DESK("walk.at", place=name))

        cart = customer.shop("cart.title")
        await lead(agent, DESK("walk.cart"))
        await customer.page.wait_for_url(re.compile(r"/pl/cart"))
        # The page that was just opened knows that they walk, and does not ask again.
        walking = words(customer, "walk.with", name=anna.name, place=cart)
        await expect(on_page(customer)).to_contain_text(walking)

        # By themselves they may go where they like; the next place is opened from there.
        await customer.enter()
        await expect(on_page(customer)).to_contain_text(walking)
        assert customer.page.url.endswith("/pl/")
        await on_page(customer).get_by_role("button", name=words(customer, "walk.end")).click()
        await expect(walk_bar(agent)).to_be_hidden()
        await expect(on_page(customer)).to_be_hidden()
        log = agent.page.get_by_role("article").filter(has_text=name)
        await expect(log.get_by_text(DESK("walk.state.ended"), exact=True)).to_be_visible()


async def test_catches_up_with_what_was_opened_while_the_page_turned(
    browser: Browser, stoa: StoaProcess, anna: Staff
) -> None:
    """The agent is faster than the counter of the page that was just opened."""
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await customer.enter()
        await customer.ask("Where is the cart?")
        await customer.close_counter()
        await agent.open_conversation("Where is the cart?")
        await lead(agent, "/en/search?q=oil")
        is_ahead = asyncio.Event()

        async def hold(route: Route) -> None:
            await is_ahead.wait()
            await route.continue_()

        accept = on_page(customer).get_by_role("button", name=words(customer, "walk.accept"))
        await expect(accept).to_be_visible()
        await customer.page.route("**/counter/frame*", hold)
        await accept.click()
        await customer.page.wait_for_url(re.compile(r"/en/search"), wait_until="commit")
        await lead(agent, DESK("walk.cart"))
        await expect(walk_bar(agent)).to_contain_text(
            DESK("walk.at", place=customer.shop("cart.title"))
        )
        is_ahead.set()
        await customer.page.wait_for_url(re.compile(r"/en/cart"))


async def test_a_refusal_and_an_end_by_the_agent_move_nothing(
    browser: Browser, stoa: StoaProcess, anna: Staff
) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await customer.enter("cart")
        await customer.ask("What else goes with it?")
        await agent.open_conversation("What else goes with it?")
        at = customer.page.url
        await lead(agent, DESK("walk.cart"))
        # In the open chat the question stands in the timeline.
        refuse = customer.log.get_by_role("button", name=words(customer, "walk.refuse"))
        await refuse.click()
        await expect(walk_bar(agent)).to_be_hidden()
        await expect(customer.log.get_by_text(words(customer, "walk.card.refused"))).to_be_visible()
        assert customer.page.url == at

        await lead(agent, "/en/cart?again")
        accept = customer.log.get_by_role("button", name=words(customer, "walk.accept"))
        await accept.click()
        await customer.page.wait_for_url(re.compile(r"/en/cart\?again"))
        bar = customer.chat.get_by_role("button", name=words(customer, "walk.end"), exact=True)
        await expect(bar).to_be_visible()
        await walk_bar(agent).get_by_role("button", name=DESK("walk.end")).click()
        await expect(bar).to_be_hidden()
        await expect(walk_bar(agent)).to_be_hidden()


async def test_says_why_a_place_is_none(browser: Browser, stoa: StoaProcess, anna: Staff) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await customer.enter()
        await customer.ask("Where now?")
        await agent.open_conversation("Where now?")
        await agent.page.locator("body").press("Shift+W")
        field = agent.page.get_by_role("combobox", name=DESK("walk.search"))
        await field.fill("https://elsewhere.example/offers")
        await field.press("Enter")
        said = translator("en", "errors")("no_way_there")
        await expect(agent.page.get_by_text(said)).to_be_visible()
        await field.press("Escape")
        await expect(walk_bar(agent)).to_be_hidden()
