"""The customer's own page: every use of every address, given and taken back without a script."""

import html as html_text
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.main import create_app
from stoa.people.consent.models import ConsentState, How, Person, Purpose, Wording
from stoa.people.consent.service import confirm_consent, record_consent, record_point_consent
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import code_of
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from stoa.storefront.pages.account import ASKS
from tests.contact.calls.rows import a_call, end_call
from tests.factories.sms import an_sms_inbox
from tests.servers.asgi import serving

PATH = "/en/account"


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("account")
    return Settings(data_dir=folder, database_url=database_url, database_pool_size=8, demo=False)


@pytest.fixture(scope="module")
async def address(settings: Settings) -> AsyncIterator[str]:
    """The address of an installation whose key the test knows."""
    async with serving(create_app(settings)) as url:
        yield url


@pytest.fixture(autouse=True)
async def _unhurried(database: Database) -> None:
    """Every test begins with a full bucket: they all come from one client address."""
    await database.pool.execute("DELETE FROM rate_limit")


@asynccontextmanager
async def texting(database: Database, settings: Settings, shop: Shop) -> AsyncIterator[None]:
    """The shop has a line for SMS meanwhile."""
    async with database.begin() as session:
        inbox = await an_sms_inbox(session, shop_id=shop.id, key=settings.secret_key)
    try:
        yield
    finally:
        async with database.begin() as session:
            await session.execute("DELETE FROM delivery WHERE inbox_id = $1", inbox.id)
            await session.execute("DELETE FROM inbox WHERE id = $1", inbox.id)


async def page(browser: aiohttp.ClientSession, path: str = PATH) -> str:
    async with browser.get(path) as answer:
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        return html_text.unescape(await answer.text())


async def press(
    browser: aiohttp.ClientSession, do: str, *, status: int = 200, **fields: str
) -> str:
    async with browser.post(PATH, data={"do": do, **fields}) as answer:
        text = await answer.text()
        assert answer.status == status, text[-2000:]
        return html_text.unescape(text)


async def known(browser: aiohttp.ClientSession, address: str = "") -> tuple[str, str]:
    """(address, the id by which the page names it) of somebody who has added one."""
    address = address or f"anna-{new_id().hex}@example.org"
    shown = await press(browser, "add", address=address)
    assert "The address was added." in shown
    assert address not in shown
    [*_, point] = re.findall(r'name="point" value="([0-9a-f-]+)"', shown)
    return address, point


def standing(shown: str) -> dict[str, str]:
    """How each purpose stands, of a page with one address."""
    found = re.findall(r'<li class="use (\w+)">\s*<h3>([^<]+)</h3>', shown)
    return {purpose: state for state, purpose in found}


async def rows(database: Database, sql: str, *args: object) -> list[dict[str, Any]]:
    async with database.read() as session:
        return [dict(row) for row in await session.fetch(sql, *args)]


async def test_somebody_new_is_told_how_to_begin_and_nothing_is_stored(
    browser: aiohttp.ClientSession, database: Database
) -> None:
    before = await rows(database, "SELECT count(*) FROM visitor")
    assert "No address of yours is known in this browser." in await page(browser)
    assert await rows(database, "SELECT count(*) FROM visitor") == before


@pytest.mark.parametrize("typed", ["", "anna@", "12", "no address", "@" * 300])
async def test_refuses_what_is_no_address(browser: aiohttp.ClientSession, typed: str) -> None:
    assert 'role="alert"' in await press(browser, "add", address=typed, status=422)
    assert "No address of yours" in await page(browser)


async def test_gives_and_takes_back(browser: aiohttp.ClientSession, database: Database) -> None:
    address, point = await known(browser)
    assert set(standing(await page(browser)).values()) == {"unsaid"}
    shown = await press(browser, "give.urgent", point=point, version="1")
    assert "Noted: you agree." in shown
    assert standing(shown)["Urgent notices about orders"] == "given"
    shown = await press(browser, "withdraw.urgent", point=point)
    assert standing(shown)["Urgent notices about orders"] == "refused"
    said = await rows(
        database,
        "SELECT state, how, channel, wording, proof FROM consent WHERE point_key = $1 ORDER BY at",
        address,
    )
    assert [(one["state"], one["how"], one["channel"]) for one in said] == [
        ("given", "clicked", "account"),
        ("withdrawn", "clicked", "account"),
    ]
    assert "may tell me by e-mail what cannot wait" in said[0]["wording"]
    assert said[0]["proof"]["page"] == PATH


async def test_offers_wait_for_the_answer_from_the_address(
    browser: aiohttp.ClientSession, database: Database
) -> None:
    address, point = await known(browser)
    shown = await press(browser, "give.marketing", point=point, version="1")
    assert "A message is on its way there." in shown
    assert standing(shown)["Offers and news"] == "waiting"
    [asked] = await rows(database, "SELECT * FROM consent_request WHERE point_key = $1", address)
    assert (asked["source"], asked["locale"], asked["state"]) == ("account", "en", "pending")
    async with database.begin() as session:
        await confirm_consent(session, request_id=asked["id"], ip="", user_agent="")
    assert standing(await page(browser))["Offers and news"] == "given"
    shown = await press(browser, "withdraw.marketing", point=point)
    assert standing(shown)["Offers and news"] == "refused"
    for _ in range(2):
        shown = await press(browser, "give.marketing", point=point, version="1")  # one may ask anew
    shown = await press(browser, "give.marketing", point=point, version="1", status=429)
    assert "asked often enough" in shown


async def test_what_waits_can_be_taken_back(browser: aiohttp.ClientSession) -> None:
    _, point = await known(browser)
    await press(browser, "give.marketing", point=point, version="1")
    shown = await press(browser, "withdraw.marketing", point=point)
    assert standing(shown)["Offers and news"] == "refused"


async def test_whoever_types_a_strangers_address_learns_and_undoes_nothing(
    browser: aiohttp.ClientSession, database: Database
) -> None:
    stranger = f"ben-{new_id().hex}@example.org"
    async with database.begin() as session:
        await record_point_consent(
            session,
            point=Point(PointKind.EMAIL, stranger),
            purpose=Purpose.URGENT,
            state=ConsentState.GIVEN,
            wording=Wording("Yes", "1", "en"),
            how=How.CLICKED,
            channel="checkout",
        )
    _, point = await known(browser, stranger)
    assert set(standing(await page(browser)).values()) == {"unsaid"}
    await press(browser, "withdraw.urgent", point=point, status=404)
    [said] = await rows(database, "SELECT state FROM consent WHERE point_key = $1", stranger)
    assert said["state"] == "given"


async def test_refuses_an_address_of_somebody_else(
    browser: aiohttp.ClientSession, address: str, database: Database
) -> None:
    _, point = await known(browser)
    async with aiohttp.ClientSession(
        address, headers={"Accept": "text/html"}, cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as other:
        await known(other)
        for do in ("give.urgent", "withdraw.urgent", "code", "prove", "give.recording", "x"):
            await press(other, do, point=point, version="1", code="1", status=404)
    assert set(standing(await page(browser)).values()) == {"unsaid"}


async def code_for(database: Database, settings: Settings, address: str) -> str:
    found = await rows(
        database,
        "SELECT id FROM point_proof WHERE point_key = $1 ORDER BY asked_at DESC LIMIT 1",
        address,
    )
    return code_of(settings.secret_key, proof_id=found[0]["id"])


async def test_a_code_proves_the_address_and_what_others_said_is_seen_then(
    browser: aiohttp.ClientSession, database: Database, settings: Settings
) -> None:
    address = f"anna-{new_id().hex}@example.org"
    async with database.begin() as session:
        await record_point_consent(
            session,
            point=Point(PointKind.EMAIL, address),
            purpose=Purpose.URGENT,
            state=ConsentState.GIVEN,
            wording=Wording("What I read then.", "1", "en"),
            how=How.CLICKED,
            channel="checkout",
        )
    _, point = await known(browser, address)
    assert "A code is on its way there." in await press(browser, "code", point=point)
    assert "This is not the code" in await press(browser, "prove", point=point, code="nonsense")
    code = await code_for(database, settings, address)
    shown = await press(browser, "prove", point=point, code=f" {code[:3]} {code[3:]}")
    assert "Proven: this address is yours." in shown
    assert "proven to be yours" in shown
    assert standing(shown)["Urgent notices about orders"] == "given"
    assert "What I read then." in shown
    [held] = await rows(
        database, "SELECT state, verified_at FROM contact_point WHERE key = $1", address
    )
    assert held["state"] == "verified"


async def test_a_code_cannot_be_guessed(
    browser: aiohttp.ClientSession, database: Database, settings: Settings
) -> None:
    address, point = await known(browser)
    await press(browser, "code", point=point)
    for _ in range(5):
        assert "This is not the code" in await press(browser, "prove", point=point, code="x")
    code = await code_for(database, settings, address)
    assert "This code counts no more" in await press(browser, "prove", point=point, code=code)
    [held] = await rows(database, "SELECT state FROM contact_point WHERE key = $1", address)
    assert held["state"] == "claimed"


async def test_only_the_last_code_counts_and_few_are_sent(
    browser: aiohttp.ClientSession, database: Database, settings: Settings
) -> None:
    address, point = await known(browser)
    await press(browser, "code", point=point)
    old = await code_for(database, settings, address)
    await press(browser, "code", point=point)
    await press(browser, "code", point=point)
    assert "often enough today" in await press(browser, "code", point=point, status=429)
    if old != await code_for(database, settings, address):
        assert "This is not the code" in await press(browser, "prove", point=point, code=old)


async def test_a_code_that_is_too_old_counts_no_more(
    browser: aiohttp.ClientSession, database: Database, settings: Settings
) -> None:
    address, point = await known(browser)
    await press(browser, "code", point=point)
    await database.pool.execute(
        "UPDATE point_proof SET asked_at = asked_at - interval '1 hour',"
        " expires_at = expires_at - interval '1 hour' WHERE point_key = $1",
        address,
    )
    code = await code_for(database, settings, address)
    assert "This code counts no more" in await press(browser, "prove", point=point, code=code)


async def test_a_number_is_asked_only_where_the_shop_can_text(
    browser: aiohttp.ClientSession, database: Database, settings: Settings, shop: Shop
) -> None:
    _, point = await known(browser, "+49 151 23456789")
    assert 'value="give.' not in await page(browser)
    await press(browser, "give.marketing", point=point, version="1", status=404)
    async with texting(database, settings, shop):
        shown = await press(browser, "give.marketing", point=point, version="1")
    assert standing(shown)["Offers and news"] == "waiting"
    assert "send me offers and news by SMS" in shown


async def test_new_browsers_do_not_get_round_the_limit(
    address: str, database: Database, shop: Shop
) -> None:
    statuses = []
    for _ in range(ASKS.burst + 1):
        async with aiohttp.ClientSession(
            address, headers={"Accept": "text/html"}, cookie_jar=aiohttp.CookieJar(unsafe=True)
        ) as browser:
            _, point = await known(browser)
            async with browser.post(PATH, data={"do": "code", "point": point}) as answer:
                statuses.append(answer.status)
    assert statuses == [200] * ASKS.burst + [429]


async def test_texts_do_not_cost_the_shop_without_end(
    browser: aiohttp.ClientSession, database: Database, settings: Settings, shop: Shop
) -> None:
    _, point = await known(browser, "+49 151 23456780")
    await database.pool.execute(
        "INSERT INTO rate_limit (key, tokens, refilled_at) VALUES ($1, 0.1, now())",
        f"texts:{shop.id}",
    )
    async with texting(database, settings, shop):
        await press(browser, "give.marketing", point=point, version="1", status=429)
        await press(browser, "code", point=point, status=429)
    assert standing(await page(browser))["Offers and news"] == "unsaid"


@pytest.mark.parametrize(
    ("locale", "title"),
    [("pl", "Twoje adresy i zgody"), ("el", "Οι διευθύνσεις και οι συγκαταθέσεις σας")],
)
async def test_speaks_the_language_of_the_page(
    browser: aiohttp.ClientSession, locale: str, title: str
) -> None:
    await known(browser)
    shown = await page(browser, f"/{locale}/account")
    assert f"<h1>{title}</h1>" in shown
    assert "{" not in re.sub(r"<script.*?</script>", "", shown, flags=re.DOTALL)


async def test_a_recorded_call_is_shown_and_taken_back(
    browser: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    address, _ = await known(browser)
    call = await a_call(database, shop_id=shop.id)
    await database.pool.execute(
        "UPDATE call SET visitor_id = (SELECT v.id FROM visitor v JOIN contact_point p"
        " USING (customer_id) WHERE p.key = $1) WHERE id = $2",
        address,
        call.call_id,
    )
    await end_call(database, call)
    [row] = await rows(database, "SELECT visitor_id FROM call WHERE id = $1", call.call_id)
    async with database.begin() as session:
        await record_consent(
            session,
            person=Person(visitor_id=row["visitor_id"]),
            purpose=Purpose.RECORDING,
            subject=call.call_id,
            state=ConsentState.GIVEN,
            wording=Wording("May we record this?", "1", "en"),
        )
        await session.execute(
            "INSERT INTO call_recording (id, call_id, kind, state, channels, started_at)"
            " VALUES ($1, $2, 'call', 'kept', 2, now())",
            new_id(),
            call.call_id,
        )
    assert "May we record this?" in await page(browser)
    shown = await press(browser, f"forget.{call.call_id}")
    assert "Done: the recording is deleted." in shown
    assert "May we record this?" not in shown
    for nothing in (call.call_id, new_id(), "x"):
        await press(browser, f"forget.{nothing}", status=404)
