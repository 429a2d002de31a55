"""Tags, views, macros and bulk acts over HTTP: who may, what happens, what is refused in words."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.schemas import Sent
from stoa.platform.clock import now
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent
from tests.servers.whole import at_the_desk


@pytest.fixture
async def junior(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    """The browser of an agent who is no supervisor."""
    agent = await an_agent(database, name="Bo")
    async with at_the_desk(address, database, agent) as session:
        yield session


async def ask(
    desk: aiohttp.ClientSession, method: str, path: str, body: Any = None, *, status: int = 200
) -> Any:
    answer = await desk.request(method, f"/api/desk/{path}", json=body)
    assert answer.status == status, await answer.text()
    return None if status == 204 else await answer.json()


async def conversations(database: Database, shop: Shop, count: int) -> list[str]:
    group = GroupCommit[Draft, Sent](database, write_messages)
    ids = []
    for _ in range(count):
        id_, customer = await a_conversation(database, shop_id=shop.id)
        await group.submit(a_draft(id_, customer))
        ids.append(str(id_))
    await group.close()
    return ids


async def test_agents_make_tags_and_supervisors_keep_them_in_order(
    desk: aiohttp.ClientSession, junior: aiohttp.ClientSession, shop: Shop
) -> None:
    made = await ask(junior, "POST", f"tags?shop_id={shop.id}", {"name": "Zwrot"}, status=201)
    await ask(junior, "PUT", f"tags/{made['id']}", {"name": "x"}, status=403)
    await ask(junior, "DELETE", f"tags/{made['id']}", status=403)
    changed = await ask(desk, "PUT", f"tags/{made['id']}", {"name": "Zwroty", "tone": "warn"})
    assert (changed["name"], changed["tone"]) == ("Zwroty", "warn")
    other = await ask(desk, "POST", f"tags?shop_id={shop.id}", {"name": "Return"}, status=201)
    await ask(desk, "POST", f"tags/{other['id']}/merge", {"into": other["id"]}, status=404)
    await ask(desk, "POST", f"tags/{other['id']}/merge", {"into": made["id"]})
    start = await ask(junior, "GET", "start")
    known = {tag["id"]: tag for tag in start["tags"]}
    assert known[other["id"]]["merged_into"] == made["id"]
    await ask(desk, "DELETE", f"tags/{made['id']}", status=204)
    assert await ask(junior, "GET", "tags") == {"items": []}


async def test_views_are_ones_own_or_shared_by_supervisors(
    desk: aiohttp.ClientSession,
    junior: aiohttp.ClientSession,
    database: Database,
    shop: Shop,
) -> None:
    ids = await conversations(database, shop, 3)
    greek = {"name": "Greek, waiting", "filters": {"locales": ["el"], "is_waiting": True}}
    everything = {"name": "Everything", "filters": {"state": "any"}, "is_shared": True}
    await ask(junior, "POST", "views", everything, status=403)
    own = await ask(junior, "POST", "views", greek, status=201)
    shared = await ask(desk, "POST", "views", everything, status=201)
    seen = await ask(junior, "GET", "views")
    assert [view["name"] for view in seen["items"]] == ["Everything", "Greek, waiting"]
    assert [view["name"] for view in (await ask(desk, "GET", "views"))["items"]] == ["Everything"]
    await ask(junior, "DELETE", f"views/{shared['id']}", status=404)
    await ask(desk, "PUT", f"views/{own['id']}", greek, status=404)
    counts = {
        one["id"]: one["count"] for one in (await ask(junior, "GET", "views/counts"))["items"]
    }
    assert counts[own["id"]] == 0
    assert counts[shared["id"]] >= 3
    listed = await ask(junior, "GET", f"conversations?saved_view={shared['id']}&limit=200")
    assert set(ids) <= {row["id"] for row in listed["items"]}
    await ask(desk, "GET", f"conversations?saved_view={own['id']}", status=404)
    second = await ask(junior, "POST", "views", {"name": "B", "filters": {}}, status=201)
    await ask(junior, "PUT", "views/order", {"ids": [second["id"], own["id"]]}, status=204)
    names = [view["name"] for view in (await ask(junior, "GET", "views"))["items"]]
    assert names == ["Everything", "B", "Greek, waiting"]
    await ask(junior, "DELETE", f"views/{second['id']}", status=204)
    await ask(desk, "DELETE", f"views/{shared['id']}", status=204)


async def test_bulk_acts_tell_of_each_and_are_taken_back(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, agent: Sender
) -> None:
    first, second = await conversations(database, shop, 2)
    nowhere = str(new_id())
    until = (now() + timedelta(hours=2)).isoformat()
    acts = [{"do": "assign", "staff_id": str(agent.staff_id)}, {"do": "snooze", "until": until}]
    items = [{"conversation_id": id_, "acts": acts} for id_ in (first, nowhere, second)]
    done = await ask(desk, "POST", "bulk", {"items": items})
    assert [one["is_done"] for one in done["items"]] == [True, False, True]
    refused = done["items"][1]
    assert refused["code"] == "not_found"
    assert refused["message"], "in words"
    row = (await ask(desk, "GET", f"conversations/{first}"))["conversation"]
    assert row["snoozed_until"] is not None
    undo = [
        {"conversation_id": one["conversation_id"], "acts": one["undo"]}
        for one in done["items"]
        if one["undo"]
    ]
    again = await ask(desk, "POST", "bulk", {"items": undo})
    assert all(one["is_done"] for one in again["items"])
    row = (await ask(desk, "GET", f"conversations/{first}"))["conversation"]
    assert (row["snoozed_until"], row["assignee_id"]) == (None, None)


async def test_refuses_more_than_200_at_once(
    desk: aiohttp.ClientSession, junior: aiohttp.ClientSession
) -> None:
    items = [{"conversation_id": str(new_id()), "acts": [{"do": "close"}]}] * 201
    await ask(desk, "POST", "bulk", {"items": items}, status=422)
    await ask(desk, "POST", "bulk", {"items": []}, status=422)


async def test_macros_are_made_by_supervisors_and_refused_in_words(
    desk: aiohttp.ClientSession, junior: aiohttp.ClientSession, shop: Shop
) -> None:
    path = f"macros?shop_id={shop.id}"
    acts = [{"do": "assign_me"}, {"do": "snooze_for", "minutes": 60}]
    macro = {"name": "Later", "digit": 1, "reply_id": None, "acts": acts}
    await ask(junior, "POST", path, macro, status=403)
    made = await ask(desk, "POST", path, macro, status=201)
    assert made["acts"] == acts
    taken = await ask(desk, "POST", path, {**macro, "name": "Other"}, status=409)
    assert taken["code"] == "macro_taken"
    await ask(desk, "POST", path, {**macro, "name": "later", "digit": 2}, status=409)
    empty = await ask(desk, "POST", path, {"name": "Nothing"}, status=422)
    assert empty["code"] == "empty_macro"
    unknown = {"name": "X", "reply_id": str(new_id())}
    await ask(desk, "POST", path, unknown, status=404)
    changed = await ask(desk, "PUT", f"macros/{made['id']}", {**macro, "name": "Tomorrow"})
    assert changed["name"] == "Tomorrow"
    assert (await ask(junior, "GET", "start"))["macros"] == [changed]
    await ask(desk, "DELETE", f"macros/{made['id']}", status=204)


async def test_what_is_put_aside_comes_back_by_itself(
    desk: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    """By the node's own clock: nobody asks for it."""
    [id_] = await conversations(database, shop, 1)
    until = (now() + timedelta(seconds=3)).isoformat()
    item = {"conversation_id": id_, "acts": [{"do": "snooze", "until": until}]}
    done = await ask(desk, "POST", "bulk", {"items": [item]})
    assert done["items"][0]["is_done"]
    async with asyncio.timeout(40):
        while True:
            row = (await ask(desk, "GET", f"conversations/{id_}"))["conversation"]
            if row["woke_by"] == "time":
                break
            await asyncio.sleep(0.1)
    assert row["snoozed_at"] is None
