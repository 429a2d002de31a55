"""A rule is written, tried on the last week, switched on: what a customer writes next is tagged and
answered, and the agent sees which rule did it and takes it back."""

import re

import pytest
from playwright.async_api import Browser, expect

from stoa.platform.i18n.messages import translator
from tests.journeys.people import DESK, Staff, a_customer, an_agent
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]
IS_ALONE = True

RULE = translator("en", "automation")
ANSWER = "We are looking for your parcel."


async def test_a_rule_is_tried_and_then_answers(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await customer.enter()
        await customer.ask("Where is my paczka?")
        page = agent.page
        await page.goto(f"{stoa.url}/desk/rules")
        await page.get_by_role("button", name=RULE("new")).click()
        await page.get_by_role("textbox", name=RULE("name")).fill("Parcels")
        await page.get_by_role("button", name=RULE("condition.add")).click()
        await page.get_by_role("textbox", name=RULE("fact.words")).fill("parcel\npaczk")
        await page.get_by_role("combobox", name=RULE("action.what", number=1)).select_option(
            "reply"
        )
        await page.get_by_role("textbox", name=RULE("reply.text")).fill(ANSWER)
        await page.get_by_role("button", name=RULE("action.add")).click()
        await page.get_by_role("combobox", name=RULE("action.what", number=2)).select_option(
            "assign"
        )
        await page.get_by_role("combobox", name=RULE("do.assign")).select_option(anna.name)
        await page.get_by_role("button", name=RULE("action.add")).click()
        third = page.get_by_role("combobox", name=RULE("action.what", number=3))
        await third.select_option("notify")
        await page.get_by_role("combobox", name=RULE("do.notify")).select_option(anna.name)

        await page.get_by_role("button", name=RULE("dry.run")).click()
        found = page.get_by_text(RULE("dry.result", count=1))
        await expect(found).to_be_visible()
        await expect(
            page.get_by_role("link").filter(has_text="Where is my paczka?")
        ).to_be_visible()

        await page.get_by_role("button", name=DESK("action.save")).click()
        await page.get_by_role("button", name=RULE("switchOn")).click()
        await expect(page.get_by_role("button", name=RULE("switchOff"))).to_be_visible()

        await customer.say("PACZKA again: still nothing")
        await expect(customer.log.get_by_text(ANSWER)).to_be_visible()
        await expect(customer.log.get_by_text(ANSWER)).to_have_count(1)
        notices = page.get_by_role("region", name=DESK("toasts.label"))
        await expect(notices.get_by_role("button", name=DESK("told.open"))).to_be_visible()
        await page.reload()
        run = page.get_by_role("listitem").filter(has_text=ANSWER)
        await expect(run.first).to_be_visible()
        await run.first.get_by_role("link").click()
        card = page.get_by_role("link", name=RULE("card.title", name="Parcels"))
        await expect(card).to_be_visible()
        await page.get_by_role("button", name=RULE("undo"), exact=True).click()
        await expect(page.get_by_text(RULE("undone"), exact=True)).to_be_visible()

        await page.goto(f"{stoa.url}/desk/rules/new")
        await page.get_by_role("textbox", name=RULE("name")).fill("Second")
        await page.get_by_role("textbox", name=RULE("do.note")).fill("Look here.")
        await page.get_by_role("button", name=DESK("action.save")).click()
        rows = page.get_by_role("list", name=RULE("list")).get_by_role("link")
        await expect(rows).to_contain_text(["Parcels", "Second"])
        await rows.last.focus()
        async with page.expect_response(re.compile("/rules/order")):  # shown before it is stored
            await page.keyboard.press("Alt+ArrowUp")
        await expect(rows).to_contain_text(["Second", "Parcels"])
        await page.reload()
        await expect(rows).to_contain_text(["Second", "Parcels"])
        await rows.last.drag_to(rows.first)
        await expect(rows).to_contain_text(["Parcels", "Second"])

        await page.set_viewport_size({"width": 360, "height": 740})
        await page.goto(f"{stoa.url}/desk/rules")
        await expect(page.get_by_role("link", name="Parcels")).to_be_visible()
        await page.get_by_role("link", name="Parcels").click()
        await expect(page.get_by_role("textbox", name=RULE("name"))).to_have_value("Parcels")
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360


async def test_what_is_missing_is_marked_and_nothing_written_is_lost_unasked(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with an_agent(browser, stoa.url, anna) as agent:
        page = agent.page
        await page.goto(f"{stoa.url}/desk/rules")
        await page.get_by_role("button", name=RULE("new")).click()
        await page.get_by_role("textbox", name=RULE("name")).fill("Half a rule")
        await page.get_by_role("button", name=RULE("condition.add")).click()
        await page.get_by_role("button", name=RULE("dry.run")).click()
        words = page.get_by_role("textbox", name=RULE("fact.words"))
        await expect(words).to_have_attribute("aria-invalid", "true")
        required = translator("en", "errors")("field.required")
        await expect(page.get_by_text(required)).to_have_count(2)

        # Neither a link nor the way back leaves it unasked, and the address stays the right one.
        question = page.get_by_role("dialog", name=DESK("unsaved.title"))
        stay = question.get_by_role("button", name=DESK("unsaved.stay"))
        await page.get_by_role("link", name=DESK("nav.orders")).click()
        await expect(stay).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(question).to_be_hidden()
        await page.evaluate("history.back()")
        await stay.click()
        await expect(page).to_have_url(f"{stoa.url}/desk/rules/new")
        await expect(page.get_by_role("textbox", name=RULE("name"))).to_have_value("Half a rule")
        await page.evaluate("history.back()")
        await question.get_by_role("button", name=DESK("unsaved.leave")).click()
        await expect(page).to_have_url(f"{stoa.url}/desk/rules")
        await page.get_by_role("button", name=RULE("new")).click()
        await expect(page.get_by_role("textbox", name=RULE("name"))).to_have_value("")

        # What was saved is not what the next one begins with.
        await page.get_by_role("textbox", name=RULE("name")).fill("A whole rule")
        await page.get_by_role("textbox", name=RULE("do.note")).fill("Look here")
        await page.get_by_role("button", name=DESK("action.save")).click()
        await expect(page.get_by_role("button", name=RULE("switchOn"))).to_be_visible()
        await page.get_by_role("button", name=RULE("new")).click()
        await expect(page.get_by_role("textbox", name=RULE("name"))).to_have_value("")
