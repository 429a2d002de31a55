"""What administrators decide about quiet hours and the cap of a day, and that it holds."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from tests.factories.people import a_staff_token, an_agent

USUAL: dict[str, Any] = {
    "quiet_from": "20:00:00",
    "quiet_until": "08:00:00",
    "is_urgent_exempt": False,
    "per_day": 3,
    "reply_days": 7,
}
OWN = {
    "quiet_from": "21:00:00",
    "quiet_until": "07:30:00",
    "is_urgent_exempt": True,
    "per_day": 2,
    "reply_days": 14,
}


@pytest.fixture
async def administrator(
    address: str, database: Database, shop: Shop
) -> AsyncIterator[aiohttp.ClientSession]:
    """At a shop that has said nothing yet."""
    person = await an_agent(database, name="Adele", role="administrator")
    assert person.staff_id is not None
    token = await a_staff_token(database, staff_id=person.staff_id)
    async with database.begin() as session:
        await session.execute(
            "UPDATE shop SET settings = settings - 'limits' WHERE id = $1", shop.id
        )
    async with aiohttp.ClientSession(
        address, headers={"X-Stoa-Request": "1"}, cookies={"stoa_staff": token}
    ) as session:
        yield session


def path_of(shop: Shop) -> str:
    return f"/api/desk/shops/{shop.id}/limits"


async def test_what_is_set_is_read_and_the_usual_stays_known(
    administrator: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    before = await (await administrator.get(path_of(shop))).json()
    assert (before["limits"], before["usual"]) == (USUAL, USUAL)
    assert before["channels"] == ["sms"]
    assert before["timezone"] == "Europe/Warsaw"
    answer = await administrator.put(path_of(shop), json={"limits": OWN, "seen": USUAL})
    assert answer.status == 200
    after = await (await administrator.get(path_of(shop))).json()
    assert (after["limits"], after["usual"]) == (OWN, USUAL)
    async with database.read() as session:
        details = await session.fetch_value(
            "SELECT details FROM audit_entry WHERE action = 'shop.limits_changed' AND subject = $1"
            " ORDER BY created_at DESC, id DESC LIMIT 1",
            f"shop:{shop.id}",
        )
    assert (details["before"], details["limits"]) == (USUAL, OWN)


async def test_who_saw_something_else_is_told_and_nothing_changes(
    administrator: aiohttp.ClientSession, shop: Shop
) -> None:
    path = path_of(shop)
    await administrator.put(path, json={"limits": OWN, "seen": USUAL})
    answer = await administrator.put(path, json={"limits": USUAL | {"per_day": 9}, "seen": USUAL})
    assert answer.status == 409
    assert (await answer.json())["code"] == "conflict"
    assert (await (await administrator.get(path)).json())["limits"] == OWN


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quiet_from": "25:00"}, "limits.quiet_from"),
        ({"quiet_until": "08:00+02:00"}, "limits.quiet_until"),
        ({"per_day": 0}, "limits.per_day"),
        ({"per_day": 101}, "limits.per_day"),
        ({"reply_days": 366}, "limits.reply_days"),
        ({"perday": 3}, "limits.perday"),
    ],
)
async def test_refuses_what_makes_no_sense_by_its_field_and_changes_nothing(
    administrator: aiohttp.ClientSession, shop: Shop, wrong: dict[str, Any], field: str
) -> None:
    path = path_of(shop)
    answer = await administrator.put(path, json={"limits": USUAL | wrong, "seen": USUAL})
    assert answer.status == 422
    assert [each["field"] for each in (await answer.json())["errors"]] == [field]
    assert (await (await administrator.get(path)).json())["limits"] == USUAL


async def test_only_administrators_see_and_change_them(
    administrator: aiohttp.ClientSession, address: str, database: Database, shop: Shop
) -> None:
    agent = await an_agent(database)
    assert agent.staff_id is not None
    token = await a_staff_token(database, staff_id=agent.staff_id)
    async with aiohttp.ClientSession(
        address, headers={"X-Stoa-Request": "1"}, cookies={"stoa_staff": token}
    ) as session:
        assert (await session.get(path_of(shop))).status == 403
        change = {"limits": OWN, "seen": USUAL}
        assert (await session.put(path_of(shop), json=change)).status == 403
    assert (await (await administrator.get(path_of(shop))).json())["limits"] == USUAL
