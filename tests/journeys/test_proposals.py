"""A proposal at the cart itself, for whoever has closed the chat."""

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.people import Staff, a_customer, an_agent
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


async def test_the_cart_shows_what_is_proposed_and_accepts_it_on_a_phone(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url, locale="pl", width=360, height=740) as customer,
    ):
        await customer.put_something_into_the_cart()
        await customer.enter("cart")
        await customer.ask("Czy jest jakiś rabat?")
        await customer.close_counter()
        await agent.open_conversation("Czy jest jakiś rabat?")
        await agent.propose_discount(percent=15, reason="Na zachętę")
        proposal = customer.page.locator("#proposals article")
        await expect(proposal).to_contain_text(customer.shop("proposal.percent", percent=15))
        await expect(proposal).to_contain_text("Na zachętę")
        await expect(proposal).to_contain_text("Anna Nowak")
        wide = await customer.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not wide, "nothing is cut off at 360 px"
        discount = customer.page.locator("#cart").get_by_text(customer.shop("totals.discount"))
        await expect(discount).to_be_hidden()
        accept = proposal.get_by_role("button", name=customer.shop("proposal.accept"))
        await customer.page.context.set_offline(True)
        await accept.click()
        told = customer.page.locator("#proposals").get_by_text(customer.shop("proposal.offline"))
        await expect(told).to_be_visible()
        await customer.page.context.set_offline(False)
        await accept.click()
        await expect(discount.first).to_be_visible()
        await expect(proposal).to_be_hidden()
