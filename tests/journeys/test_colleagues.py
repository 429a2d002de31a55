"""Two agents at the desk and one customer."""

import asyncio
import re

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.journeys.people import DESK, Staff, a_customer, an_agent
from tests.servers.cobrowse import Wire
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


async def type_until(seen: Locator, composer: Locator) -> None:
    """Types on until the other side sees it; typing is never stored, who comes late misses it."""
    async with asyncio.timeout(30):
        while not await seen.is_visible():
            await composer.press_sequentially("Let me see ", delay=50)


async def test_a_conversation_is_handed_over_with_words_only_the_colleague_sees(
    stoa: StoaProcess, browser: Browser, anna: Staff, ben: Staff
) -> None:
    question = "Who can tell me about glazes?"
    words = "She has asked about glazes before, please be patient."
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        an_agent(browser, stoa.url, ben) as colleague,
        a_customer(browser, stoa.url) as customer,
    ):
        wire = Wire(customer.page)
        received: list[str] = []
        customer.page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda text: received.append(str(text))),
        )
        await customer.enter()
        await customer.ask(question)
        await agent.open_conversation(question)
        await colleague.open_conversation(question)

        writing = DESK("typing.writes", name=anna.name)
        await type_until(colleague.page.get_by_role("main").get_by_text(writing), agent.composer)
        writing = DESK("typing.writes", name=ben.name)
        await type_until(agent.page.get_by_role("main").get_by_text(writing), colleague.composer)
        await colleague.composer.fill("")

        await agent.composer.fill("")
        await agent.composer.press("Escape")
        await agent.page.keyboard.press("h")
        dialog = agent.page.get_by_role("dialog", name=DESK("conversation.handOver"))
        await dialog.get_by_label(DESK("handOver.note")).fill(words)
        await dialog.get_by_role("button", name=re.compile(ben.name)).click()

        main = colleague.page.get_by_role("main")
        await expect(main.get_by_text(words)).to_be_visible()
        handed = DESK("fact.handedOver", name=ben.name, by=anna.name)
        await expect(main.get_by_text(handed)).to_be_visible()
        await colleague.say("The grey one is matt.")
        await expect(customer.log.get_by_text("The grey one is matt.")).to_be_visible()
        await expect(customer.log.get_by_text(words)).to_have_count(0)
        # What the browser has not told of yet could hold them.
        await wire.caught_up()
        assert [text for text in received if "The grey one is matt." in text]
        assert not [text for text in received if words in text]


async def test_the_numbers_of_the_lists_follow_at_once(
    stoa: StoaProcess, browser: Browser, anna: Staff, ben: Staff
) -> None:
    question = "Is this one counted?"
    async with (
        an_agent(browser, stoa.url, ben) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        views = agent.page.get_by_role("navigation", name=DESK("view.label"))

        def tab(view: str) -> Locator:
            return views.get_by_role("link", name=re.compile(DESK(f"view.{view}")))

        # The server is not asked to count again.
        await agent.page.route(re.compile(r"[?&]limit=1(&|$)"), lambda route: route.abort())
        await customer.enter()
        await customer.ask(question)
        await agent.open_conversation(question)
        answer = await agent.page.request.get(f"{stoa.url}/api/desk/conversations?view=mine")
        mine = (await answer.json())["counts"]["mine"]
        # What the desk asked for at its beginning has come: only events change it from here on.
        await expect(tab("mine")).to_have_text(re.compile(rf"\D{mine}$" if mine else r"^\D+$"))
        await agent.say("It is.")
        await expect(tab("mine")).to_have_text(re.compile(rf"\D{mine + 1}$"))
