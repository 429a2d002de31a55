"""What the desk changes is what the shop shows: a price, an imported product, an order's state."""

import re

import pytest
from playwright.async_api import Browser, FilePayload, expect

from tests.journeys.people import DESK, Agent, Staff, a_customer, an_agent
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]

FILE = """Handle,Title,Variant SKU,Variant Price
journey-stool,Journey stool,JRN-1,12.50
journey-nothing,Journey nothing,JRN-2,
"""


async def go_to(agent: Agent, place: str) -> None:
    rail = agent.page.get_by_role("navigation", name=DESK("nav.label"))
    await rail.get_by_role("link", name=re.compile("^" + DESK(place))).click()


async def find(agent: Agent, field: str, text: str) -> None:
    """The first hit of a search is on the screen."""
    await agent.page.get_by_role("searchbox", name=DESK(field)).fill(text)
    await agent.page.get_by_role("option").filter(has_text=text).first.click()


async def test_a_changed_price_is_the_shops(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        page = agent.page
        await go_to(agent, "nav.catalogue")
        await find(agent, "pick.search", "Linen notebook")
        price = page.get_by_label(DESK("product.price", currency="EUR"), exact=True)
        await expect(price.first).to_be_visible()
        for field in await price.all():
            await field.fill("23,45")
        await page.get_by_role("button", name=DESK("action.save")).click()
        notices = page.get_by_role("region", name=DESK("toasts.label"))
        await expect(notices.get_by_text(DESK("action.saved"))).to_be_visible()
        await customer.page.goto(stoa.url + await shop_path(agent))
        await expect(customer.page.get_by_role("main")).to_contain_text("€23.45")

        await price.first.fill("twelve")
        await expect(page.get_by_text(DESK("product.badPrice"))).to_be_visible()
        await expect(page.get_by_role("button", name=DESK("action.save"))).to_be_disabled()


async def shop_path(agent: Agent) -> str:
    link = agent.page.get_by_role("main").get_by_role("link", name=DESK("product.inShop"))
    return str(await link.get_attribute("href"))


async def test_an_import_is_tried_and_then_done(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    file: FilePayload = {"name": "stools.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        page = agent.page
        await go_to(agent, "nav.catalogue")
        await page.get_by_role("button", name=DESK("nav.imports")).click()
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name=DESK("import.choose")).click()
        await (await chooser.value).set_files(file)
        report = page.get_by_role("main")
        await expect(report.get_by_text(DESK("import.done"))).to_be_visible(timeout=30_000)
        await expect(report.get_by_text(DESK("import.dryRunText"))).to_be_visible()
        await expect(report.get_by_role("row").nth(1)).to_contain_text("price")
        await customer.enter("search?q=journey+stool")
        found = customer.page.get_by_role("main").get_by_role("link", name="Journey stool")
        await expect(found).to_have_count(0)

        await page.get_by_role("button", name=DESK("import.forGood")).click()
        await expect(report.get_by_text(DESK("import.dryRunText"))).to_be_hidden()
        await expect(report.get_by_text(DESK("import.done"))).to_be_visible(timeout=30_000)
        await customer.enter("search?q=journey+stool")
        await expect(found.first).to_be_visible()


async def test_an_order_is_paid_and_shipped(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url) as customer,
    ):
        await customer.put_something_into_the_cart()
        await customer.go_to_checkout()
        await customer.give_contact()
        await customer.give_address(postal_code="30-001")
        await customer.go_on("delivery")
        await customer.expect_step("delivery")
        number = await customer.place_order()

        page = agent.page
        await go_to(agent, "nav.orders")
        await find(agent, "orders.search", number)
        order = page.get_by_role("main")
        await expect(order.get_by_text(DESK("payment.awaiting"))).to_be_visible()
        await order.get_by_role("button", name=DESK("order.markPaid")).click()
        await expect(order.get_by_text(DESK("payment.paid"), exact=True).first).to_be_visible()
        await order.get_by_role("button", name=DESK("order.ship"), exact=True).click()
        dialog = page.get_by_role("dialog", name=DESK("order.ship"))
        await dialog.get_by_label(DESK("ship.carrier")).fill("Hermes")
        await dialog.get_by_label(DESK("ship.number")).fill("H-1")
        await dialog.get_by_role("button", name=DESK("ship.submit")).click()
        await expect(dialog).to_be_hidden()
        await expect(order.get_by_text("Hermes H-1")).to_be_visible()
        await expect(order.get_by_role("button", name=DESK("order.cancel"))).to_have_count(0)
        await customer.page.reload()
        await expect(customer.page.get_by_role("main")).to_contain_text("Hermes")
        await order.get_by_role("link", name=DESK("side.customer")).click()
        await expect(page.get_by_role("heading", level=2, name="Ewa Testowa")).to_be_visible()
