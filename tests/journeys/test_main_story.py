"""A customer gets stuck in the checkout, asks at the counter, and the order goes through."""

import pytest
from playwright.async_api import Browser, expect

from stoa.platform.i18n.locale import Locale
from tests.journeys.people import DESK, Staff, a_customer, an_agent
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]

QUESTIONS = {
    "en": (
        "The form does not take my postcode",
        "Please write it with a dash: 30-001",
        "Thank you!",
    ),
    "pl": ("Formularz nie przyjmuje mojego kodu", "Proszę wpisać z kreską: 30-001", "Dziękuję!"),
}


@pytest.mark.parametrize(
    ("locale", "width", "height"), [("en", 1280, 800), ("pl", 1280, 800), ("pl", 360, 740)]
)
async def test_stuck_asked_answered_ordered(
    stoa: StoaProcess, browser: Browser, anna: Staff, locale: Locale, width: int, height: int
) -> None:
    question, answer, thanks = QUESTIONS[locale]
    question = f"{question} ({width})"
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url, locale=locale, width=width, height=height) as customer,
    ):
        product = await customer.put_something_into_the_cart()
        await customer.go_to_checkout()
        await customer.give_contact()
        await customer.give_address(postal_code="30")
        await customer.go_on("delivery")
        await expect(customer.field("postal_code")).to_have_attribute("aria-invalid", "true")

        await customer.ask(question)
        await agent.open_conversation(question)
        side = agent.side
        await expect(side.get_by_text(product)).to_be_visible()
        await expect(side.get_by_text(DESK("step.address"), exact=True).first).to_be_visible()
        failing = DESK(
            "visit.fieldError",
            field=DESK("field.postal_code"),
            reason=DESK("reason.postal_code"),
        )
        await expect(side.get_by_text(failing)).to_be_visible()

        await agent.say(answer)
        await expect(customer.log.get_by_text(answer, exact=True)).to_be_visible()
        await customer.close_counter()
        await customer.field("postal_code").fill("30-001")
        await customer.go_on("delivery")
        await customer.expect_step("delivery")
        await expect(side.get_by_text(DESK("step.delivery"), exact=True).first).to_be_visible()
        await expect(side.get_by_text(failing)).to_be_hidden()

        number = await customer.place_order()
        await expect(side.get_by_role("link", name=number, exact=True)).to_be_visible()
        await customer.open_counter()
        await customer.say(thanks)
        await expect(agent.page.get_by_role("main").get_by_text(thanks)).to_be_visible()
