"""The agents' snapshots: paging, views, search, sequence numbers, and who may see them."""

import asyncio
from typing import Any

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.schemas import Sent
from stoa.contact.conversations.service import set_contact
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.outbox.log import events_after
from tests.factories.checkout import order_now, ready_visitor
from tests.factories.commerce import make_goods
from tests.factories.contact import a_conversation, a_draft


@pytest.fixture(scope="module")
async def conversations(database: Database, shop: Shop, agent: Sender) -> list[str]:
    """25 open conversations, oldest first; the agent has answered every fifth."""
    group = GroupCommit[Draft, Sent](database, write_messages)
    ids = []
    for number in range(25):
        conversation_id, customer = await a_conversation(database, shop_id=shop.id)
        await group.submit(a_draft(conversation_id, customer, f"Question {number} about łódź"))
        if number % 5 == 0:
            await group.submit(a_draft(conversation_id, agent, f"Answer {number}"))
        ids.append(str(conversation_id))
    await group.close()
    return ids


async def get(desk: aiohttp.ClientSession, path: str, **query: str | int) -> Any:
    answer = await desk.get(path, params=query)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def test_the_list_pages_through_everything_once_newest_first(
    desk: aiohttp.ClientSession, conversations: list[str]
) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await get(desk, "/api/desk/conversations", limit=7, **cursor)
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == conversations[::-1]


async def test_views_and_counts(desk: aiohttp.ClientSession, conversations: list[str]) -> None:
    mine = await get(desk, "/api/desk/conversations", view="mine")
    assert len(mine["items"]) == 5
    assert mine["counts"] == {"mine": 5, "unassigned": 20, "all": 25, "waiting": 20}
    longest = await get(desk, "/api/desk/longest-waiting")
    assert longest["conversation"]["id"] == conversations[1], "the first is answered"
    assert (await get(desk, "/api/desk/conversations", view="closed"))["items"] == []


async def test_snapshot_and_events_make_a_fresh_snapshot(
    desk: aiohttp.ClientSession,
    database: Database,
    shop: Shop,
    agent: Sender,
) -> None:
    """The law, for the list and for one conversation."""
    group = GroupCommit[Draft, Sent](database, write_messages)
    id_, customer = await a_conversation(database, shop_id=shop.id)
    await group.submit(a_draft(id_, customer, "first"))
    before = await get(desk, "/api/desk/conversations", limit=200)
    opened = await get(desk, f"/api/desk/conversations/{id_}")
    await asyncio.gather(
        group.submit(a_draft(id_, customer, "second")),
        group.submit(a_draft(id_, agent, "third")),
        group.submit(a_draft(id_, agent, "psst", kind="note")),
    )
    async with database.read() as session:
        listed = await events_after(session, topic="desk", after=before["seq"])
        public = await events_after(session, topic=f"conversation:{id_}", after=opened["seq"])
        notes = await events_after(session, topic=f"notes:{id_}", after=opened["notes_seq"])
    rows = {row["id"]: row for row in before["items"]}
    for event in listed:
        row = event.data["conversation"]
        if row["version"] > rows.get(row["id"], {"version": 0})["version"]:
            rows[row["id"]] = row
    fresh = await get(desk, "/api/desk/conversations", limit=200)
    assert {row["id"]: row for row in fresh["items"]} == rows
    messages = opened["timeline"]["messages"] + [
        {**event.data["message"], "seq": event.seq}
        for event in (*public, *notes)
        if event.type == "message.added"
    ]
    again = await get(desk, f"/api/desk/conversations/{id_}")

    def by_id(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        return {item["id"]: {**item, "created_at": item["created_at"][:23]} for item in items}

    assert by_id(again["timeline"]["messages"]) == by_id(messages)
    await group.close()


async def test_the_timeline_pages_back(
    desk: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    group = GroupCommit[Draft, Sent](database, write_messages)
    id_, customer = await a_conversation(database, shop_id=shop.id)
    for number in range(120):
        await group.submit(a_draft(id_, customer, str(number)))
    timeline = (await get(desk, f"/api/desk/conversations/{id_}"))["timeline"]
    bodies = [message["body"] for message in timeline["messages"]]
    while timeline["before"]:
        timeline = await get(
            desk, f"/api/desk/conversations/{id_}/messages", before=timeline["before"]
        )
        bodies = [message["body"] for message in timeline["messages"]] + bodies
    assert bodies == [str(number) for number in range(120)]
    await group.close()


async def test_start_and_side_panel(
    desk: aiohttp.ClientSession, conversations: list[str], shop: Shop
) -> None:
    start = await get(desk, "/api/desk/start")
    assert start["me"]["name"] == "Ada"
    assert [item["id"] for item in start["shops"]] == [str(shop.id)]
    side = await get(desk, f"/api/desk/conversations/{conversations[0]}/side")
    assert side["visitor_id"] is not None
    assert (side["cart"], side["orders"], side["earlier"]) == (None, [], [])


async def test_the_side_panel_names_who_ordered_until_they_name_themselves(
    desk: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    async with database.begin() as session:
        goods = await make_goods(session, shop)
    visitor_id = await ready_visitor(database, shop, goods)
    id_, _ = await a_conversation(database, shop_id=shop.id, visitor_id=visitor_id)

    async def person() -> tuple[str, str]:
        side = await get(desk, f"/api/desk/conversations/{id_}/side")
        return side["name"], side["email"]

    submitted = ("Anna Nowak", "anna@example.org")
    assert await person() == submitted, "what the checkout's steps were sent off with"
    await order_now(database, shop, visitor_id)
    assert await person() == submitted, "the order's, the cart is gone"
    async with database.begin() as session:
        await set_contact(
            session,
            conversation_id=id_,
            visitor_id=visitor_id,
            name="Ania",
            email="ania@example.org",
        )
    assert await person() == ("Ania", "ania@example.org")


async def test_saved_replies(desk: aiohttp.ClientSession, shop: Shop) -> None:
    form = {"shortcut": "hi", "title": "Greeting", "bodies": {"en": "Hello {{customer}}"}}
    path = f"/api/desk/saved-replies?shop_id={shop.id}"
    made = await (await desk.post(path, json=form)).json()
    answer = await desk.post(path, json=form)
    assert (await answer.json())["code"] == "shortcut_taken"
    form["title"] = "Greeting in the morning"
    answer = await desk.put(f"/api/desk/saved-replies/{made['id']}", json=form)
    assert (await answer.json())["title"] == "Greeting in the morning"
    assert [r["id"] for r in (await get(desk, "/api/desk/saved-replies"))["items"]] == [made["id"]]
    assert (await desk.delete(f"/api/desk/saved-replies/{made['id']}")).status == 204
    assert (await desk.delete(f"/api/desk/saved-replies/{made['id']}")).status == 404
    bad = {**form, "bodies": {"fr": "Bonjour"}}
    assert (await desk.post(path, json=bad)).status == 422


@pytest.mark.parametrize(
    "path",
    [
        "/api/desk/start",
        "/api/desk/conversations",
        "/api/desk/conversations/01a1ffe9-cc9f-77c3-97e5-64b7ea548b25",
        "/api/desk/conversations/01a1ffe9-cc9f-77c3-97e5-64b7ea548b25/side",
        "/api/desk/saved-replies",
        "/api/desk/product-search",
    ],
)
async def test_strangers_see_nothing(address: str, path: str) -> None:
    async with aiohttp.ClientSession(address) as stranger:
        answer = await stranger.get(path)
        assert answer.status == 401
        assert (await answer.json())["code"] == "unauthenticated"


async def test_what_is_not_there_is_not_found(desk: aiohttp.ClientSession) -> None:
    for id_ in ("nonsense", "01a1ffe9-cc9f-77c3-97e5-64b7ea548b25"):
        assert (await desk.get(f"/api/desk/conversations/{id_}")).status == 404
        assert (await desk.get(f"/api/desk/conversations/{id_}/side")).status == 404
    assert (await desk.get("/api/desk/conversations?cursor=xx")).status == 422
    assert (await desk.get("/api/desk/conversations?limit=9999")).status == 422
