"""An agent asks to see, sees, points, draws, acts and stops, in the customer's real page."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, FrameLocator, Locator, Page, expect

from stoa.platform.i18n.messages import translator
from tests.journeys.people import DESK, Agent, Customer, Staff, a_customer, an_agent
from tests.servers.browser import DRAWN
from tests.servers.stoa import StoaProcess

pytestmark = pytest.mark.journey

LOOK = translator("en", "cobrowse")
PATIENCE_MS = 20_000
MASK = "••••••"
# Looked at within the page: a ring goes by itself after a moment.
RINGED = """(add) => {
  const ring = document.querySelector("stoa-cobrowse").shadowRoot.querySelector(".ring");
  const [around, marked] = [ring, add].map((one) => one?.getBoundingClientRect());
  return around && around.width >= marked.width
    && Math.abs(around.x + around.width / 2 - marked.x - marked.width / 2) < 3;
}"""


def stage(agent: Agent) -> Locator:
    return agent.page.locator("[data-replica-overlay]")


def replica(agent: Agent) -> FrameLocator:
    return agent.page.frame_locator("iframe.replica-frame")


def overlay(customer: Customer) -> Locator:
    """What co-browsing draws over the customer's page."""
    return customer.page.locator("stoa-cobrowse")


async def until_shown(agent: Agent, text: str) -> None:
    """The replica shows this, and nothing lies over it."""
    await expect(replica(agent).get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)
    await expect(agent.page.locator(".replica-veil")).to_have_count(0, timeout=PATIENCE_MS)


async def answer(customer: Customer, key: str) -> None:
    """Presses a button of the question above the closed chat."""
    asked = customer.page.locator("stoa-counter .question")
    await asked.get_by_role("button", name=LOOK(key), exact=True).click()


@asynccontextmanager
async def looking(
    browser: Browser, stoa: StoaProcess, staff: Staff, *, words: str
) -> AsyncIterator[tuple[Agent, Customer]]:
    """The agent sees the page of a customer whose chat is closed, and who has something to buy."""
    async with (
        an_agent(browser, stoa.url, staff) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await customer.put_something_into_the_cart()
        await customer.ask(words)
        await customer.close_counter()
        await agent.open_conversation(words)
        await expect(agent.page.get_by_role("button", name=DESK("cobrowse.ask"))).to_be_visible()
        await agent.page.locator("body").press("p")
        await expect(agent.page.get_by_text(DESK("cobrowse.asked"))).to_be_visible()
        await answer(customer, "look.accept")
        await expect(
            overlay(customer).get_by_text(LOOK("bar.sees", name=staff.name)).first
        ).to_be_visible()
        await until_shown(agent, customer.shop("product.add"))
        yield agent, customer


async def centre(page: Page, element: Locator) -> tuple[float, float]:
    box = await element.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def place_in_stage(agent: Agent, customer: Customer, element: Locator) -> tuple[float, float]:
    """Where an element of the customer's page is on the agent's screen."""
    # What came to stand beside the stage has changed its size by then.
    await stage(agent).evaluate(DRAWN)
    x, y = await centre(customer.page, element)
    size = customer.page.viewport_size
    box = await stage(agent).bounding_box()
    assert size is not None
    assert box is not None
    return box["x"] + x * box["width"] / size["width"], box["y"] + y * box["height"] / size[
        "height"
    ]


async def test_sees_the_page_and_follows_it(
    browser: Browser, stoa: StoaProcess, anna: Staff
) -> None:
    async with looking(browser, stoa, anna, words="Can you see this?") as (agent, customer):
        heading = await customer.page.get_by_role("heading", level=1).inner_text()
        await expect(replica(agent).get_by_role("heading", level=1)).to_have_text(heading)
        await customer.page.evaluate(
            "document.querySelector('h1').textContent = 'Changed just now'"
        )
        await expect(replica(agent).get_by_role("heading", level=1)).to_have_text(
            "Changed just now"
        )
        # A page turn, and a reload.
        await customer.enter("cart")
        await until_shown(agent, customer.shop("cart.checkout"))
        await customer.page.reload()
        # What happens on the page that was loaded anew.
        await customer.page.evaluate("document.querySelector('h1').textContent = 'Loaded anew'")
        await until_shown(agent, "Loaded anew")
        # What the agent sees of a field is that it is filled, and nothing else.
        await customer.go_to_checkout()
        email = customer.page.get_by_label(customer.shop("field.email"), exact=True)
        await email.fill("kasia@example.org")
        shown = replica(agent).locator("#email")
        await expect(shown).to_have_attribute("data-stoa-masked", "", timeout=PATIENCE_MS)
        await expect(shown).to_have_value(MASK)
        # Escape ends it for both, at once.
        await email.press("Escape")
        await expect(
            agent.page.get_by_text(DESK("cobrowse.end.stopped_by_customer")).first
        ).to_be_visible()
        await expect(stage(agent)).to_have_count(0)
        await expect(overlay(customer)).to_have_count(0)


async def draw(agent: Agent, x: float, y: float) -> None:
    mouse = agent.page.mouse
    await mouse.move(x, y)
    await mouse.down()
    for step in range(12):
        await mouse.move(x + step * 10, y + (step % 3) * 6)
    await mouse.up()


async def test_points_marks_and_draws(browser: Browser, stoa: StoaProcess, anna: Staff) -> None:
    async with looking(browser, stoa, anna, words="Where do I click?") as (agent, customer):
        add = customer.page.get_by_role("button", name=customer.shop("product.add"))
        x, y = await place_in_stage(agent, customer, add)
        await agent.page.mouse.move(x - 5, y)
        await agent.page.mouse.move(x, y)
        # The agent reads what is under the pointer, the customer sees whose pointer it is.
        await expect(agent.page.locator(".replica-label")).to_have_text(
            customer.shop("product.add")
        )
        hand = overlay(customer).get_by_text(anna.name, exact=True)
        await expect(hand.first).to_be_visible()

        await agent.page.locator("body").press("Shift+H")
        await agent.page.mouse.click(x, y)
        await customer.page.wait_for_function(RINGED, arg=await add.element_handle())

        await agent.page.locator("body").press("Shift+D")
        strokes = agent.page.locator(".replica-strokes polyline")
        drawn = overlay(customer).locator("polyline")
        await asyncio.gather(
            draw(agent, x - 60, y - 40),
            expect(strokes.first).to_be_attached(),
            expect(drawn.first).to_be_attached(),
        )
        # It fades by itself, on both sides.
        await expect(strokes).to_have_count(0, timeout=PATIENCE_MS)
        await expect(drawn).to_have_count(0, timeout=PATIENCE_MS)

        # Without a mouse: the arrows step through what can be used, Enter marks it.
        await stage(agent).press("Escape")
        await stage(agent).press("ArrowDown")
        await stage(agent).press("Enter")
        await expect(agent.page.locator(".replica-mark")).to_be_visible()


async def test_acts_only_where_the_customer_lets_them(
    browser: Browser, stoa: StoaProcess, anna: Staff
) -> None:
    async with looking(browser, stoa, anna, words="Please do it for me") as (agent, customer):
        await agent.page.locator("body").press("Shift+C")
        await expect(agent.page.get_by_text(DESK("cobrowse.controlAsked"))).to_be_visible()
        await answer(customer, "control.accept")
        release = agent.page.get_by_role("button", name=DESK("cobrowse.release"))
        await expect(release).to_be_visible()

        field = customer.page.locator("#quantity")
        x, y = await place_in_stage(agent, customer, field)
        await agent.page.mouse.click(x, y)
        box = agent.page.locator(".replica-fill input")
        await box.fill("3")
        await box.press("Enter")
        await expect(field).to_have_value("3")
        deeds = agent.page.get_by_role("list", name=DESK("cobrowse.deeds"))
        await expect(deeds.get_by_text(DESK("cobrowse.deed.done"), exact=True)).to_have_count(1)

        add = customer.page.get_by_role("button", name=customer.shop("product.add"))
        x, y = await place_in_stage(agent, customer, add)
        async with customer.page.expect_response(re.compile("/cart/add$")):
            await agent.page.mouse.click(x, y)
        await expect(deeds.get_by_text(DESK("cobrowse.deed.done"), exact=True)).to_have_count(2)

        before = await customer.page.evaluate("scrollY")
        await agent.page.mouse.wheel(0, 300)
        await customer.page.wait_for_function("(before) => scrollY > before", arg=before)

        # Taken back, nothing more is done, and the log of the timeline says what was.
        await overlay(customer).get_by_role("button", name=LOOK("bar.release")).click()
        await expect(release).to_be_hidden()
        await agent.page.locator("body").press("Shift+X")
        await expect(stage(agent)).to_have_count(0)
        card = agent.page.get_by_role("article").filter(
            has_text=DESK("cobrowse.card", name=anna.name)
        )
        await card.get_by_role("button", name=DESK("cobrowse.actions", count=2)).click()
        log = card.locator(".action-log")
        await expect(log).to_contain_text(
            DESK("cobrowse.deed.click", name=customer.shop("product.add"))
        )


async def test_a_refusal_shows_nothing(browser: Browser, stoa: StoaProcess, anna: Staff) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await customer.enter()
        await customer.ask("I would rather not")
        await agent.open_conversation("I would rather not")
        await agent.page.get_by_role("button", name=DESK("cobrowse.ask")).click()
        await customer.chat.get_by_role("button", name=LOOK("look.refuse"), exact=True).click()
        await expect(agent.page.get_by_text(DESK("cobrowse.end.refused")).first).to_be_visible()
        await expect(agent.page.get_by_role("button", name=DESK("cobrowse.ask"))).to_be_visible()
        await expect(agent.page.locator("iframe.replica-frame")).to_have_count(0)


async def test_a_reloaded_desk_sees_again(browser: Browser, stoa: StoaProcess, anna: Staff) -> None:
    async with looking(browser, stoa, anna, words="Still there?") as (agent, customer):
        # A phone is drawn as one.
        await customer.page.set_viewport_size({"width": 390, "height": 800})
        await expect(agent.page.locator(".replica-window.is-phone")).to_be_visible()
        await agent.page.reload()
        await until_shown(agent, customer.shop("product.add"))


async def test_pauses_by_itself_while_the_customer_pays(
    browser: Browser, stoa: StoaProcess, anna: Staff
) -> None:
    async with looking(browser, stoa, anna, words="How do I pay?") as (agent, customer):
        await customer.page.evaluate(
            """() => {
              const field = document.createElement("input");
              field.autocomplete = "cc-number";
              field.ariaLabel = "Card";
              document.querySelector("main").prepend(field);
              field.focus();
            }"""
        )
        veil = agent.page.locator(".replica-veil")
        await expect(veil).to_contain_text(DESK("cobrowse.paused.payment"), timeout=PATIENCE_MS)
        await customer.enter()
        await expect(veil).to_have_count(0, timeout=PATIENCE_MS)
