"""While the counter is engaged, the shop's pages turn without leaving the page."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from stoa.platform.i18n.messages import translator
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

SHOP = translator("en", "storefront")
ERRORS = translator("en", "errors")
# Only a page that was never left still holds what was written into its window.
MARK = "window.isTheSamePage = true"


async def enter(browser: Browser, stoa: StoaProcess, *, is_engaged: bool) -> Page:
    page = await browser.new_page()
    await page.goto(f"{stoa.url}/en/")
    await page.locator("stoa-counter").wait_for(state="attached")
    if is_engaged:
        await page.evaluate("document.querySelector('stoa-counter').dataset.engaged = ''")
    await page.evaluate(MARK)
    return page


async def is_the_same(page: Page) -> bool:
    return bool(await page.evaluate("window.isTheSamePage === true"))


async def test_turns_to_an_order_without_leaving(stoa: StoaProcess, browser: Browser) -> None:
    page = await enter(browser, stoa, is_engaged=True)
    card = page.locator("main article").filter(has_not_text=SHOP("stock.sold_out"))
    name = await card.first.get_by_role("link").inner_text()
    await card.first.get_by_role("link").click()
    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_contain_text(name.splitlines()[0])
    await expect(page).to_have_url(re.compile("/en/p/"))
    async with page.expect_response(re.compile("/cart/add$")):
        await page.get_by_role("button", name=SHOP("product.add")).click()
    await page.locator(".cart-link").click()
    await page.get_by_role("link", name=SHOP("cart.checkout")).click()
    await page.get_by_role("button", name=SHOP("checkout.continue_address")).click()
    await expect(page.locator("#email-error")).to_have_text(ERRORS("field.required"))
    await expect(page.locator("#problems")).to_be_focused()
    await page.locator("#email").fill("anna@example.org")
    await page.get_by_role("button", name=SHOP("checkout.continue_address")).click()
    address = {"name": "A N", "street": "Prosta 1", "postal_code": "00-950", "city": "Warszawa"}
    for field, text in address.items():
        await page.locator(f"#{field}").fill(text)
    await page.locator("#country").select_option("PL")
    await page.get_by_role("button", name=SHOP("checkout.continue_delivery")).click()
    await expect(heading).to_have_text(SHOP("checkout.delivery.title"))
    await page.get_by_role("radio").first.check()
    await page.get_by_role("button", name=SHOP("checkout.continue_payment")).click()
    await expect(heading).to_have_text(SHOP("checkout.payment.title"))
    await page.get_by_role("radio").first.check()
    await page.get_by_role("button", name=SHOP("checkout.continue_review")).click()
    await expect(heading).to_have_text(SHOP("checkout.review.title"))
    await page.get_by_role("button", name=SHOP("checkout.place")).click()
    await expect(page.get_by_role("heading", name=SHOP("order.thanks"))).to_be_visible()
    await expect(page).to_have_url(re.compile("/en/order/"))
    assert await is_the_same(page)
    await page.close()


async def test_goes_back_to_where_it_was(stoa: StoaProcess, browser: Browser) -> None:
    page = await enter(browser, stoa, is_engaged=True)
    home = page.url
    link = page.locator("main article").last.get_by_role("link")
    await link.scroll_into_view_if_needed()
    depth = await page.evaluate("scrollY")
    assert depth > 0
    await link.click()
    await expect(page).to_have_url(re.compile("/en/p/"))
    await page.wait_for_function("scrollY === 0")
    await page.go_back()
    await expect(page).to_have_url(home)
    await page.wait_for_function("depth => Math.abs(scrollY - depth) < 2", arg=depth)
    assert await is_the_same(page)
    await page.close()


async def test_leaves_pages_as_ever_when_nobody_is_engaged(
    stoa: StoaProcess, browser: Browser
) -> None:
    page = await enter(browser, stoa, is_engaged=False)
    async with page.expect_navigation():
        await page.locator("main article").first.get_by_role("link").click()
    assert not await is_the_same(page)
    await page.close()


async def test_loads_another_language_whole(stoa: StoaProcess, browser: Browser) -> None:
    page = await enter(browser, stoa, is_engaged=True)
    async with page.expect_navigation():
        await page.locator("footer").get_by_role("link", name="Polski").click()
    await expect(page.locator("html")).to_have_attribute("lang", "pl")
    assert not await is_the_same(page)
    await page.close()
