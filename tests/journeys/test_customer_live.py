"""A customer's page at the desk follows what happens, in every tab, over a lost line."""

from uuid import UUID

import pytest
from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from stoa.people.consent.models import ConsentState, How, Wording
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.service import record_point_consent
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import customer_of_point, merge_customers
from stoa.people.identity.guards import STAFF_COOKIE
from stoa.platform.i18n.messages import translator
from tests.contact.channels.sms.test_arrivals import CUSTOMER, from_customer
from tests.journeys.test_sms import Desk
from tests.journeys.test_sms import desk as desk
from tests.waiting import until

pytestmark = pytest.mark.journey

WORDS = translator("pl", "customers")
PHONE = Point(PointKind.PHONE, f"+{CUSTOMER}")
MAIL = Point(PointKind.EMAIL, "ewa@example.org")


class Line:
    """The line of one tab, which can be cut and given back."""

    def __init__(self) -> None:
        self.is_cut = False
        self._routes: list[WebSocketRoute] = []

    async def carry(self, route: WebSocketRoute) -> None:
        if self.is_cut:
            await route.close()
            return
        route.connect_to_server()
        self._routes.append(route)

    async def cut(self) -> None:
        self.is_cut = True
        for route in self._routes:
            await route.close()


async def a_tab(context: BrowserContext, desk: Desk, line: Line, path: str) -> Page:
    page = await context.new_page()
    await page.route_web_socket(lambda _: True, line.carry)
    await page.goto(f"{desk.url}{path}")
    return page


async def known_by_mail(desk: Desk) -> UUID:
    async with desk.node.database.begin() as session:
        found = await customer_of_point(
            session, point=MAIL, is_verified=True, name="Ewa Testowa", locale="pl", source="email"
        )
    return found.id


async def agrees(desk: Desk) -> None:
    async with desk.node.database.begin() as session:
        await record_point_consent(
            session,
            point=MAIL,
            purpose=Use.URGENT,
            state=ConsentState.GIVEN,
            wording=Wording("Powiadamiaj mnie.", "1", "pl"),
            how=How.CLICKED,
            channel="checkout",
        )


async def are_one(desk: Desk, customer_id: UUID) -> None:
    """Whoever wrote by SMS turns out to be who is looked at."""

    async def is_read() -> bool:
        return await _with_phone(desk) is not None

    await until(is_read)
    other = await _with_phone(desk)
    assert other is not None
    async with desk.node.database.begin() as session:
        await merge_customers(session, from_id=other, into_id=customer_id, by=None)


async def _with_phone(desk: Desk) -> UUID | None:
    async with desk.node.database.read() as session:
        found: UUID | None = await session.fetch_value(
            "SELECT customer_id FROM contact_point WHERE kind = 'phone'"
        )
    return found


async def test_what_happens_meanwhile_appears_by_itself(desk: Desk, browser: Browser) -> None:
    customer_id = await known_by_mail(desk)
    context = await browser.new_context(locale="pl-PL", viewport={"width": 1280, "height": 800})
    try:
        await context.add_cookies([{"name": STAFF_COOKIE, "value": desk.token, "url": desk.url}])
        lines = [Line(), Line()]
        path = f"/desk/customers/{customer_id}"
        tabs = [await a_tab(context, desk, line, path) for line in lines]
        for tab in tabs:
            await expect(tab.get_by_text(WORDS("consents.none"))).to_be_visible()
        # A consent, in both tabs; a word in one is in the other.
        await agrees(desk)
        for tab in tabs:
            await expect(tab.get_by_text("Powiadamiaj mnie.").first).to_be_visible()
        await tabs[0].get_by_label(WORDS("note.label")).fill("Dzwonić po 16.")
        await tabs[0].get_by_role("button", name=WORDS("note.add")).click()
        for tab in tabs:
            await expect(
                tab.locator(".customer-items").get_by_text("Dzwonić po 16.")
            ).to_be_visible()
        # The line of one is lost while somebody writes, is found to be the same, and writes again.
        await lines[1].cut()
        await desk.smsc.deliver(**from_customer("Czy macie oliwki?"))
        await desk.smsc.until(lambda seen: len(seen["answers"]) == 1)
        await are_one(desk, customer_id)
        said = tabs[0].locator(".customer-items").get_by_text("Czy macie oliwki?")
        await expect(said).to_be_visible()
        await expect(tabs[0].get_by_text(PHONE.value).first).to_be_visible()
        lines[1].is_cut = False
        missed = tabs[1].locator(".customer-items").get_by_text("Czy macie oliwki?")
        await expect(missed).to_be_visible(timeout=30_000)
        await desk.smsc.deliver(**from_customer("I ile kosztują?"))
        for tab in tabs:
            answer = tab.locator(".customer-items").get_by_text("I ile kosztują?")
            await expect(answer).to_be_visible()
        for tab in tabs:
            await expect(tab.locator(".customer-items li")).to_have_count(3)
    finally:
        await context.close()
