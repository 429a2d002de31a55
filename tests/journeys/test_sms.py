"""An SMS at the desk is answered with its price in sight; a notice leaves by consent only."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, expect

from stoa.contact.channels.models import Content, Inbox, Purpose
from stoa.contact.channels.outbox import queue_delivery
from stoa.main import create_app
from stoa.people.consent.models import Purpose as Use
from stoa.people.customers.models import Point, PointKind
from stoa.people.identity.guards import STAFF_COOKIE
from stoa.platform.config import Settings
from stoa.platform.i18n.messages import translator
from stoa.platform.node import Node
from tests.contact.channels.sms.test_arrivals import from_customer
from tests.factories.consent import record_answer
from tests.factories.people import a_staff_token, an_agent
from tests.factories.shops import make_shop
from tests.factories.sms import an_sms_inbox, smsc_at
from tests.servers.asgi import serving
from tests.servers.smsc import Smsc, running_smsc

pytestmark = pytest.mark.journey

QUESTION = "Kiedy dotrze moja paczka?"
AGREED = Point(PointKind.PHONE, "+48600100300")
ASKED_NOBODY = Point(PointKind.PHONE, "+48600100400")
WORDS = translator("pl", "channels")


@dataclass
class Desk:
    url: str
    token: str
    smsc: Smsc
    node: Node
    inbox: Inbox

    async def notify(self, to: Point) -> None:
        async with self.node.database.begin() as session:
            await queue_delivery(
                session,
                inbox=self.inbox,
                to=to,
                content=Content(text="Paczka jest pod drzwiami.", locale="pl", is_automatic=True),
                purpose=Purpose.URGENT,
            )


@pytest.fixture
async def desk(
    own_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A desk whose SMS line is up."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("desk"), database_url=own_database_url, demo=False
    )
    app = create_app(settings)
    async with running_smsc() as smsc, serving(app) as url:
        node: Node = app.state.node
        shop = await make_shop(node.database)
        person = await an_agent(node.database, role="administrator")
        assert person.staff_id is not None
        token = await a_staff_token(node.database, staff_id=person.staff_id)
        async with node.database.begin() as session:
            await session.execute("UPDATE staff SET locale = 'pl'")
            # Whatever the hour at which the tests run.
            await session.execute(
                "UPDATE shop SET settings ="
                " jsonb_set(settings, '{limits}', '{\"is_urgent_exempt\": true}')"
            )
            inbox = await an_sms_inbox(
                session, shop_id=shop.id, key=settings.secret_key, carrier=smsc_at(smsc.port)
            )
            await record_answer(session, point=AGREED, purpose=Use.URGENT)
        await smsc.until(lambda seen: seen["bound"] == ["shop"])
        yield Desk(url, token, smsc, node, inbox)


async def test_an_sms_is_answered_and_a_notice_needs_consent(desk: Desk, browser: Browser) -> None:
    await desk.smsc.deliver(**from_customer(QUESTION))
    await desk.smsc.until(lambda seen: len(seen["answers"]) == 1)
    context = await browser.new_context(locale="pl-PL", viewport={"width": 1280, "height": 800})
    try:
        await context.add_cookies([{"name": STAFF_COOKIE, "value": desk.token, "url": desk.url}])
        page = await context.new_page()
        await page.goto(f"{desk.url}/desk/inbox/unassigned")
        await expect(page.locator("body")).to_contain_text(QUESTION)
        await page.get_by_role("option").filter(has_text=QUESTION).click()
        counted = page.locator(".sms-count")
        await expect(counted).to_have_text(
            f"{WORDS('channel.sms.count', count=1, left=160, each=160)} · 0,035 €"
        )
        answer = "Jutro rano będzie u Państwa pod drzwiami; kurier zadzwoni wcześniej. Miłego dnia!"
        composer = page.locator(".composer textarea")
        await composer.fill(answer)
        await expect(counted).to_have_text(
            f"{WORDS('channel.sms.count', count=2, left=53, each=67)} · 0,07 €"
        )
        await composer.press("Enter")
        seen = await desk.smsc.until(lambda seen: len(seen["submits"]) == 2)
        assert "".join(submit["text"] for submit in seen["submits"]) == answer
        await desk.notify(AGREED)
        await desk.notify(ASKED_NOBODY)
        seen = await desk.smsc.until(lambda seen: len(seen["submits"]) == 3)
        assert seen["submits"][2]["to"] == AGREED.value[1:]
        await page.goto(f"{desk.url}/desk/channels")
        refused = page.locator("li, tr, article").filter(has_text=ASKED_NOBODY.value)
        await expect(refused.first).to_contain_text(WORDS("channel.problem.no_consent"))
    finally:
        await context.close()
