"""Quiet hours are set at the desk, an agent sees what they do before and after sending, and the way
of an answer follows the customer."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from stoa.people.consent.models import Purpose as Use
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import customer_of_point
from stoa.people.identity.guards import STAFF_COOKIE
from stoa.platform.i18n.messages import translator
from tests.contact.channels.sms.test_arrivals import CUSTOMER, from_customer
from tests.factories.consent import record_answer
from tests.journeys.people import a_customer
from tests.journeys.test_sms import Desk
from tests.journeys.test_sms import desk as desk
from tests.waiting import until

pytestmark = pytest.mark.journey

HOURS = translator("pl", "hours")
CHANNELS = translator("pl", "channels")
D = translator("pl", "desk")
QUESTION = "Czy jest już dostępny?"
PHONE = Point(PointKind.PHONE, f"+{CUSTOMER}")
WARSAW = ZoneInfo("Europe/Warsaw")


async def agree(desk: Desk) -> None:
    async with desk.node.database.begin() as session:
        await record_answer(session, point=PHONE, purpose=Use.SERVICE)


async def wrote_a_month_ago(desk: Desk) -> UUID:
    """They have agreed to service messages since: what is written to them now answers nothing."""
    await desk.smsc.deliver(**from_customer(QUESTION))

    # It is answered for when it is stored, and read a moment later.
    async def is_read() -> bool:
        async with desk.node.database.read() as session:
            return bool(
                await session.fetch_value(
                    "SELECT EXISTS (SELECT FROM inbound WHERE state = 'taken')"
                )
            )

    await until(is_read)
    await agree(desk)
    async with desk.node.database.begin() as session:
        await session.execute("UPDATE inbound SET received_at = received_at - interval '30 days'")
        found: UUID = await session.fetch_value("SELECT id FROM conversation")
    return found


async def set_quiet_hours(page: Page, *, begin: str, end: str) -> None:
    part = page.locator("section").filter(
        has=page.get_by_role("heading", name=HOURS("limits.title"))
    )
    await part.get_by_label(HOURS("limits.from"), exact=True).fill(begin)
    await part.get_by_label(HOURS("limits.until"), exact=True).fill(end)
    await expect(part.locator(".limits-meaning")).to_contain_text(
        HOURS("limits.means.quiet", **{"from": begin, "until": end})
    )
    await part.get_by_role("button", name=D("action.save")).click()
    await expect(page.get_by_text(D("action.saved")).first).to_be_visible()


async def test_quiet_hours_hold_an_answer_back_and_the_agent_knows(
    desk: Desk, browser: Browser
) -> None:
    conversation_id = await wrote_a_month_ago(desk)
    local = datetime.now(WARSAW)
    begin, end = ((local + timedelta(hours=each)).strftime("%H:%M") for each in (-1, 2))
    context = await browser.new_context(
        locale="pl-PL", timezone_id="Europe/Warsaw", viewport={"width": 1280, "height": 800}
    )
    try:
        await context.add_cookies([{"name": STAFF_COOKIE, "value": desk.token, "url": desk.url}])
        page = await context.new_page()
        await page.goto(f"{desk.url}/desk/settings")
        await set_quiet_hours(page, begin=begin, end=end)
        await page.goto(f"{desk.url}/desk/inbox/all/{conversation_id}")
        leaves = CHANNELS("channel.limit.leaves", time=end)
        limits = page.locator(".way-limits")
        await expect(limits).to_contain_text(leaves)
        await expect(limits).to_contain_text(CHANNELS("channel.limit.number", number=1, most=3))
        await page.locator(".composer textarea").fill("Tak, od dziś.")
        await page.locator(".composer textarea").press("Enter")
        await expect(page.locator(".delivery-trouble")).to_have_text(leaves)
        await expect(limits).to_contain_text(CHANNELS("channel.limit.number", number=2, most=3))
        # Other hours, and what was held back is decided anew.
        await page.goto(f"{desk.url}/desk/settings")
        later = (local + timedelta(hours=3)).strftime("%H:%M")
        await set_quiet_hours(page, begin=end, end=later)
        seen = await desk.smsc.until(lambda seen: len(seen["submits"]) == 1)
        assert seen["submits"][0]["text"] == "Tak, od dziś."
    finally:
        await context.close()


async def prefers_sms(desk: Desk) -> None:
    """Whoever is in the chat is known by their number, and likes to be answered there."""
    await agree(desk)
    async with desk.node.database.begin() as session:
        known = await customer_of_point(
            session, point=PHONE, is_verified=True, name="Ewa", locale="pl", source="checkout"
        )
        await session.execute("UPDATE visitor SET customer_id = $1", known.id)
        await session.execute("UPDATE conversation SET customer_id = $1", known.id)
        await session.execute(
            "UPDATE customer SET preferred_channel = 'sms' WHERE id = $1", known.id
        )
        await session.execute(
            "UPDATE shop SET settings = settings || $1",
            {"limits": {"quiet_from": "00:00", "quiet_until": "00:00"}},
        )


async def test_the_way_of_an_answer_follows_the_customer(desk: Desk, browser: Browser) -> None:
    context = await browser.new_context(locale="pl-PL", viewport={"width": 1280, "height": 800})
    try:
        await context.add_cookies([{"name": STAFF_COOKIE, "value": desk.token, "url": desk.url}])
        page = await context.new_page()
        await page.goto(f"{desk.url}/desk/inbox/unassigned")
        sms = f"{CHANNELS('channel.sms.name')}: {PHONE.value}"
        way, why = page.locator(".way-select"), page.locator(".way-why")
        async with a_customer(browser, desk.url, locale="pl") as customer:
            await customer.enter()
            await customer.ask(QUESTION)
            await prefers_sms(desk)
            await page.get_by_role("option").filter(has_text=QUESTION).click()
            await expect(why).to_have_text(CHANNELS("channel.way.here"))
            await expect(way.locator("option:checked")).to_have_text(D("way.chat"))
            await expect(way.locator("option").nth(1)).to_have_text(
                CHANNELS("channel.way.preferred", name=sms)
            )
        # They have closed the shop: the desk hears it without being asked.
        await expect(why).to_have_text(CHANNELS("channel.way.left"), timeout=20_000)
        await expect(way.locator("option:checked")).to_contain_text(sms)
        await page.locator(".composer textarea").fill("Tak, od dziś.")
        await page.locator(".composer textarea").press("Enter")
        seen = await desk.smsc.until(lambda seen: len(seen["submits"]) == 1)
        assert seen["submits"][0]["text"] == "Tak, od dziś."
    finally:
        await context.close()
