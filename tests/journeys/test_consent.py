"""A customer wants offers: asked in the shop, confirmed from their mailbox, taken back again."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from stoa.platform.i18n.messages import translator
from tests.journeys.axe import grave_violations
from tests.journeys.people import Staff, an_agent
from tests.journeys.test_mail import connect_mailbox, next_mail
from tests.servers.mail import MailServers, running_mail
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]
IS_ALONE = True

EMAIL = "anna@customer.example"
CUSTOMERS = translator("en", "customers")
PL, SHOP = translator("pl", "consents"), translator("pl", "storefront")
OFFERS = SHOP("consent.purpose.marketing")


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServers]:
    with running_mail() as servers:
        yield servers


@asynccontextmanager
async def a_phone(browser: Browser) -> AsyncIterator[Page]:
    """A small one, in Polish, that runs no scripts."""
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, locale="pl-PL", java_script_enabled=False
    )
    try:
        yield await context.new_page()
    finally:
        await context.close()


def offers(page: Page) -> Locator:
    return page.get_by_role("listitem").filter(
        has=page.get_by_role("heading", name=OFFERS, exact=True)
    )


async def press(page: Page, within: Locator, name: str) -> None:
    """By keyboard."""
    button = within.get_by_role("button", name=re.compile("^" + re.escape(name)))
    await button.focus()
    await page.keyboard.press("Enter")


async def test_offers_are_asked_for_confirmed_by_mail_and_taken_back(
    stoa: StoaProcess, browser: Browser, anna: Staff, mail: MailServers
) -> None:
    async with an_agent(browser, stoa.url, anna) as agent, a_phone(browser) as phone:
        await connect_mailbox(agent.page, stoa.url, mail)
        await phone.goto(f"{stoa.url}/pl/account")
        await phone.get_by_label(PL("account.address")).fill(EMAIL)
        await press(phone, phone.get_by_role("main"), PL("account.add"))
        await expect(offers(phone)).to_contain_text(PL("use.unsaid"))
        await press(phone, offers(phone), PL("use.give"))
        await expect(phone.get_by_role("status").first).to_have_text(PL("done.asked"))

        await agent.page.goto(f"{stoa.url}/desk/customers")
        await agent.page.get_by_role("searchbox").fill(EMAIL)
        await agent.page.get_by_role("option").filter(has_text=EMAIL).click()
        side = agent.page.get_by_role("main")
        await expect(side.get_by_text(CUSTOMERS("consent.pending"))).to_be_visible()

        question = await next_mail(mail, EMAIL, after=0)
        assert question["Subject"].startswith("Prosimy o potwierdzenie")
        body = question.get_body(("plain",))
        assert body is not None
        [link] = re.findall(r"https?://\S+/confirm/\S+", body.get_content())
        await phone.goto(link)
        await press(phone, phone.get_by_role("main"), PL("confirm.yes"))
        await expect(phone.get_by_role("status")).to_contain_text("jest zapisana")

        await agent.page.reload()
        confirmed = side.get_by_text(re.compile(CUSTOMERS("how.double_opt_in")))
        await expect(confirmed).to_be_visible()
        await expect(side.get_by_text(CUSTOMERS("consent.pending"))).to_have_count(0)

        await phone.goto(f"{stoa.url}/pl/account")
        await expect(phone.get_by_text(PL("account.verified"))).to_be_visible()
        await press(phone, offers(phone), PL("use.withdraw"))
        await expect(phone.get_by_role("status").first).to_have_text(PL("done.withdrawn"))
        await agent.page.reload()
        await expect(side.get_by_text(CUSTOMERS("state.withdrawn")).first).to_be_visible()


async def test_words_changed_at_the_desk_are_asked_in_the_shop_from_then_on(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with an_agent(browser, stoa.url, anna) as agent, a_phone(browser) as phone:
        await agent.page.goto(f"{stoa.url}/desk/settings")
        part = agent.page.locator("section").filter(
            has=agent.page.get_by_role("heading", name=CUSTOMERS("wordings.title"))
        )
        await part.get_by_label(CUSTOMERS("wordings.language")).select_option("pl")
        form = part.locator("form:visible").filter(has_text=CUSTOMERS("purpose.marketing"))
        await form.get_by_role("textbox").fill("Tak, {shop} może mi pisać {way}!")
        await form.get_by_role("button", name=CUSTOMERS("wordings.save")).click()
        await expect(form).to_contain_text(CUSTOMERS("wordings.earlier", count=1))

        await phone.goto(f"{stoa.url}/pl/account")
        await phone.get_by_label(PL("account.address")).fill("ewa@customer.example")
        await press(phone, phone.get_by_role("main"), PL("account.add"))
        await expect(offers(phone)).to_contain_text("Tak, Meltemi może mi pisać e-mailem!")


async def test_the_page_fits_a_phone_and_hinders_nobody(
    stoa: StoaProcess, browser: Browser
) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    try:
        page = await context.new_page()
        await page.goto(f"{stoa.url}/el/account")
        words = translator("el", "consents")
        await page.get_by_label(words("account.address")).fill("eleni@customer.example")
        await page.get_by_role("button", name=words("account.add")).click()
        await expect(page.get_by_role("status").first).to_have_text(words("done.added"))
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        assert await grave_violations(page) == []
    finally:
        await context.close()
