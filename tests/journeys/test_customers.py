"""The customer's page in a browser: found, merged and parted, exported and erased."""

import io
import re
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from stoa.commerce.shops.queries import list_shops
from stoa.contact.conversations.batch import write_messages
from stoa.main import create_app
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import customer_of_point
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.i18n.messages import translator
from tests.desk.customers import somebody as person
from tests.desk.customers.somebody import Somebody, make_somebody
from tests.factories.commerce import make_shop
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import a_staff_token, an_agent
from tests.journeys.axe import grave_violations
from tests.journeys.people import DESK
from tests.servers.asgi import serving

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]

WORDS = translator("en", "customers")


@dataclass(frozen=True, slots=True)
class Desk:
    """A supervisor's desk, and the customer of whom everything is known."""

    address: str
    token: str
    somebody: Somebody


@pytest.fixture
async def desk(
    own_database: Database, own_database_url: str, tmp_path: Path
) -> AsyncIterator[Desk]:
    settings = Settings(data_dir=tmp_path, database_url=own_database_url, demo=False)
    async with serving(create_app(settings)) as address:
        async with own_database.begin() as session:
            shop = await make_shop(session)
        ada = await an_agent(own_database, name="Ada", role="supervisor")
        assert ada.staff_id is not None
        somebody = await make_somebody(own_database, shop, ada, blobs_dir=tmp_path / "blobs")
        token = await a_staff_token(own_database, staff_id=ada.staff_id)
        yield Desk(address, token, somebody)


@asynccontextmanager
async def at_the_desk(
    browser: Browser, desk: Desk, *, width: int = 1280, locale: str = "en"
) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": width, "height": 800}, locale=locale)
    try:
        await context.add_cookies(
            [{"name": "stoa_staff", "value": desk.token, "url": desk.address}]
        )
        page = await context.new_page()
        await page.goto(f"{desk.address}/desk/customers")
        yield page
    finally:
        await context.close()


async def find(page: Page, text: str, name: str) -> None:
    await page.get_by_role("searchbox", name=WORDS("search")).fill(text)
    await page.get_by_role("option").filter(has_text=name).first.click()
    await expect(page.get_by_role("heading", level=2, name=name)).to_be_visible()


async def press(page: Page, key: str, **params: object) -> None:
    await page.get_by_role("button", name=WORDS(key, **params)).first.click()


async def test_two_are_merged_and_parted_again(
    browser: Browser, desk: Desk, own_database: Database
) -> None:
    async with own_database.begin() as session:
        # Whoever writes without proof from an address that somebody has proven.
        await customer_of_point(
            session,
            point=Point(PointKind.EMAIL, person.OTHER_EMAIL),
            is_verified=False,
            name="Z. Nieznana",
            locale="pl",
            source="email",
        )
    async with at_the_desk(browser, desk) as page:
        await page.get_by_role("button", name=WORDS("proposals.count", count=1)).click()
        dialog = page.get_by_role("dialog", name=WORDS("proposals"))
        words = WORDS("evidence.proven", value=person.OTHER_EMAIL)
        await expect(dialog.get_by_text(words)).to_be_visible()
        await page.keyboard.press("Escape")
        await find(page, "niebywala", person.NAME)
        main = page.get_by_role("main")
        await expect(main.get_by_text(person.SECRET).first).to_be_visible()
        assert await grave_violations(page) == []
        await press(page, "proposal.look")
        check = page.get_by_role("dialog", name=WORDS("merge.check"))
        await expect(check.get_by_text(WORDS("count.points", count=1))).to_be_visible()
        await check.get_by_role("button", name=WORDS("merge.do"), exact=True).click()
        await expect(page.get_by_text(WORDS("merge.done"))).to_be_visible()
        merged = main.locator(".customer-point").filter(has_text="Z. Nieznana")
        await merged.get_by_role("button", name=WORDS("merge.undo")).click()
        undo = page.get_by_role("dialog", name=WORDS("merge.undo.title"))
        await undo.get_by_role("button", name=WORDS("merge.undo.do")).click()
        await expect(page.get_by_text(WORDS("merge.undo.done"))).to_be_visible()
        await expect(merged).to_have_count(0)
        await expect(main.get_by_text(WORDS("proposal.look"))).to_be_visible()


async def test_everything_is_exported_and_then_erased(browser: Browser, desk: Desk) -> None:
    async with at_the_desk(browser, desk) as page:
        await find(page, person.EMAIL, person.NAME)
        main = page.get_by_role("main")
        await press(page, "export.do")
        link = main.get_by_role("link", name=re.compile("Download"))
        await expect(link).to_be_visible()
        async with page.expect_download() as waiting:
            await link.click()
        file = await (await waiting.value).path()
        names = zipfile.ZipFile(io.BytesIO(file.read_bytes())).namelist()
        assert {"customer.json", "index.html"} <= set(names)
        assert any(name.endswith("Pafnucy.pdf") for name in names)

        await press(page, "erase.open")
        dialog = page.get_by_role("dialog", name=WORDS("erase.title", name=person.NAME))
        await expect(dialog.get_by_text(WORDS("count.messages", count=3))).to_be_visible()
        await expect(dialog.get_by_text(desk.somebody.order_number)).to_be_visible()
        button = dialog.get_by_role("button", name=WORDS("erase.do"))
        await expect(button).to_be_disabled()
        await dialog.get_by_label(WORDS("erase.confirm")).check()
        await button.click()
        await expect(page.get_by_text(WORDS("erase.done"))).to_be_visible()
        await expect(page.get_by_role("heading", level=2, name=WORDS("erased"))).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("heading", level=2, name=WORDS("erased"))).to_be_visible()
        await expect(main.get_by_text(person.NAME)).to_have_count(0)
        await page.get_by_role("searchbox", name=WORDS("search")).fill("niebywala")
        await expect(page.get_by_text(WORDS("found.none"))).to_be_visible()


async def test_a_phone_shows_it_one_after_the_other(browser: Browser, desk: Desk) -> None:
    async with at_the_desk(browser, desk, width=360) as page:
        await find(page, "niebywala", person.NAME)
        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide
        assert await grave_violations(page) == []
        await page.get_by_role("link", name=DESK("action.back")).click()
        await expect(page.get_by_role("searchbox", name=WORDS("search"))).to_be_visible()


async def test_whoever_left_no_address_is_named_and_found_among_the_customers(
    browser: Browser, desk: Desk, own_database: Database
) -> None:
    async with own_database.read() as session:
        [shop] = await list_shops(session)
    conversation_id, customer = await a_conversation(own_database, shop_id=shop.id)
    async with own_database.begin() as session:
        await write_messages(session, [a_draft(conversation_id, customer, "This is Żaneta")])
    async with at_the_desk(browser, desk) as page:
        await page.goto(f"{desk.address}/desk/inbox/all/{conversation_id}")
        know = page.get_by_role("button", name=DESK("side.know"))
        await know.click()
        await page.get_by_label(DESK("side.know.name")).fill("Żaneta Źdźbło")
        await page.keyboard.press("Enter")
        heading = page.get_by_role("heading", level=2, name="Żaneta Źdźbło")
        await expect(heading).to_be_visible()
        await expect(page.get_by_role("main").get_by_text("This is Żaneta")).to_be_visible()
        await page.get_by_role("link", name=DESK("nav.customers")).click()
        await find(page, "zdzblo", "Żaneta Źdźbło")
