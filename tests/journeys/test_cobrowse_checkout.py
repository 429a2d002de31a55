"""The shop's own checkout while an agent looks on: what pauses, what they never read or press."""

import re

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from tests.journeys.conftest import PASSWORD
from tests.journeys.people import Staff, a_customer
from tests.servers.cobrowse import Watcher, Wire, watching
from tests.servers.stoa import StoaProcess

pytestmark = pytest.mark.journey

PERSONAL = ("Ewa Testowa", "Rynek 1", "31-042")


async def token_of(stoa: StoaProcess, staff: Staff) -> str:
    """The cookie of a new session at the desk."""
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address, not a name
    async with aiohttp.ClientSession(headers={"X-Stoa-Request": "1"}, cookie_jar=jar) as client:
        form = {"email": staff.email, "password": PASSWORD}
        async with client.post(f"{stoa.url}/api/desk/sign-in", json=form) as response:
            assert response.status == 200, await response.text()
    return next(cookie.value for cookie in jar if cookie.key == "stoa_staff")


async def is_shown(agent: Watcher, path: str) -> None:
    """The agent has the page of this path from the beginning."""

    def has_come() -> bool:
        return agent.has_page and bool(agent.page["url"].endswith(path))

    await agent.until(has_come)


def buttons(agent: Watcher, name: str) -> list[int]:
    """The numbers of the buttons with this name, as the agent has the page."""
    return [
        number
        for number, node in agent.nodes().items()
        if node.get("tagName") == "button"
        and any(child.get("textContent") == name for child in node["childNodes"])
    ]


async def test_an_order_is_placed_beside_an_agent_who_reads_nothing_personal(
    stoa: StoaProcess, anna: Staff, browser: Browser
) -> None:
    token = await token_of(stoa, anna)
    async with (
        watching(stoa.url, staff_token=token) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        page, wire = customer.page, Wire(customer.page)
        await customer.put_something_into_the_cart()
        await customer.ask("Can you help me with the order?")
        await customer.close_counter()
        conversation = await customer.frame.evaluate(
            "localStorage.getItem('stoa.counter.conversation')"
        )
        await agent.ask(conversation)
        await page.get_by_role("button", name="Show the page").click()
        await agent.until(lambda: agent.has_page)

        await customer.go_to_checkout()
        await customer.give_contact()
        await is_shown(agent, "/checkout/address")
        await customer.give_address(postal_code="31-042")
        await customer.go_on("delivery")
        await customer.expect_step("delivery")
        await customer.choose_and_go_on("payment")
        await customer.expect_step("payment")
        await agent.until(lambda: agent.page["state"] == "paused")
        assert agent.page["reason"] == "payment"
        await customer.choose_and_go_on("review")
        await customer.expect_step("review")
        await is_shown(agent, "/checkout/review")

        id_ = agent.session["id"]
        await agent.command("cobrowse.ask_control", session_id=id_)
        await page.get_by_role("button", name="Allow").click()
        await expect(page.locator("stoa-cobrowse .bar")).to_contain_text("may help")
        place = customer.shop("checkout.place")
        # It may come with what changed after the page's beginning.
        [*_, button] = await agent.until(lambda: buttons(agent, place))
        assert (await agent.act(kind="click", node=button))["reason"] == "never"

        await page.get_by_role("button", name=customer.shop("checkout.place")).click()
        await page.wait_for_url(re.compile("/order/"))
        key = page.url.split("?")[0].rpartition("/")[2]
        await agent.until(lambda: "/order/" in agent.page["url"])
        assert agent.page["url"].endswith("/order/•")
        told = (await wire.caught_up()).unpacked()
        assert key not in told
        for text in PERSONAL:
            assert text not in told
