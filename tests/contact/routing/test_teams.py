"""Teams over HTTP: who may set them up, what is refused, and that nothing changes then."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.people import an_agent
from tests.servers.whole import at_the_desk, the_whole

QUEUE = {"name": "Chat", "rule": "round_robin", "priority": 3, "takes_counter": True}


@pytest.fixture
async def address(database_url: str, tmp_path: Path) -> AsyncIterator[str]:
    async with the_whole(database_url, tmp_path) as url:
        yield url


@pytest.fixture
async def supervisor(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    person = await an_agent(database, name="supervisor", role="supervisor")
    async with at_the_desk(address, database, person) as browser:
        yield browser


async def teams_of(browser: aiohttp.ClientSession) -> dict[str, Any]:
    async with browser.get("/api/desk/teams") as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
    return found


async def an_inbox(database: Database, shop: Shop) -> UUID:
    inbox_id = new_id()
    async with database.begin() as session:
        await session.execute(
            "INSERT INTO inbox (id, shop_id, channel, name, address, settings, created_at,"
            " updated_at) VALUES ($1, $2, 'email', 'Shop', 'shop@example.com', '{}', $3, $3)",
            inbox_id,
            shop.id,
            now(),
        )
    return inbox_id


async def test_a_team_is_made_changed_and_given_up(
    supervisor: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    inbox_id = str(await an_inbox(database, shop))
    ada = await an_agent(database)
    member = str(ada.staff_id)
    form = {
        "name": " Counter ",
        "languages": ["pl", "en"],
        "shop_ids": [str(shop.id)],
        "member_ids": [member],
        "queues": [QUEUE, {"name": "Mail", "inbox_ids": [inbox_id], "skills": ["Wine"]}],
    }
    async with supervisor.post("/api/desk/teams", json=form) as answer:
        assert answer.status == 201
        view = await answer.json()
    [team] = view["teams"]
    assert (team["name"], team["languages"]) == ("Counter", ["en", "pl"])
    assert (team["shop_ids"], team["member_ids"]) == ([str(shop.id)], [member])
    chat, mail = team["queues"]
    assert (chat["name"], chat["rule"], chat["priority"]) == ("Chat", "round_robin", 3)
    assert (mail["rule"], mail["inbox_ids"], mail["skills"]) == ("least_busy", [inbox_id], ["wine"])
    assert [one["address"] for one in view["inboxes"]] == ["shop@example.com"]
    weights = {one["channel"]: one["percent"] for one in view["weights"]}
    assert weights == {"chat": 100, "email": 25, "message": 25}

    # The mail queue stays the same one, the other is no more, and a new one takes its overflow.
    change = form | {
        "name": "Letters",
        "queues": [{"id": mail["id"], "name": "Post", "inbox_ids": []}, {"name": "Late"}],
    }
    async with supervisor.put(f"/api/desk/teams/{team['id']}", json=change) as answer:
        assert answer.status == 200
        [team] = (await answer.json())["teams"]
    assert [queue["name"] for queue in team["queues"]] == ["Post", "Late"]
    assert team["queues"][0]["id"] == mail["id"]

    async with supervisor.delete(f"/api/desk/teams/{team['id']}") as answer:
        assert (await answer.json())["teams"] == []
    async with supervisor.delete(f"/api/desk/teams/{team['id']}") as answer:
        assert answer.status == 404
    async with database.read() as session:
        audit = await session.fetch(
            "SELECT action FROM audit_entry WHERE action LIKE 'team.%' ORDER BY created_at, id"
        )
    assert [row["action"] for row in audit] == ["team.made", "team.changed", "team.removed"]


async def test_only_supervisors_set_teams_up(
    address: str, database: Database, supervisor: aiohttp.ClientSession
) -> None:
    person = await an_agent(database, name="agent")
    async with at_the_desk(address, database, person) as agent:
        assert (await teams_of(agent))["teams"] == []
        for method, path, body in (
            ("POST", "/api/desk/teams", {"name": "Mine"}),
            ("PUT", f"/api/desk/teams/{new_id()}", {"name": "Mine"}),
            ("DELETE", f"/api/desk/teams/{new_id()}", None),
            ("PUT", f"/api/desk/staff/{new_id()}/capacity", {"conversations": 1}),
            ("PUT", "/api/desk/channel-weights", {"weights": []}),
        ):
            async with agent.request(method, path, json=body) as answer:
                assert answer.status == 403
    async with aiohttp.ClientSession(address) as stranger:
        assert (await stranger.get("/api/desk/teams")).status == 401
    assert (await teams_of(supervisor))["teams"] == []


async def test_what_cannot_be_is_refused_and_changes_nothing(
    supervisor: aiohttp.ClientSession,
) -> None:
    form = {"name": "One", "queues": [QUEUE]}
    async with supervisor.post("/api/desk/teams", json=form) as answer:
        [one] = (await answer.json())["teams"]
    first = one["queues"][0]["id"]
    going_on = {"overflow_queue_id": first, "overflow_seconds": 60}
    form = {"name": "Two", "queues": [QUEUE | going_on]}
    async with supervisor.post("/api/desk/teams", json=form) as answer:
        _, two = (await answer.json())["teams"]
    second = two["queues"][0]["id"]
    before = await teams_of(supervisor)
    circle = {"overflow_queue_id": second, "overflow_seconds": 60}
    missing = {"overflow_queue_id": str(new_id()), "overflow_seconds": 60}
    path = f"/api/desk/teams/{one['id']}"
    for body, status, code in (
        ({"name": "two"}, 409, "team_name_taken"),
        ({"name": "One", "queues": [QUEUE | {"id": first} | circle]}, 422, "overflow_in_a_circle"),
        (
            {"name": "One", "queues": [QUEUE | {"id": first} | going_on]},
            422,
            "overflow_in_a_circle",
        ),
        ({"name": "One", "queues": [QUEUE | missing]}, 422, "team_names_unknown"),
        ({"name": "One", "queues": [QUEUE | {"id": second}]}, 422, "team_names_unknown"),
        ({"name": "One", "member_ids": [str(new_id())]}, 422, "team_names_unknown"),
        ({"name": "One", "shop_ids": [str(new_id())]}, 422, "team_names_unknown"),
        (
            {"name": "One", "queues": [QUEUE | {"inbox_ids": [str(new_id())]}]},
            422,
            "team_names_unknown",
        ),
        ({"name": ""}, 422, "invalid_input"),
        ({"name": "One", "queues": [QUEUE | {"priority": 10}]}, 422, "invalid_input"),
        ({"name": "One", "queues": [QUEUE | {"overflow_seconds": 60}]}, 422, "invalid_input"),
    ):
        async with supervisor.put(path, json=body) as answer:
            assert (answer.status, (await answer.json())["code"]) == (status, code), body
    async with supervisor.put(f"/api/desk/teams/{new_id()}", json={"name": "Three"}) as answer:
        assert answer.status == 404
    assert await teams_of(supervisor) == before


async def test_a_queue_that_goes_takes_the_overflow_into_it_with_it(
    supervisor: aiohttp.ClientSession,
) -> None:
    async with supervisor.post("/api/desk/teams", json={"name": "A", "queues": [QUEUE]}) as answer:
        [one] = (await answer.json())["teams"]
    going_on = {"overflow_queue_id": one["queues"][0]["id"], "overflow_seconds": 60}
    form = {"name": "B", "queues": [QUEUE | going_on]}
    async with supervisor.post("/api/desk/teams", json=form) as answer:
        assert answer.status == 201
    async with supervisor.delete(f"/api/desk/teams/{one['id']}") as answer:
        [left] = (await answer.json())["teams"]
    assert left["queues"][0]["overflow_queue_id"] is None
    assert left["queues"][0]["overflow_seconds"] is None


async def test_capacity_and_weights_are_as_set(
    supervisor: aiohttp.ClientSession, database: Database
) -> None:
    ada = await an_agent(database)
    path = f"/api/desk/staff/{ada.staff_id}/capacity"
    async with supervisor.put(path, json={"conversations": 3}) as answer:
        view = await answer.json()
    assert view["capacities"] == [{"staff_id": str(ada.staff_id), "conversations": 3}]
    async with supervisor.put(path, json={"conversations": None}) as answer:
        view = await answer.json()
    assert (view["capacities"], view["default_capacity"]) == ([], 5)
    async with supervisor.put(path, json={"conversations": 51}) as answer:
        assert answer.status == 422
    other = f"/api/desk/staff/{new_id()}/capacity"
    async with supervisor.put(other, json={"conversations": 1}) as answer:
        assert answer.status == 404
    weights = {"weights": [{"channel": "chat", "percent": 50}]}
    async with supervisor.put("/api/desk/channel-weights", json=weights) as answer:
        view = await answer.json()
    assert {one["channel"]: one["percent"] for one in view["weights"]} == {
        "chat": 50,
        "message": 25,
    }
