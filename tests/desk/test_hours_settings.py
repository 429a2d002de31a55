"""What administrators decide about a shop's hours, and that it holds."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.channels.models import HELD_BACK, Content, Purpose
from stoa.contact.channels.service import queue_delivery
from stoa.contact.hours.queries import hours_of
from stoa.people.customers.models import Point, PointKind
from stoa.platform.clock import now
from stoa.platform.database.session import Database
from tests.factories.people import an_agent
from tests.factories.sms import an_sms_inbox
from tests.servers.whole import at_the_desk

HOURS: dict[str, Any] = {
    "timezone": "Europe/Warsaw",
    "weekly": {"mon": [["09:00:00", "17:00:00"]]},
    "holidays": {"country": "PL", "region": ""},
    "days": [],
    "channels": {"call": {"mon": [["09:00:00", "20:00:00"]]}},
    "words": {"all": {"en": "Back {{opens}}"}},
}


@pytest.fixture
async def administrator(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    person = await an_agent(database, name="Adele", role="administrator")
    async with at_the_desk(address, database, person) as session:
        yield session


async def test_what_is_set_is_read_and_followed(
    administrator: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    path = f"/api/desk/shops/{shop.id}/hours"
    before = await (await administrator.get(path)).json()
    assert (before["hours"], before["is_open"], before["changes_at"]) == (None, True, None)
    answer = await administrator.put(path, json={"hours": HOURS})
    assert answer.status == 200
    after = await (await administrator.get(path)).json()
    assert after["hours"] == HOURS
    assert after["changes_at"] is not None
    async with database.read() as session:
        assert await hours_of(session, shop_id=shop.id) is not None
    again = await (await administrator.put(path, json={"hours": None})).json()
    assert again["hours"] is None


async def test_what_the_clock_of_another_zone_holds_back_is_decided_anew(
    administrator: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    async with database.begin() as session:
        inbox = await an_sms_inbox(session, shop_id=shop.id, key=b"k" * 32)
        delivery_id = await queue_delivery(
            session,
            inbox=inbox,
            to=Point(PointKind.PHONE, "+48 600 100 200"),
            content=Content(text="It is back", locale="en"),
            purpose=Purpose.SERVICE,
        )
        await session.execute("UPDATE inbox SET is_on = false WHERE id = $1", inbox.id)
        await session.execute(
            "UPDATE delivery SET next_try_at = $2, problem = $3 WHERE id = $1",
            delivery_id,
            now() + timedelta(hours=9),
            {"reason": HELD_BACK, "params": {}},
        )
    path = f"/api/desk/shops/{shop.id}/hours"
    assert (await administrator.put(path, json={"hours": HOURS})).status == 200
    assert (await administrator.put(path, json={"hours": None})).status == 200
    due = await database.pool.fetchval(
        "SELECT next_try_at FROM delivery WHERE id = $1", delivery_id
    )
    assert due <= now()


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Mars/Olympus"},
        {"weekly": {"mon": [["25:00", "26:00"]]}},
        {"holidays": {"country": "DE", "region": "nowhere"}},
        {"channels": {"E-Mail!": {}}},
        {"words": {"all": {"fr": "Fermé"}}},
    ],
)
async def test_refuses_what_makes_no_sense_and_changes_nothing(
    administrator: aiohttp.ClientSession, shop: Shop, wrong: dict[str, Any]
) -> None:
    path = f"/api/desk/shops/{shop.id}/hours"
    answer = await administrator.put(path, json={"hours": HOURS | wrong})
    assert answer.status == 422
    assert (await (await administrator.get(path)).json())["hours"] is None


async def test_is_for_administrators(desk: aiohttp.ClientSession, shop: Shop) -> None:
    path = f"/api/desk/shops/{shop.id}/hours"
    assert (await desk.get(path)).status == 403
    assert (await desk.put(path, json={"hours": None})).status == 403
    assert (await desk.get("/api/desk/holidays")).status == 403


async def test_shows_the_next_holidays(administrator: aiohttp.ClientSession) -> None:
    query = {"country": "DE", "region": "BY", "locale": "de"}
    shown = await (await administrator.get("/api/desk/holidays", params=query)).json()
    assert {"code": "BY", "name": "Bayern"} in shown["regions"]
    assert {"PL", "DE", "IT", "GR", "GB"} <= set(shown["countries"])
    assert len(shown["next_days"]) == 12
    names = {day["name"] for day in shown["next_days"]}
    assert {"Neujahr", "Heilige Drei Könige"} <= names
    unknown = await (await administrator.get("/api/desk/holidays", params={"country": "XX"})).json()
    assert (unknown["regions"], unknown["next_days"]) == ([], [])
