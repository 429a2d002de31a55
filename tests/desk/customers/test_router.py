"""The customer's page: found, read over all channels, changed, merged and parted."""

from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Sender
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import claim_point, customer_of_point
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.desk.customers import somebody as person
from tests.desk.customers.somebody import Somebody, make_somebody
from tests.factories.contact import a_conversation, a_draft
from tests.factories.shops import with_reactions


@pytest.fixture(scope="module")
async def somebody(
    database: Database, shop: Shop, agent: Sender, tmp_path_factory: pytest.TempPathFactory
) -> Somebody:
    folder: Path = tmp_path_factory.mktemp("blobs")
    return await make_somebody(database, shop, agent, blobs_dir=folder)


async def read(desk: aiohttp.ClientSession, path: str, **query: str | int) -> Any:
    answer = await desk.get(path, params=query)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def a_customer(database: Database, *, name: str, email: str | None = None) -> UUID:
    point = Point(PointKind.EMAIL, email or f"{new_id().hex}@example.org")
    async with with_reactions(database).begin() as session:
        found = await customer_of_point(
            session, point=point, is_verified=True, name=name, locale="pl", source="email"
        )
    return found.id


@pytest.mark.parametrize(
    "text", ["niebywala", "Zdzisława", "zdzislawa.nieb", "22 765-43", "T-0", person.OTHER_EMAIL]
)
async def test_finds_a_customer(desk: aiohttp.ClientSession, somebody: Somebody, text: str) -> None:
    found = await read(desk, "/api/desk/customers", q=text)
    assert str(somebody.customer_id) in [row["id"] for row in found["items"]]
    assert str(somebody.merged_id) not in [row["id"] for row in found["items"]]


async def test_pages_through_the_list(
    desk: aiohttp.ClientSession, database: Database, somebody: Somebody
) -> None:
    ids = {str(await a_customer(database, name=f"Page {n}")) for n in range(5)}
    seen, cursor = [], ""
    while cursor is not None:
        page = await read(desk, "/api/desk/customers", limit=2, cursor=cursor)
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen))
    assert ids | {str(somebody.customer_id)} <= set(seen)
    assert (await read(desk, "/api/desk/customers", q="50%_off"))["items"] == []


async def test_shows_a_customer(desk: aiohttp.ClientSession, somebody: Somebody) -> None:
    page = await read(desk, f"/api/desk/customers/{somebody.merged_id}")
    assert page["id"] == str(somebody.customer_id)
    assert page["name"] == person.NAME
    assert {(p["kind"], p["state"]) for p in page["points"]} == {
        ("email", "claimed"),
        ("email", "verified"),
        ("phone", "claimed"),
        ("postal", "claimed"),
    }
    assert [(c["purpose"], c["state"], c["is_standing"]) for c in page["consents"]] == [
        ("marketing", "given", True)
    ]
    assert [note["body"] for note in page["notes"]] == [person.SECRET]
    assert (page["orders"], page["conversations"], len(page["merges"])) == (1, 1, 1)
    assert page["newest_conversation_id"] == str(somebody.conversation_id)


async def test_one_timeline_over_everything(
    desk: aiohttp.ClientSession, somebody: Somebody
) -> None:
    path = f"/api/desk/customers/{somebody.customer_id}/timeline"
    whole = (await read(desk, path, limit=100))["items"]
    assert {item["kind"] for item in whole} == {
        "message",
        "note",
        "call",
        "visit",
        "order",
        "order_entry",
        "customer_note",
    }
    times = [item["at"] for item in whole]
    assert times == sorted(times, reverse=True)
    seen, cursor = [], ""
    while cursor is not None:
        page = await read(desk, path, limit=2, cursor=cursor)
        seen += page["items"]
        cursor = page["next"]
    assert seen == whole
    for show, kinds in (
        ("messages", {"message"}),
        ("orders", {"order", "order_entry"}),
        ("notes", {"note", "customer_note"}),
        ("calls", {"call"}),
        ("visits", {"visit"}),
    ):
        items = (await read(desk, path, show=show, limit=100))["items"]
        assert {item["kind"] for item in items} == kinds
    entries = [item["data"]["entry"] for item in whole if item["kind"] == "order_entry"]
    assert entries == ["shipped", "paid"]


async def test_changes_what_is_known(desk: aiohttp.ClientSession, database: Database) -> None:
    path = f"/api/desk/customers/{await a_customer(database, name='Anna')}"
    form = {"name": "Ania", "locale": "el", "preferred_channel": "sms"}
    page = await (await desk.put(path, json=form)).json()
    assert {name: page[name] for name in form} == form
    page = await (await desk.post(f"{path}/notes", json={"body": " Likes blue "})).json()
    assert [(note["body"], note["staff_name"]) for note in page["notes"]] == [("Likes blue", "Ada")]
    answer = await desk.post(f"{path}/points", json={"kind": "phone", "value": "+48 22 111 22 33"})
    page = await answer.json()
    [phone] = [point for point in page["points"] if point["kind"] == "phone"]
    assert (phone["state"], phone["source"]) == ("claimed", "desk")
    said = {"point_id": phone["id"], "purpose": "urgent", "state": "given", "how": "spoken"}
    page = await (await desk.post(f"{path}/consents", json=said | {"note": "on the phone"})).json()
    [consent] = page["consents"]
    assert (consent["recorded_by"], consent["channel"], consent["locale"]) == ("Ada", "desk", "el")
    assert consent["proof"] == {"note": "on the phone"}
    assert "επείγει" in consent["wording"]
    page = await (await desk.post(f"{path}/consents", json=said | {"state": "withdrawn"})).json()
    assert [(c["state"], c["is_standing"]) for c in page["consents"]] == [
        ("withdrawn", True),
        ("given", False),
    ]
    page = await (await desk.delete(f"{path}/points/{phone['id']}")).json()
    assert [point["kind"] for point in page["points"]] == ["email"]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("", {"name": "x", "locale": "fr", "preferred_channel": None}),
        ("notes", {"body": "  "}),
        ("points", {"kind": "pigeon", "value": "Hermes"}),
        ("points", {"kind": "email", "value": " "}),
        ("consents", {"point_id": str(UUID(int=0)), "purpose": "recording", "state": "given"}),
        ("merge", {"from_id": "nobody"}),
    ],
)
async def test_refuses_what_makes_no_sense(
    desk: aiohttp.ClientSession, database: Database, path: str, form: dict[str, Any]
) -> None:
    where = f"/api/desk/customers/{await a_customer(database, name='Anna')}"
    before = await read(desk, where)
    send = desk.put if path == "" else desk.post
    answer = await send(f"{where}/{path}".rstrip("/"), json=form)
    assert answer.status == 422
    assert await read(desk, where) == before


async def test_merges_and_parts_what_was_proposed(
    desk: aiohttp.ClientSession, database: Database
) -> None:
    shared = f"{new_id().hex}@example.org"
    owner = await a_customer(database, name="Jan Kowalski", email=shared)
    other = await a_customer(database, name="J. Kowalski")
    async with with_reactions(database).begin() as session:
        await claim_point(
            session, customer_id=other, point=Point(PointKind.EMAIL, shared), source="chat"
        )
    path = f"/api/desk/customers/{owner}"
    [proposal] = (await read(desk, path))["proposals"]
    assert [item["kind"] for item in proposal["evidence"]] == ["same_point"]
    assert proposal["id"] in [
        item["id"] for item in (await read(desk, "/api/desk/customer-proposals"))["items"]
    ]
    preview = await read(desk, f"{path}/merge", from_id=str(other))
    assert (preview["first"]["id"], preview["points"], preview["joined"]) == (
        str(other),
        2,
        [shared],
    )
    page = await (await desk.post(f"{path}/merge", json={"from_id": str(other)})).json()
    assert (len(page["points"]), page["proposals"]) == (2, [])
    [merge] = page["merges"]
    assert (merge["name"], merge["staff_name"]) == ("J. Kowalski", "Ada")
    answer = await desk.post(f"{path}/merge", json={"from_id": str(other)})
    assert (answer.status, (await answer.json())["code"]) == (409, "customer_already_merged")
    undoing = f"/api/desk/customer-merges/{merge['id']}"
    assert (await read(desk, undoing))["points"] == 2
    page = await (await desk.delete(undoing)).json()
    assert (len(page["points"]), page["merges"], len(page["proposals"])) == (1, [], 1)
    assert (await desk.delete(undoing)).status == 409
    assert (await desk.get(undoing)).status == 409
    answer = await desk.post(f"/api/desk/customer-proposals/{proposal['id']}/dismiss")
    assert answer.status == 204
    assert (await read(desk, path))["proposals"] == []


async def test_is_for_staff_only(address: str, somebody: Somebody) -> None:
    async with aiohttp.ClientSession(address, headers={"X-Stoa-Request": "1"}) as stranger:
        for path in ("", f"/{somebody.customer_id}", f"/{somebody.customer_id}/timeline"):
            assert (await stranger.get(f"/api/desk/customers{path}")).status == 401


async def test_the_side_of_a_conversation_shows_what_is_known_of_the_person(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, somebody: Somebody
) -> None:
    """Also of a conversation by a channel, which no browser belongs to."""
    path = f"/api/desk/conversations/{somebody.conversation_id}/side"
    side = await read(desk, path)
    assert side["customer_id"] == str(somebody.customer_id)
    assert [note["body"] for note in side["notes"]] == [person.SECRET]
    assert (side["email"], side["is_email_proven"]) == (person.EMAIL, False)
    mail_id = new_id()
    async with database.begin() as session:
        await session.execute(
            "INSERT INTO conversation (id, shop_id, customer_id, channel, state, locale,"
            " contact_email, last_message_at, created_at)"
            " VALUES ($1, $2, $3, 'email', 'open', 'pl', $4, now(), now())",
            mail_id,
            shop.id,
            somebody.customer_id,
            person.OTHER_EMAIL.upper(),
        )
    side = await read(desk, f"/api/desk/conversations/{mail_id}/side")
    assert [order["number"] for order in side["orders"]] == [somebody.order_number]
    assert side["is_email_proven"] is True


async def test_whoever_left_no_address_has_a_page_once_an_agent_wants_one(
    desk: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    conversation_id, customer = await a_conversation(database, shop_id=shop.id)
    async with database.begin() as session:
        await write_messages(session, [a_draft(conversation_id, customer, "I am Jan")])
    path = f"/api/desk/conversations/{conversation_id}/customer"
    answer = await desk.post(path, json={"name": "Jan Kowalski"})
    assert answer.status == 201, await answer.text()
    made = await answer.json()
    assert (made["name"], made["points"]) == ("Jan Kowalski", [])
    timeline = await read(desk, f"/api/desk/customers/{made['id']}/timeline")
    assert "I am Jan" in str(timeline["items"])
    row = (await read(desk, f"/api/desk/conversations/{conversation_id}"))["conversation"]
    assert (row["customer_id"], row["contact_name"]) == (made["id"], "Jan Kowalski")

    again = await (await desk.post(path, json={"name": "Somebody else"})).json()
    assert (again["id"], again["name"]) == (made["id"], "Jan Kowalski"), "a double click"
    unknown = await desk.post(f"/api/desk/conversations/{new_id()}/customer", json={})
    assert unknown.status == 404


async def test_an_agent_writes_first(
    desk: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    customer_id = await a_customer(database, name="Ola Pierwsza", email="ola@first.example")
    page = await read(desk, f"/api/desk/customers/{customer_id}")
    path = f"/api/desk/customers/{customer_id}/conversations"
    form = {
        "shop_id": str(shop.id),
        "point_id": page["points"][0]["id"],
        "subject": "Your vase is here",
    }
    async with database.begin() as session:
        await session.execute("UPDATE inbox SET is_on = false")
    refused = await desk.post(path, json=form)
    assert (refused.status, (await refused.json())["code"]) == (422, "no_inbox_for_point")
    assert (await read(desk, f"/api/desk/customers/{customer_id}"))[
        "newest_conversation_id"
    ] is None

    inbox_id = new_id()
    async with database.begin() as session:
        await session.execute(
            "INSERT INTO inbox (id, shop_id, channel, name, address, settings, created_at,"
            " updated_at) VALUES ($1, $2, 'email', 'Post', 'p@shop.example', '{}', now(), now())",
            inbox_id,
            shop.id,
        )
    begun = await (await desk.post(path, json=form)).json()
    again = await (await desk.post(path, json=form)).json()
    assert begun == again, "a double click"
    row = (await read(desk, f"/api/desk/conversations/{begun['conversation_id']}"))["conversation"]
    assert (row["subject"], row["customer_id"]) == ("Your vase is here", str(customer_id))
    ways = (await read(desk, f"/api/desk/conversations/{row['id']}/ways"))["ways"]
    assert [(way["inbox_id"], way["to"]) for way in ways] == [(str(inbox_id), "ola@first.example")]

    answer = await desk.post(path, json=form | {"point_id": str(new_id())})
    assert answer.status == 404
