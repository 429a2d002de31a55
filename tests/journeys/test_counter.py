"""At the counter with a real agent at the desk: at night, in two tabs, behind a proxy, by keys."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.people import DESK, Customer, Staff, a_customer, an_agent
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


async def test_a_message_left_at_night_becomes_a_conversation(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    question = "Do you ship to Crete before Easter?"
    async with a_customer(browser, stoa.url) as customer:
        await customer.enter()
        await customer.open_counter()
        chat = customer.chat.get_by_role("button", name=customer.counter("channel.chat.title"))
        # Whoever leaves the desk counts as there for a few seconds more: it may be a reload.
        await expect(chat).to_be_disabled(timeout=40_000)
        message = customer.counter("channel.message.title")
        await customer.chat.get_by_role("button", name=message).click()
        await customer.chat.get_by_label(customer.counter("leave.email")).fill("eva@example.com")
        body = customer.chat.get_by_label(customer.counter("leave.body"), exact=True)
        await body.fill(question)
        await customer.chat.get_by_role("checkbox").check()
        send = customer.counter("leave.submit")
        await customer.chat.get_by_role("button", name=send).click()
        done = customer.counter("leave.done", email="eva@example.com")
        await expect(customer.chat.get_by_text(done)).to_be_visible()
        await customer.page.close()

        async with an_agent(browser, stoa.url, anna) as agent:
            row = agent.page.get_by_role("option").filter(has_text=question)
            await agent.show("unassigned")
            await expect(row).to_contain_text("eva@example.com")
            await expect(row.get_by_label(DESK("conversation.offline"))).to_be_visible()
            await agent.open_conversation(question)
            await agent.say("Yes, until the tenth of April.")

        # The next day: another tab, nobody at the desk, and the answer is there.
        customer.page = await customer.context.new_page()
        await customer.enter()
        await customer.open_counter()
        await expect(customer.log.get_by_text("Yes, until the tenth of April.")).to_be_visible()
        await expect(customer.log.get_by_text(question)).to_be_visible()


async def test_an_accepted_proposal_changes_the_cart(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await customer.put_something_into_the_cart()
        await customer.enter("cart")
        await customer.ask("Is there something off for two?")
        await agent.open_conversation("Is there something off for two?")
        await agent.propose_discount(percent=10, reason="For your patience")
        card = customer.chat.get_by_role("group", name=customer.counter("proposal.discount"))
        await expect(card).to_contain_text("10%")
        await expect(card).to_contain_text("For your patience")
        discount = customer.page.get_by_role("main").get_by_text(customer.shop("totals.discount"))
        await expect(discount).to_be_hidden()

        await card.get_by_role("button", name=customer.counter("proposal.accept")).click()
        await expect(card).to_contain_text(customer.counter("proposal.accepted"))
        await expect(card.get_by_role("button")).to_have_count(0)
        # The page behind the counter and the desk follow by themselves.
        await expect(discount.first).to_be_visible()
        await expect(agent.side.get_by_text(DESK("cart.discount"))).to_be_visible()


async def test_accepting_in_the_checkout_keeps_what_is_typed(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url, width=360, height=740) as customer,
    ):
        await customer.put_something_into_the_cart()
        await customer.go_to_checkout()
        await customer.give_contact()
        await customer.field("name").fill("Half an addr")
        await customer.ask("May I have a discount here?")
        await agent.open_conversation("May I have a discount here?")
        await agent.propose_discount(percent=10, reason="Of course")
        card = customer.chat.get_by_role("group", name=customer.counter("proposal.discount"))
        await card.get_by_role("button", name=customer.counter("proposal.accept")).click()
        await expect(card).to_contain_text(customer.counter("proposal.accepted"))
        await customer.close_counter()
        summary = customer.page.get_by_role("complementary")
        await expect(summary.get_by_text(customer.shop("totals.discount"))).to_be_visible()
        await expect(customer.field("name")).to_have_value("Half an addr")


async def test_a_refused_proposal_changes_nothing(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await customer.put_something_into_the_cart()
        await customer.ask("Only looking, thank you")
        await agent.open_conversation("Only looking, thank you")
        await agent.propose_discount(percent=5, reason="Just in case")
        card = customer.chat.get_by_role("group", name=customer.counter("proposal.discount"))
        await card.get_by_role("button", name=customer.counter("proposal.refuse")).click()
        await expect(card).to_contain_text(customer.counter("proposal.refused"))
        refused = agent.page.get_by_role("main").get_by_text(DESK("proposal.refused"))
        await expect(refused).to_be_visible()
        await customer.close_counter()
        await customer.enter("cart")
        main = customer.page.get_by_role("main")
        await expect(main.get_by_text(customer.shop("totals.discount"))).to_have_count(0)


async def test_an_invitation_is_an_offer_beside_the_button(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    words = "Posso aiutarLa a scegliere?"
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url, locale="it") as customer,
    ):
        await customer.put_something_into_the_cart()
        await agent.page.get_by_role("link", name=re.compile(DESK("nav.visits"))).click()
        italian = agent.page.get_by_text("IT", exact=True)
        await agent.page.get_by_role("option").filter(has=italian).click()
        await agent.page.get_by_label(DESK("invite.words")).fill(words)
        await agent.page.get_by_role("button", name=DESK("invite.send")).click()
        offer = customer.page.get_by_role("status").filter(has_text=words)
        await expect(offer).to_contain_text(anna.name)
        main = agent.page.get_by_role("main")
        await expect(main.get_by_text(DESK("invite.shown"))).to_be_visible()
        accept = customer.counter("loader.accept")
        await customer.page.get_by_role("button", name=accept).click()
        dialog = customer.page.get_by_role("dialog", name=customer.counter("loader.title"))
        await expect(dialog).to_be_visible()
        await expect(main.get_by_text(DESK("invite.accepted"))).to_be_visible()


async def test_a_second_tab_is_the_same_conversation(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await customer.enter()
        await customer.ask("Asked in the first tab")
        second = Customer(
            customer.context, await customer.context.new_page(), stoa.url, customer.locale
        )
        await second.enter("cart")
        await second.open_counter()
        await expect(second.log.get_by_text("Asked in the first tab")).to_be_visible()
        await agent.open_conversation("Asked in the first tab")
        await agent.say("Answered once")
        for tab in (customer, second):
            await expect(tab.log.get_by_text("Answered once")).to_have_count(1)
        await second.say("Gone on in the second")
        await expect(customer.log.get_by_text("Gone on in the second")).to_have_count(1)


async def test_talks_by_long_polling_where_sockets_are_blocked(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        blocked: list[str] = []

        async def block(socket: object) -> None:
            blocked.append("socket")
            await socket.close()  # type: ignore[attr-defined]  # the type is private to Playwright

        await customer.context.route_web_socket("**/realtime", block)
        polls: list[str] = []
        customer.page.on("request", lambda request: polls.append(request.url))
        await customer.enter()
        await customer.ask("From behind a strict proxy")
        await agent.open_conversation("From behind a strict proxy")
        await agent.say("I hear you well")
        await expect(customer.log.get_by_text("I hear you well")).to_be_visible()
        assert blocked
        assert any(url.endswith("/realtime/poll") for url in polls)


async def focus_by_tab(page: Page, name: str) -> None:
    """Presses Tab until the control of this name has the focus, as a person without a mouse."""
    for _ in range(150):
        await page.keyboard.press("Tab")
        frame = next((one for one in page.frames if "/counter/frame" in one.url), None)
        for place in (page.main_frame, frame):
            if place and await place.evaluate(FOCUSED) == name:
                return
    raise AssertionError(f"Tab never reached {name!r}")


FOCUSED = """() => {
  if (!document.hasFocus()) return null;
  let element = document.activeElement;
  while (element?.shadowRoot) element = element.shadowRoot.activeElement;
  if (!element || element.tagName === "IFRAME") return null;
  return element.getAttribute("aria-label") ?? element.textContent.trim();
}"""


async def test_everything_works_without_a_mouse(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    question = "I am typing this without a mouse"
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        keys = customer.page.keyboard
        await customer.enter("cart")
        await focus_by_tab(customer.page, customer.counter("loader.button"))
        await keys.press("Enter")
        chat = customer.chat.get_by_role(
            "button", name=re.compile("^" + customer.counter("channel.chat.title"))
        )
        await expect(chat).to_be_enabled(timeout=30_000)
        # The first channel has the focus: Enter is all it takes.
        await expect(chat).to_be_focused()
        await keys.press("Enter")
        await expect(customer.composer).to_be_focused()
        await keys.type(question)
        await keys.press("Enter")
        await expect(customer.log.get_by_text(question)).to_be_visible()

        desk = agent.page.keyboard
        await expect(
            agent.page.get_by_role("link", name=re.compile(DESK("nav.inbox") + "|Inbox"))
        ).to_be_visible()
        await agent.show("all")
        row = agent.page.get_by_role("option").filter(has_text=question)
        await expect(row).to_be_visible()
        await row.evaluate("(row) => row.closest('[role=listbox]').focus()")
        while await row.get_attribute("aria-selected") != "true":
            before = agent.page.url
            await desk.press("ArrowDown")
            await desk.press("Enter")
            await expect(agent.page).not_to_have_url(before)
        await expect(agent.composer).to_be_visible()
        await desk.press("r")
        await expect(agent.composer).to_be_focused()
        await desk.type("And I answer so")
        await desk.press("Enter")
        await expect(customer.log.get_by_text("And I answer so")).to_be_visible()

        await keys.press("Escape")
        await expect(customer.counter_button).to_be_focused()
