"""Found over HTTP: messages, notes, files, orders, customers; by filters; page by page."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from stoa.commerce.orders.queries import order_by_id
from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.schemas import Sent
from stoa.contact.conversations.service import close_conversation, set_contact
from stoa.desk.search import queries
from stoa.desk.search.service import index_due
from stoa.platform.clock import now
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.checkout import order_now, ready_visitor
from tests.factories.commerce import make_goods
from tests.factories.contact import a_conversation, a_draft

Messages = GroupCommit[Draft, Sent]


@pytest.fixture
async def messages(database: Database) -> AsyncIterator[Messages]:
    group = Messages(database, write_messages)
    yield group
    await group.close()


async def indexed(database: Database) -> None:
    """Everything that is due is in the index; the node beside us may be at it as well."""
    async with asyncio.timeout(20):
        while True:
            async with database.begin() as session:
                await index_due(session)
                if not await session.fetch_value("SELECT EXISTS (SELECT FROM search_due)"):
                    return


async def find(desk: aiohttp.ClientSession, q: str, **query: str) -> dict[str, Any]:
    answer = await desk.get("/api/desk/search", params={"q": q, **query})
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [hit["conversation"]["id"] for hit in found["conversations"]]


async def talk(
    database: Database, messages: Messages, shop: Shop, *bodies: str
) -> tuple[UUID, Sender]:
    id_, customer = await a_conversation(database, shop_id=shop.id)
    for body in bodies:
        await messages.submit(a_draft(id_, customer, body))
    return id_, customer


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Wo ist mein Übertopf?", "uebertopf"),
        ("Gdzie jest moja żółta gęś?", "zolta ges"),
        ("Πού είναι ο ΦΟΎΡΝΟΣ μου;", "φούρνος"),
        ("Perché così tardi, Niccolò?", "perche cosi niccolo"),
        ("The kettles whistle", "kettle whis"),
        ("Straßenbahnschild", "STRASSENBAHN"),
    ],
)
async def test_what_was_written_is_found_as_it_is_typed(
    desk: aiohttp.ClientSession,
    database: Database,
    shop: Shop,
    messages: Messages,
    written: str,
    typed: str,
) -> None:
    id_, _ = await talk(database, messages, shop, written)
    await indexed(database)
    found = await find(desk, typed)
    assert ids(found) == [str(id_)]
    assert any(piece["is_hit"] for piece in found["conversations"][0]["snippet"])
    assert (await find(desk, f"{typed} absent"))["conversations"] == []


async def test_phrases_notes_and_heads(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, customer = await talk(database, messages, shop, "quince jam, please", "jam of quince")
    await messages.submit(a_draft(id_, agent, "customer is xenial", kind="note"))
    assert customer.visitor_id is not None
    async with database.begin() as session:
        await set_contact(
            session,
            conversation_id=id_,
            visitor_id=customer.visitor_id,
            name="Zsófia Nagy",
            email="zsofia@example.com",
        )
    await indexed(database)
    assert ids(await find(desk, '"quince jam"')) == [str(id_)]
    assert ids(await find(desk, '"jam quince"')) == []
    assert (await find(desk, "xenial"))["conversations"][0]["where"] == "note"
    for wish in ("zsofia nagy", "ZSOFIA@example.com", "zsof"):
        assert (await find(desk, wish))["conversations"][0]["where"] == "head"


async def test_files_are_found_by_their_names(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, messages: Messages
) -> None:
    id_, _ = await talk(database, messages, shop, "look at this")
    file = {"id": str(new_id()), "file_name": "Rechnung-Nr_4711.pdf", "media_type": "text/plain",
            "size_bytes": 1, "width": None, "height": None, "has_preview": False}  # fmt: skip
    async with database.begin() as session:
        await session.execute(
            "UPDATE message SET attachments = $2 WHERE conversation_id = $1", id_, [file]
        )
    await indexed(database)
    [hit] = (await find(desk, "rechnung 4711"))["conversations"]
    assert (hit["where"], hit["conversation"]["id"]) == ("file", str(id_))


async def test_orders_and_customers_are_found_beside_conversations(
    desk: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    async with database.begin() as session:
        goods = await make_goods(session, shop)
        customer_id = new_id()
        await session.execute(
            "INSERT INTO customer (id, name, email, created_at, updated_at)"
            " VALUES ($1, 'Świętosława Œuvre', 'swieta@example.com', $2, $2)",
            customer_id,
            now(),
        )
        await session.execute(
            "INSERT INTO contact_point (id, customer_id, kind, value, key, state, source,"
            " created_at) VALUES ($1, $2, 'phone', '+48 601 234 567', '+48601234567', 'claimed',"
            " 'desk', $3)",
            new_id(),
            customer_id,
            now(),
        )
    placed = await order_now(database, shop, await ready_visitor(database, shop, goods))
    async with database.read() as session:
        order = await order_by_id(session, order_id=placed.order_id)
    await indexed(database)
    for wish in (order.number, order.email):
        assert [hit["id"] for hit in (await find(desk, wish))["orders"]] == [str(order.id)]
    numbers = ("+48 601 234 567", "48601234567", "0048601234567", "601-234-567", "1234567")
    for wish in ("swietoslawa", *numbers, "SWIETA@EXAMPLE.COM"):
        customers = (await find(desk, wish))["customers"]
        assert [hit["id"] for hit in customers] == [str(customer_id)], wish
    async with database.begin() as session:
        await session.execute(
            "UPDATE customer SET name = '', email = NULL WHERE id = $1", customer_id
        )
        await session.execute("DELETE FROM contact_point WHERE customer_id = $1", customer_id)
    await indexed(database)
    assert (await find(desk, "swietoslawa"))["customers"] == [], "erased"


async def test_a_customer_is_found_by_notes_and_no_more_once_merged_or_erased(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, agent: Sender
) -> None:
    stays, goes = new_id(), new_id()
    async with database.begin() as session:
        for id_ in (stays, goes):
            await session.execute(
                "INSERT INTO customer (id, name, created_at, updated_at)"
                " VALUES ($1, 'Bogumila Kwartet', $2, $2)",
                id_,
                now(),
            )
        await session.execute(
            "INSERT INTO customer_note (id, customer_id, staff_id, body, created_at)"
            " VALUES ($1, $2, $3, 'plays the theremin', $4)",
            new_id(),
            stays,
            agent.staff_id,
            now(),
        )
        goods = await make_goods(session, shop)
    placed = await order_now(database, shop, await ready_visitor(database, shop, goods))
    await indexed(database)
    [hit] = (await find(desk, "theremin"))["customers"]
    assert (hit["id"], hit["note"][-1]) == (str(stays), {"text": "theremin", "is_hit": True})
    assert len((await find(desk, "kwartet"))["customers"]) == 2
    async with database.begin() as session:
        await session.execute("UPDATE customer SET merged_into = $1 WHERE id = $2", stays, goes)
        order = await order_by_id(session, order_id=placed.order_id)
        await session.execute(
            "UPDATE \"order\" SET restricted_until = '2036-01-01' WHERE id = $1", order.id
        )
    await indexed(database)
    assert [hit["id"] for hit in (await find(desk, "kwartet"))["customers"]] == [str(stays)]
    assert str(order.id) not in {hit["id"] for hit in (await find(desk, order.email))["orders"]}
    [hit] = (await find(desk, order.number))["orders"]
    assert (hit["name"], hit["email"]) == ([], []), "what the law keeps is not shown around"
    async with database.begin() as session:
        await session.execute("UPDATE customer SET erased_at = now() WHERE id = $1", stays)
    await indexed(database)
    assert (await find(desk, "kwartet"))["customers"] == []


# Among the newest; by the index of words; and by time, what many have but none of the newest.
@pytest.mark.parametrize(("newest", "few"), [(queries.NEWEST, queries.FEW), (2, 50), (2, 3)])
async def test_each_conversation_comes_once_page_by_page_also_for_common_words(
    desk: aiohttp.ClientSession,
    database: Database,
    shop: Shop,
    messages: Messages,
    monkeypatch: pytest.MonkeyPatch,
    newest: int,
    few: int,
) -> None:
    word = f"zebra{newest}x{few}"
    wanted = []
    for number in range(7):
        id_, _ = await talk(database, messages, shop, f"{word} {number}", f"again a {word}")
        wanted.append(str(id_))
    await indexed(database)
    monkeypatch.setattr(queries, "NEWEST", newest)
    monkeypatch.setattr(queries, "FEW", few)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await find(desk, word, limit="3", **cursor)
        seen += ids(page)
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == wanted[::-1], "newest first, each at its newest place"


async def test_filters_narrow_what_is_found(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    first, _ = await talk(database, messages, shop, "walrus one")
    second, _ = await talk(database, messages, shop, "walrus two")
    await messages.submit(a_draft(second, agent, "what about it"))
    async with database.begin() as session:
        await close_conversation(session, conversation_id=first, by=agent)
    await indexed(database)
    assert ids(await find(desk, "walrus", state="closed")) == [str(first)]
    assert ids(await find(desk, "walrus", state="open")) == [str(second)]
    assert ids(await find(desk, "walrus", assignee="me")) == [str(second)]
    assert ids(await find(desk, "walrus", channel="email")) == []
    assert ids(await find(desk, "walrus", locale="en", shop_id=str(shop.id))) == [
        str(second),
        str(first),
    ]
    assert ids(await find(desk, "walrus", until="2020-01-01")) == []
    assert len(ids(await find(desk, "walrus", since="2020-01-01"))) == 2


async def test_what_is_gone_is_not_found(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, messages: Messages
) -> None:
    id_, _ = await talk(database, messages, shop, "ocelot one", "ocelot two")
    await indexed(database)
    async with database.begin() as session:
        await session.execute(
            "UPDATE message SET body = '' WHERE conversation_id = $1 AND body = 'ocelot two'", id_
        )
    await indexed(database)
    [hit] = (await find(desk, "ocelot"))["conversations"]
    assert "".join(piece["text"] for piece in hit["snippet"]) == "ocelot one"
    async with database.begin() as session:
        await session.execute("DELETE FROM message WHERE conversation_id = $1", id_)
    await indexed(database)
    assert (await find(desk, "ocelot"))["conversations"] == []


async def test_nothing_is_asked_for_nothing(desk: aiohttp.ClientSession) -> None:
    nothing: dict[str, Any] = {"conversations": [], "next": None, "orders": [], "customers": []}
    assert await find(desk, "") == nothing
    assert await find(desk, "?!") == nothing
    answer = await desk.get("/api/desk/search", params={"q": "x", "cursor": "rubbish"})
    assert answer.status == 422
