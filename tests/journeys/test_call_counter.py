"""Calls from the page, as the customer has them: real browsers, and an agent with a tone."""

import contextlib
import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.axe import grave_violations
from tests.journeys.callers import PATIENCE_MS, TONE, Caller, a_caller
from tests.journeys.people import Staff
from tests.servers.stoa import StoaProcess
from tests.servers.tone_agent import ToneAgent, a_tone_agent
from tests.servers.tones import ToneClient

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]

PROMISED_SECONDS = 3.0


@pytest.fixture
async def agent(stoa: StoaProcess, anna: Staff) -> AsyncIterator[ToneAgent]:
    async with a_tone_agent(stoa.url, anna) as agent:
        yield agent


async def connected(caller: Caller, agent: ToneAgent) -> None:
    """Both hear each other."""
    await caller.begin()
    voice = await agent.answers()
    await voice.hears(TONE)
    await caller.hears()
    await expect(caller.bar).to_contain_text(agent.name)


async def until_the_key_is_heard(caller: Caller, voice: ToneClient) -> None:
    """Presses 5 until its two tones arrive: a busy machine may miss a tenth of a second."""
    for _ in range(8):
        await caller.customer.page.keyboard.press("5")
        with contextlib.suppress(AssertionError):
            return await voice.hears_once(770, 1336, patience_seconds=3.0)
    raise AssertionError("the key was never heard")


async def test_a_call_from_the_page_from_the_first_click_to_the_end(
    stoa: StoaProcess, speaking: Browser, agent: ToneAgent
) -> None:
    async with a_caller(speaking, stoa.url) as caller:
        await caller.begin()
        await expect(caller.text("waiting.next")).to_be_visible()
        await expect(caller.text("waiting.music")).to_be_visible()
        assert await grave_violations(caller.customer.frame) == []
        voice = await agent.answers()
        await voice.hears(TONE)
        await caller.hears()
        await expect(caller.bar).to_contain_text(agent.name)
        assert await grave_violations(caller.customer.frame) == []
        # Writing goes on beside it.
        await caller.customer.say("The blue one, please.")

        await caller.button("bar.mute").click()
        await voice.hears(absent=[TONE])
        await caller.button("bar.unmute").click()
        await voice.hears(TONE)

        await caller.button("bar.hold").click()
        await expect(caller.text("bar.held")).to_be_visible()
        await voice.hears(absent=[TONE])
        await caller.button("bar.resume").click()
        await voice.hears(TONE)

        await caller.button("bar.keypad").click()
        await expect(
            caller.customer.chat.get_by_role("button", name="1", exact=True)
        ).to_be_focused()
        await until_the_key_is_heard(caller, voice)

        await caller.button("bar.end").click()
        await expect(caller.text("ended.completed")).to_be_visible()
        assert await grave_violations(caller.customer.frame) == []
        await agent.sees(state="ended", end_reason="completed")
        await caller.button("ended.chat").click()
        card = caller.customer.log.get_by_text(caller.call("card.with", names=agent.name))
        await expect(card).to_be_visible()


async def test_a_page_turn_takes_the_call_with_it(
    stoa: StoaProcess, speaking: Browser, agent: ToneAgent
) -> None:
    async with a_caller(speaking, stoa.url) as caller:
        await connected(caller, agent)
        assert agent.voice is not None
        await caller.button("bar.mute").click()
        await agent.voice.hears(absent=[TONE])
        page = caller.customer.page
        await caller.turns_pages_within(
            PROMISED_SECONDS, lambda: page.goto(f"{stoa.url}/en/cart", wait_until="commit")
        )
        # Whoever was silent stays so, until they say otherwise.
        await expect(caller.button("bar.unmute")).to_be_visible()
        await agent.voice.hears(absent=[TONE])
        await caller.button("bar.unmute").click()
        await agent.voice.hears(TONE)

        # With the panel shut a small bar stays on the page, and the next page has it as well.
        await caller.customer.chat.get_by_role(
            "button", name=caller.customer.counter("frame.close"), exact=True
        ).click()
        await expect(caller.on_page("bar.mute")).to_be_visible()
        await caller.turns_pages_within(PROMISED_SECONDS, lambda: page.reload(wait_until="commit"))
        await expect(caller.on_page("bar.mute")).to_be_visible()
        await caller.on_page("bar.mute").click()
        await expect(caller.on_page("bar.unmute")).to_be_focused()
        await agent.voice.hears(absent=[TONE])
        await caller.on_page("bar.end").click()
        await agent.sees(state="ended", end_reason="completed")
        await expect(caller.customer.counter_button).to_be_visible()
        # The tab remembers nothing of a call that is over.
        await page.wait_for_function("() => sessionStorage.getItem('stoa.counter.call') === null")


async def test_an_agents_call_rings_on_the_page_itself(
    stoa: StoaProcess, speaking: Browser, agent: ToneAgent
) -> None:
    async with a_caller(speaking, stoa.url) as caller:
        customer = caller.customer
        question = f"Could you call me about lamp {uuid4().hex[:6]}?"
        await customer.ask(question)
        await customer.close_counter()
        title = await customer.page.title()
        conversation = await agent.conversation(question)
        ringing = caller.call("incoming.title", name=agent.name, shop="Meltemi")

        rung = await agent.person.ask(
            "call.ring", conversation_id=conversation, client_id="declined-one"
        )
        await expect(customer.page.get_by_role("alert").get_by_text(ringing)).to_be_visible()
        await expect(customer.page).to_have_title(ringing)
        await caller.on_page("incoming.decline").click()
        await agent.sees(id=rung["id"], state="ended", end_reason="declined")
        await expect(customer.page).to_have_title(title)
        await expect(customer.counter_button).to_be_visible()

        rung = await agent.person.ask(
            "call.ring", conversation_id=conversation, client_id="accepted-one"
        )
        await caller.on_page("incoming.accept").click()
        own = next(leg for leg in rung["legs"] if leg["staff_id"] == agent.staff_id)
        voice = await agent.speaks(rung["id"], own["id"])
        await voice.hears(TONE)
        await caller.hears()
        await expect(caller.bar).to_contain_text(agent.name)


async def test_one_tab_speaks_and_another_can_take_over(
    stoa: StoaProcess, speaking: Browser, agent: ToneAgent
) -> None:
    async with a_caller(speaking, stoa.url) as first:
        await connected(first, agent)
        page = await first.customer.context.new_page()
        second = Caller(
            type(first.customer)(first.customer.context, page, stoa.url, first.customer.locale)
        )
        await second.customer.enter()
        await second.customer.open_counter()
        await expect(second.text("elsewhere.title")).to_be_visible()
        await first.hears()
        await second.button("elsewhere.take").click()
        await second.hears()
        await first.hears(agent=False)
        await expect(first.text("elsewhere.title")).to_be_visible()
        assert agent.voice is not None
        await agent.voice.hears(TONE)
        # The first keeps still: it does not fight for the line.
        await expect(second.bar).to_contain_text(agent.name)
        await second.button("bar.end").click()
        await expect(first.text("elsewhere.title")).to_have_count(0)
        await page.close()


async def test_three_wait_for_one_agent_and_move_up(
    stoa: StoaProcess, speaking: Browser, agent: ToneAgent
) -> None:
    async with (
        a_caller(speaking, stoa.url) as anna,
        a_caller(speaking, stoa.url) as bea,
        a_caller(speaking, stoa.url) as cleo,
    ):
        await anna.begin()
        await expect(anna.text("waiting.next")).to_be_visible(timeout=PATIENCE_MS)
        await bea.begin()
        await expect(bea.text("waiting.ahead", count=1)).to_be_visible(timeout=PATIENCE_MS)
        await cleo.begin()
        await expect(cleo.text("waiting.ahead", count=2)).to_be_visible(timeout=PATIENCE_MS)
        # Whoever has waited longest is answered first, and the others move up at once.
        answered: set[str] = set()
        waiting = [anna, bea, cleo]
        while waiting:
            caller = waiting.pop(0)
            call, offer = await agent.rings()
            while call["id"] in answered:
                call, offer = await agent.rings()
            answered.add(call["id"])
            voice = await agent.takes(call, offer)
            await voice.hears(TONE)
            await caller.hears()
            for ahead, other in enumerate(waiting):
                place = other.text("waiting.ahead", count=ahead)
                place = place if ahead else other.text("waiting.next")
                await expect(place).to_be_visible(timeout=PATIENCE_MS)
            await caller.button("bar.end").click()
            await expect(caller.text("ended.completed")).to_be_visible(timeout=PATIENCE_MS)


async def test_a_place_in_the_queue_is_kept_and_the_page_is_called_back(
    stoa: StoaProcess, speaking: Browser, agent: ToneAgent
) -> None:
    async with a_caller(speaking, stoa.url) as caller:
        await caller.begin()
        await caller.button("callback.offer").click()
        phone = caller.customer.chat.get_by_label(caller.call("callback.phone"))
        await phone.fill("call me maybe")
        await caller.button("callback.submit").click()
        await expect(phone).to_be_focused()
        await expect(caller.text("callback.errorPhone")).to_be_visible()
        await phone.fill("+30 21 0123 4567")
        await caller.button("callback.submit").click()
        waiting = await agent.sees(state="callback")
        assert waiting["callback_phone"] == "+30 21 0123 4567"
        kept = caller.text("callback.keptPhone", phone="+30 21 0123 4567")
        await expect(kept).to_be_visible()
        assert await grave_violations(caller.customer.frame) == []

        rung = await agent.person.ask(
            "call.ring",
            conversation_id=waiting["conversation_id"],
            client_id="the-call-back",
            callback_of=waiting["id"],
        )
        await caller.button("incoming.accept").click()
        own = next(leg for leg in rung["legs"] if leg["staff_id"] == agent.staff_id)
        voice = await agent.speaks(rung["id"], own["id"])
        await voice.hears(TONE)
        await caller.hears()


async def test_on_a_phone_the_bar_leaves_the_field_that_is_typed_in(
    stoa: StoaProcess, speaking: Browser, agent: ToneAgent
) -> None:
    async with a_caller(speaking, stoa.url, width=360, height=640) as caller:
        await connected(caller, agent)
        customer = caller.customer
        scroll = "document.documentElement.scrollWidth <= innerWidth"
        assert await caller.customer.frame.evaluate(scroll), "nothing sticks out of the frame"
        await customer.chat.get_by_role(
            "button", name=customer.counter("frame.close"), exact=True
        ).click()
        bar = customer.page.locator(".call.live")
        await expect(bar).to_be_visible()
        assert await grave_violations(customer.page) == []
        await customer.page.evaluate(
            """() => {
              const field = document.createElement("input");
              field.id = "low";
              field.setAttribute("aria-label", "low");
              field.style = "position: fixed; bottom: 24px; left: 24px; width: 300px";
              document.body.append(field);
            }"""
        )
        low = customer.page.locator("#low")
        # Tapping it would hit the bar; the field is reached as a form does, by its next key.
        await low.focus()
        await low.press_sequentially("abc")
        await expect(bar).to_have_class(re.compile("aside"))
        boxes = [await one.bounding_box() for one in (bar, low)]
        assert boxes[0] is not None
        assert boxes[1] is not None
        assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"], "the bar moved away"
        await expect(caller.on_page("bar.end")).to_be_visible()
        await low.blur()
        await expect(bar).not_to_have_class(re.compile("aside"))


async def test_by_keys_alone(stoa: StoaProcess, speaking: Browser, agent: ToneAgent) -> None:
    async with a_caller(speaking, stoa.url) as caller:
        await caller.customer.open_counter()
        await expect(caller.row).to_be_enabled(timeout=30_000)
        keyboard = caller.customer.page.keyboard
        for _ in range(12):
            if await caller.row.evaluate("row => row === document.activeElement"):
                break
            await keyboard.press("Tab")
        await expect(caller.row).to_be_focused()
        await keyboard.press("Enter")
        # What ends the wait has the focus; so has, once somebody talks, the field to write in.
        await expect(caller.button("bar.end")).to_be_focused()
        voice = await agent.answers()
        await voice.hears(TONE)
        await expect(caller.customer.composer).to_be_focused()
        for _ in range(20):
            if await caller.button("bar.end").evaluate("one => one === document.activeElement"):
                break
            await keyboard.press("Shift+Tab")
        await keyboard.press("Enter")
        await expect(caller.text("ended.completed")).to_be_visible()
