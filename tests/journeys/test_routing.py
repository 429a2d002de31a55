"""A team of two at the desk: each customer comes to who speaks their language."""

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.axe import grave_violations
from tests.journeys.people import DESK, Agent, Staff, a_customer, an_agent
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
IS_ALONE = True


async def make_team(agent: Agent, *members: Staff, name: str) -> None:
    page = agent.page
    await page.keyboard.type("ge")
    await expect(page.get_by_role("heading", name=DESK("nav.teams"))).to_be_visible()
    await page.get_by_role("button", name=DESK("teams.new")).click()
    dialog = page.get_by_role("dialog", name=DESK("teams.new"))
    await dialog.get_by_label(DESK("teams.name"), exact=True).fill(name)
    for member in members:
        await dialog.get_by_label(member.name).check()
    await dialog.get_by_label(DESK("teams.queueName")).fill("Chat")
    await dialog.get_by_label(DESK("teams.rule")).select_option(label=DESK("teams.roundRobin"))
    assert await grave_violations(page) == []
    await dialog.get_by_role("button", name=DESK("action.save")).click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("listitem").filter(has_text=name)).to_be_visible()


async def test_a_polish_customer_comes_to_the_polish_agent_of_two(
    stoa: StoaProcess, browser: Browser, polish_anna: Staff, ben: Staff
) -> None:
    question = "Czy te kubki można myć w zmywarce?"
    async with (
        an_agent(browser, stoa.url, polish_anna) as anna,
        an_agent(browser, stoa.url, ben) as other,
        a_customer(browser, stoa.url, locale="pl") as customer,
    ):
        await make_team(anna, polish_anna, ben, name="Counter")
        await customer.enter()
        await customer.ask(question)
        told = customer.counter("message.system.routed", name=polish_anna.name)
        await expect(customer.log.get_by_text(told)).to_be_visible()

        await anna.page.keyboard.type("gi")
        await anna.open_conversation(question, view="mine")
        given = DESK("fact.routed", name=polish_anna.name)
        await expect(anna.page.get_by_role("main").get_by_text(given)).to_be_visible()
        await other.show("all")
        row = other.page.get_by_role("option").filter(has_text=question)
        await expect(row).to_contain_text(polish_anna.name)  # it is known whose it is
        await other.show("mine")
        await expect(row).to_have_count(0)
        await anna.say("Tak, bez obaw.")
        await expect(customer.log.get_by_text("Tak, bez obaw.")).to_be_visible()

        # Passed on to the team, it waits for somebody else who speaks Polish: there is nobody.
        await anna.composer.press("Escape")
        await anna.page.keyboard.press("h")
        dialog = anna.page.get_by_role("dialog", name=DESK("conversation.handOver"))
        await dialog.get_by_role("button", name="Counter").click()
        passed = DESK("fact.passedOn", by=polish_anna.name, team="Counter")
        await expect(anna.page.get_by_role("main").get_by_text(passed)).to_be_visible()
        await customer.say("A w piekarniku?")
        await other.show("unassigned")
        waiting = other.page.get_by_role("option").filter(has_text="A w piekarniku?")
        await expect(waiting).to_be_visible()
