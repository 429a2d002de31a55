"""A customer in trouble with an order calls, the agent advises while watching, it goes through."""

import pytest
from playwright.async_api import Browser, Locator, expect

from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.messages import translator
from tests.journeys.callers import TONE, Caller, a_caller
from tests.journeys.people import DESK, Staff
from tests.journeys.talkers import AGENTS_TONE, PATIENCE_MS, Talker, a_talker, hears
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

POSTCODE = "30-001"


def replica(talker: Talker) -> Locator:
    return talker.page.get_by_role("region", name=DESK("cobrowse.title"))


async def look_at_the_page(talker: Talker, caller: Caller, locale: Locale) -> None:
    """The agent asks to see the page, and the customer says yes."""
    words = translator(locale, "cobrowse")
    await replica(talker).get_by_role("button", name=DESK("cobrowse.ask"), exact=True).click()
    await caller.customer.chat.get_by_role("button", name=words("look.accept")).click(
        timeout=PATIENCE_MS
    )


async def fill_the_postcode(talker: Talker, caller: Caller, locale: Locale) -> None:
    """The agent may help, and fills in what the customer could not, with the keyboard alone."""
    words = translator(locale, "cobrowse")
    shown = replica(talker)
    await shown.get_by_role("button", name=DESK("cobrowse.askControl")).click()
    await (
        caller.customer.chat.get_by_role("button", name=words("control.accept"))
        .or_(caller.customer.page.get_by_role("button", name=words("control.accept")))
        .first.click(timeout=PATIENCE_MS)
    )
    await shown.get_by_role("button", name=DESK("cobrowse.tool.act")).click(timeout=PATIENCE_MS)
    stage = shown.get_by_role("group", name=DESK("cobrowse.stage"))
    label = caller.customer.shop("field.postal_code")
    heard = stage.locator("xpath=following-sibling::span[@aria-live='polite']")
    await stage.focus()
    for _ in range(40):
        await stage.press("ArrowDown")
        await expect(stage).to_have_attribute("aria-busy", "false")
        if await heard.inner_text() == DESK("cobrowse.masked", name=label):
            break
    await stage.press("Enter")
    field = shown.get_by_label(DESK("cobrowse.fill", name=label))
    await field.fill(POSTCODE)
    await field.press("Enter")
    await expect(caller.customer.field("postal_code")).to_have_value(POSTCODE, timeout=PATIENCE_MS)


async def propose_a_delivery(talker: Talker) -> None:
    """The first of the shop's ways to deliver stands in the customer's chat."""
    page = talker.page
    await page.get_by_role("button", name=DESK("pick.propose"), exact=True).click()
    await page.get_by_role("menuitem", name=DESK("pick.delivery")).click()
    dialog = page.get_by_role("dialog", name=DESK("pick.delivery"))
    await expect(dialog.get_by_role("radio").first).to_be_checked(timeout=PATIENCE_MS)
    await dialog.get_by_role("button", name=DESK("pick.propose")).click()
    await expect(dialog).to_be_hidden(timeout=PATIENCE_MS)


@pytest.mark.parametrize("locale", ["en", "pl"])
async def test_in_trouble_called_seen_helped_ordered(
    stoa: StoaProcess, anna: Staff, desks: Browser, speaking: Browser, locale: Locale
) -> None:
    async with (
        a_talker(desks, stoa.url, anna) as talker,
        a_caller(speaking, stoa.url) as caller,
    ):
        await talker.page.set_viewport_size({"width": 1280, "height": 800})
        customer = caller.customer
        customer.locale = locale
        await customer.put_something_into_the_cart()
        await customer.go_to_checkout()
        await customer.give_contact()
        await customer.give_address(postal_code="30")
        await customer.go_on("delivery")
        await expect(customer.field("postal_code")).to_have_attribute("aria-invalid", "true")

        await customer.open_counter()
        row = customer.chat.get_by_role("button", name=customer.counter("channel.call.title"))
        await expect(row).to_be_enabled(timeout=PATIENCE_MS)
        await row.click()
        await talker.answers()
        await hears(talker.page, TONE)
        await hears(caller.customer.frame, AGENTS_TONE)
        failing = DESK(
            "visit.fieldError",
            field=DESK("field.postal_code"),
            reason=DESK("reason.postal_code"),
        )
        await expect(talker.agent.side.get_by_text(failing)).to_be_visible(timeout=PATIENCE_MS)

        await look_at_the_page(talker, caller, locale)
        copy = talker.page.frame_locator("iframe.replica-frame")
        await expect(copy.locator("h1")).to_have_text(
            customer.shop("checkout.address.title"), timeout=PATIENCE_MS
        )
        await customer.page.evaluate("window.isTheSamePage = true")
        await fill_the_postcode(talker, caller, locale)
        close = customer.chat.get_by_role("button", name=customer.counter("frame.close"))
        await close.click()
        # A small bar of the call stands on the page instead of the counter's button.
        show = customer.page.get_by_role("group").locator("button.words")
        await expect(show).to_be_visible()
        await customer.go_on("delivery")
        await customer.expect_step("delivery")
        await expect(copy.locator("h1")).to_have_text(
            customer.shop("checkout.delivery.title"), timeout=PATIENCE_MS
        )

        await propose_a_delivery(talker)
        await show.click()
        accept = customer.chat.get_by_role("button", name=customer.counter("proposal.accept"))
        await accept.click(timeout=PATIENCE_MS)
        await expect(accept).to_be_hidden(timeout=PATIENCE_MS)
        await close.click()
        number = await customer.place_order()
        link = talker.agent.side.get_by_role("link", name=number, exact=True)
        await expect(link).to_be_visible(timeout=PATIENCE_MS)
        assert await customer.page.evaluate("window.isTheSamePage === true"), "no page was left"
        await hears(talker.page, TONE)
        await hears(caller.customer.frame, AGENTS_TONE)

        await talker.hangs_up()
        card = talker.page.get_by_role("main").get_by_text(DESK("call.ended.completed"))
        await expect(card.first).to_be_visible(timeout=PATIENCE_MS)
