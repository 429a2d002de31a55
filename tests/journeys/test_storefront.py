"""The shop in a real browser: the whole way to an order without a script, and quicker with it."""

import re

import pytest
from playwright.async_api import Browser, Page, Route, expect

from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.messages import translator
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

MUG = "stoneware-mug"


async def press(page: Page, locale: Locale, key: str) -> None:
    """A button of the page that is shown: the one before it may still be about to go."""
    button = page.get_by_role("button", name=translator(locale, "storefront")(key))
    await expect(button).to_be_visible()
    async with page.expect_navigation():
        await button.click()


async def expect_amounts_beside_their_names(page: Page) -> None:
    """In a list of sums the name stands at the left and its amount at the right of one line."""
    total = page.locator(".totals .sum")
    name, amount = total.locator("dt"), total.locator("dd")
    left, right = await name.bounding_box(), await amount.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]
    assert abs(left["y"] - right["y"]) < left["height"]


@pytest.mark.parametrize(("locale", "width"), [("en", 1280), ("pl", 360), ("el", 360)])
async def test_orders_without_a_script(
    stoa: StoaProcess, browser: Browser, locale: Locale, width: int
) -> None:
    shop, words = translator(locale, "storefront"), translator(locale, "errors")
    context = await browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 740}
    )
    page = await context.new_page()
    await page.goto(f"{stoa.url}/{locale}/")
    in_stock = page.locator("main article").filter(has_not_text=shop("stock.sold_out"))
    await in_stock.first.get_by_role("link").click()
    await press(page, locale, "product.add")
    await expect(page.get_by_text(shop("cart.added"))).to_be_visible()
    await page.get_by_role("link", name=shop("cart.checkout")).click()
    await press(page, locale, "checkout.continue_address")
    await expect(page.locator("#email-error")).to_have_text(words("field.required"))
    await expect(page.locator("#problems")).to_be_focused()
    await page.locator("#email").fill("anna@example.org")
    await press(page, locale, "checkout.continue_address")
    for field, text in {
        "name": "Anna Nowak",
        "street": "Prosta 1",
        "postal_code": "00950",
        "city": "Warszawa",
    }.items():
        await page.locator(f"#{field}").fill(text)
    await page.locator("#country").select_option("PL")
    await press(page, locale, "checkout.continue_delivery")
    await page.get_by_role("radio").first.check()
    await press(page, locale, "checkout.continue_payment")
    await page.get_by_role("radio").first.check()
    await press(page, locale, "checkout.continue_review")
    await expect_amounts_beside_their_names(page)
    await press(page, locale, "checkout.place")
    await expect(page.get_by_role("heading", name=shop("order.thanks"))).to_be_visible()
    await expect(page.get_by_role("img", name=shop("order.qr_label"))).to_be_visible()
    await context.close()


async def test_a_variant_is_chosen_in_place(stoa: StoaProcess, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(f"{stoa.url}/en/p/{MUG}")
    await page.evaluate("window.isTheSamePage = true")
    other = page.locator(".option a:not([aria-current])").first
    name = await other.inner_text()
    await other.click()
    chosen = page.locator(".option a[aria-current]").filter(has_text=name)
    await expect(chosen).to_be_visible()
    await expect(chosen).to_be_focused()
    await expect(page).to_have_url(re.compile("v="))
    assert await page.evaluate("window.isTheSamePage")
    await page.close()


async def test_the_cart_changes_in_place(stoa: StoaProcess, browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{stoa.url}/en/p/{MUG}")
    await page.get_by_role("button", name="Add to cart").click()
    await expect(page.locator(".outcome")).to_contain_text("Added to your cart")
    await expect(page.locator("#cart-count")).to_have_text("1")
    async with page.expect_navigation(url=re.compile("/cart$")):
        await page.get_by_role("link", name="Open the cart").click()
    await page.evaluate("window.isTheSamePage = true")
    await page.get_by_label(re.compile("^Quantity of")).fill("2")
    await page.keyboard.press("Tab")
    await expect(page.locator("#cart-count")).to_have_text("2")
    await page.get_by_role("button", name=re.compile("^Remove")).click()
    await expect(page.get_by_text("Your cart is empty.")).to_be_visible()
    await expect(page.locator("#cart-count")).to_have_text("")
    assert await page.evaluate("window.isTheSamePage")
    await context.close()


async def test_search_suggests_by_keyboard(stoa: StoaProcess, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(f"{stoa.url}/en/")
    box = page.get_by_role("combobox", name="Search the shop")
    await box.press_sequentially("stonewa")
    first = page.get_by_role("option").first
    await expect(first).to_be_visible()
    await expect(box).to_have_attribute("aria-expanded", "true")
    await box.press("ArrowDown")
    await expect(first).to_have_attribute("aria-selected", "true")
    await box.press("Escape")
    await expect(first).to_be_hidden()
    await box.press_sequentially("r")
    await expect(first).to_be_visible()
    await box.press("ArrowDown")
    async with page.expect_navigation():
        await box.press("Enter")
    assert "/en/p/" in page.url
    await page.close()


async def test_filters_apply_at_once_and_can_be_taken_back(
    stoa: StoaProcess, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.goto(f"{stoa.url}/en/c/kitchen-and-table")
    before = await page.locator("[data-announce]").inner_text()
    box = page.locator('input[type="checkbox"][name^="f."]').first
    await box.check()
    await expect(page.locator("[data-announce]")).not_to_have_text(before)
    await expect(page).to_have_url(re.compile(r"f\."))
    await page.go_back()
    await expect(page.locator("[data-announce]")).to_have_text(before)
    await page.close()


async def test_a_second_click_does_nothing(stoa: StoaProcess, browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{stoa.url}/en/p/{MUG}")
    await page.get_by_role("button", name="Add to cart").click()
    await expect(page.locator("#cart-count")).to_have_text("1")
    await page.goto(f"{stoa.url}/en/checkout/contact")
    await page.get_by_label("E-mail", exact=True).fill("anna@example.org")
    sent: list[str] = []

    # Each goes through here before it leaves, so that none is told of after its answer.
    async def count(route: Route) -> None:
        sent.append(route.request.method)
        await route.continue_()

    await page.route(re.compile("/checkout/"), count)
    async with page.expect_navigation(url=re.compile("/address$")):
        await page.get_by_role("button", name="Continue to the address").dblclick()
    assert sent == ["POST"]
    await context.close()
