"""What supervisors see of everybody's work, over HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Sender
from stoa.desk.board.queries import start_of_day
from stoa.platform.database.session import Database
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import a_staff_token, an_agent
from tests.factories.routing import a_team
from tests.servers.people import on_the_line
from tests.servers.whole import at_the_desk


@pytest.fixture
async def administrator(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    person = await an_agent(database, name="Adele", role="administrator")
    async with at_the_desk(address, database, person) as session:
        yield session


async def board(desk: aiohttp.ClientSession, shop: Shop) -> dict[str, Any]:
    answer = await desk.get(f"/api/desk/board?shop_id={shop.id}")
    assert answer.status == 200
    shown: dict[str, Any] = await answer.json()
    return shown


async def test_counts_who_waits_and_who_answers(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, agent: Sender
) -> None:
    one, customer = await a_conversation(database, shop_id=shop.id)
    two, other = await a_conversation(database, shop_id=shop.id)
    async with database.begin() as session:
        await write_messages(session, [a_draft(one, customer), a_draft(two, other)])
    shown = await board(desk, shop)
    assert [row["id"] for row in shown["waiting"]] == [str(one), str(two)]
    assert (shown["waiting_count"], len(shown["groups"])) == (2, 1)
    assert (shown["groups"][0]["channel"], shown["groups"][0]["count"]) == ("chat", 2)
    async with database.begin() as session:
        await write_messages(session, [a_draft(one, agent, "Yes")])
    shown = await board(desk, shop)
    [line] = [each for each in shown["agents"] if each["staff_id"] == str(agent.staff_id)]
    assert (line["answers"], line["open"], line["waiting"], line["status"]) == (1, 1, 0, "offline")
    [cell] = shown["hours"]
    assert (cell["staff_id"], cell["answers"], cell["channel"]) == (line["staff_id"], 1, "chat")
    assert shown["waits"] == [{"channel": "chat", "wait": None}]
    assert (shown["ratings"]["asked"], shown["ratings"]["by_score"]) == (0, [0, 0, 0, 0, 0])
    assert shown["promises"] == {"running": 0, "soon": 0, "late": 0, "breached_today": 0}


async def test_says_whose_queue_they_wait_in(
    desk: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    """Two teams may call their queues alike."""
    for team in ("Polish", "Greek"):
        _, queue_id = await a_team(database, name=team)
        conversation_id, customer = await a_conversation(database, shop_id=shop.id)
        async with database.begin() as session:
            await write_messages(session, [a_draft(conversation_id, customer)])
            await session.execute(
                "UPDATE conversation SET queue_id = $2 WHERE id = $1", conversation_id, queue_id
            )
    shown = await board(desk, shop)
    groups = [group for group in shown["groups"] if group["queue_name"]]
    names = sorted((group["team_name"], group["queue_name"]) for group in groups)
    assert names == [("Greek", "Chat"), ("Polish", "Chat")]


async def test_is_for_supervisors(address: str, database: Database, shop: Shop) -> None:
    person = await an_agent(database, name="Plain")
    assert person.staff_id is not None
    token = await a_staff_token(database, staff_id=person.staff_id)
    async with aiohttp.ClientSession(address, cookies={"stoa_staff": token}) as session:
        for path in ("board", "breaches", f"service-levels?shop_id={shop.id}"):
            assert (await session.get(f"/api/desk/{path}")).status == 403


async def test_promises_are_made_changed_and_dropped(
    administrator: aiohttp.ClientSession, shop: Shop
) -> None:
    path = "/api/desk/service-levels"
    form = {"name": "Chat", "channel": "chat", "first_seconds": 60}
    made = await administrator.post(f"{path}?shop_id={shop.id}", json=form)
    assert made.status == 201
    policy = await made.json()
    again = await administrator.post(f"{path}?shop_id={shop.id}", json=form)
    assert again.status == 409
    for wrong in (
        {"first_seconds": None},
        {"first_seconds": 0},
        {"warn_percent": 100},
        {"inbox_id": policy["id"]},
    ):
        refused = await administrator.put(f"{path}/{policy['id']}", json=form | wrong)
        assert refused.status == 422
    changed = await administrator.put(
        f"{path}/{policy['id']}", json=form | {"first_seconds": 90, "is_on": False}
    )
    assert changed.status == 200
    shown = await (await administrator.get(f"{path}?shop_id={shop.id}")).json()
    assert [(one["first_seconds"], one["is_on"]) for one in shown["items"]] == [(90, False)]
    assert (await administrator.delete(f"{path}/{policy['id']}")).status == 204
    assert (await administrator.delete(f"{path}/{policy['id']}")).status == 404


async def test_ratings_are_switched(administrator: aiohttp.ClientSession, shop: Shop) -> None:
    path = f"/api/desk/shops/{shop.id}/ratings"
    assert await (await administrator.get(path)).json() == {
        "ratings": {"in_chat": True, "by_mail": False, "by_sms": False}
    }
    wanted = {"ratings": {"in_chat": False, "by_mail": True, "by_sms": True}}
    assert await (await administrator.put(path, json=wanted)).json() == wanted
    assert await (await administrator.get(path)).json() == wanted


def test_a_day_begins_where_the_shop_is() -> None:
    at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert start_of_day(at, zone="Europe/Warsaw") == datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert start_of_day(at, zone="UTC") == datetime(2026, 7, 1, tzinfo=UTC)
    # The day on which clocks go back has an hour more.
    night = datetime(2026, 10, 25, 22, tzinfo=UTC)
    begun = start_of_day(night, zone="Europe/Warsaw")
    assert night - begun == timedelta(hours=24)


async def test_says_since_when_somebody_is_there_or_away(
    desk: aiohttp.ClientSession, address: str, database: Database, shop: Shop
) -> None:
    person = await an_agent(database, name="Zoe")
    assert person.staff_id is not None
    token = await a_staff_token(database, staff_id=person.staff_id)

    async def line() -> dict[str, Any]:
        lines = (await board(desk, shop))["agents"]
        return next(one for one in lines if one["staff_id"] == str(person.staff_id))

    async with on_the_line(address, surface="desk", cookies={"stoa_staff": token}) as here:
        await here.subscribe("presence")
        came = await line()
        assert came["status"] == "available"
        await here.ask("presence.set", status="away")
        left = await line()
        assert left["status"] == "away"
        assert left["since"] > came["since"]
        await here.ask("presence.set", status="away")
        assert (await line())["since"] == left["since"], "nothing has changed"
