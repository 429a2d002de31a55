"""Two nodes, real desks on live connections: what waits comes to somebody by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Draft
from stoa.contact.conversations.schemas import Sent
from stoa.contact.routing import presence
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.people import a_staff_token, a_visitor
from tests.factories.routing import a_speaker, a_team, somebody_waits
from tests.servers.asgi import serving
from tests.servers.people import Person, Refused, on_the_line

Messages = GroupCommit[Draft, Sent]


def a_node(url: str, folder: Path) -> Any:
    return create_app(
        Settings(
            data_dir=folder,
            database_url=url,
            database_pool_size=4,
            demo=False,
            bus="postgres",
        )
    )


@asynccontextmanager
async def at_the_desk(
    address: str, database: Database, staff_id: UUID, *, listens: bool = True
) -> AsyncIterator[Person]:
    token = await a_staff_token(database, staff_id=staff_id)
    async with on_the_line(address, surface="desk", cookies={"stoa_staff": token}) as person:
        if listens:
            await person.subscribe("desk")
        yield person


async def hear_row(person: Person, conversation_id: UUID, *, assignee: UUID | None) -> None:
    """The desk's list shows the conversation as that person's."""
    while True:
        frame = await person.hear("conversation.listed")
        row = frame["data"]["conversation"]
        wanted = str(assignee) if assignee else None
        if (row["id"], row["assignee_id"]) == (str(conversation_id), wanted):
            return


async def assignee_of(database: Database, conversation_id: UUID) -> UUID | None:
    async with database.read() as session:
        found: UUID | None = await session.fetch_value(
            "SELECT assignee_id FROM conversation WHERE id = $1", conversation_id
        )
    return found


async def test_a_message_on_one_node_comes_to_the_agent_on_the_other(
    database: Database, database_url: str, shop: Shop, tmp_path: Path
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    ola = await a_speaker(database, "Ola", "pl")
    await a_team(database, ada, ola)
    async with (
        serving(a_node(database_url, tmp_path)) as here,
        serving(a_node(database_url, tmp_path)) as there,
        at_the_desk(here, database, ada) as english,
        at_the_desk(there, database, ola) as polish,
    ):
        _, token = await a_visitor(database, locale="pl")
        async with on_the_line(here, surface="counter", token=token) as customer:
            started = await customer.ask(
                "conversation.start",
                shop_id=str(shop.id),
                client_id=f"client-{new_id()}",
                locale="pl",
                body="Dzień dobry",
            )
            conversation_id = UUID(started["conversation"]["conversation"]["id"])
            await hear_row(polish, conversation_id, assignee=ola)
            await hear_row(english, conversation_id, assignee=ola)


async def test_whoever_comes_is_given_what_waits_and_loses_it_by_going_away(
    database: Database, database_url: str, messages: Messages, shop: Shop, tmp_path: Path
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    await a_team(database, ada, bob)
    async with database.begin() as session:
        await session.execute("UPDATE queue SET return_seconds = 1")
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    async with (
        serving(a_node(database_url, tmp_path)) as here,
        serving(a_node(database_url, tmp_path)) as there,
        at_the_desk(here, database, ada) as first,
    ):
        await hear_row(first, waiting, assignee=ada)
        async with at_the_desk(there, database, bob) as second:
            await first.ask("presence.set", status="away")
            await hear_row(second, waiting, assignee=bob)
            # Back again, Ada does not take it from Bob.
            await second.subscribe("presence")
            await first.ask("presence.set", status="available")
            everybody: list[Any] = []
            while {(one["name"], one["status"]) for one in everybody} != {
                ("Ada", "available"),
                ("Bob", "available"),
            }:
                everybody = (await second.hear("presence"))["data"]["staff"]
            other, _ = await somebody_waits(database, messages, shop_id=shop.id)
            await hear_row(first, other, assignee=ada)
    assert await assignee_of(database, waiting) == bob


async def test_whoever_shuts_the_desk_loses_what_waits_to_a_colleague_elsewhere(
    database: Database,
    database_url: str,
    messages: Messages,
    shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presence, "GRACE_SECONDS", 0.5)
    monkeypatch.setattr(presence, "LOOK_EVERY_SECONDS", 0.2)
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    await a_team(database, ada, bob)
    async with database.begin() as session:
        await session.execute("UPDATE queue SET return_seconds = 1")
    async with (
        serving(a_node(database_url, tmp_path)) as here,
        serving(a_node(database_url, tmp_path)) as there,
    ):
        async with at_the_desk(here, database, ada) as first:
            waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
            await hear_row(first, waiting, assignee=ada)
        async with at_the_desk(there, database, bob) as second:
            await hear_row(second, waiting, assignee=bob)


async def test_an_agent_passes_on_with_a_note_and_a_customer_may_not(
    database: Database, database_url: str, messages: Messages, shop: Shop, tmp_path: Path
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    _, queue = await a_team(database, bob, takes_counter=False)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    form = {
        "conversation_id": str(waiting),
        "queue_id": str(queue),
        "client_id": f"client-{new_id()}",
        "note": "She has asked twice",
    }
    _, token = await a_visitor(database)
    async with (
        serving(a_node(database_url, tmp_path)) as here,
        on_the_line(here, surface="counter", token=token) as customer,
        at_the_desk(here, database, ada) as first,
        at_the_desk(here, database, bob) as second,
    ):
        with pytest.raises(Refused, match="forbidden"):
            await customer.ask("conversation.queue", **form)
        with pytest.raises(Refused, match="not_found"):
            await first.ask("conversation.queue", **{**form, "queue_id": str(new_id())})
        assert await assignee_of(database, waiting) is None
        await first.ask("conversation.queue", **form)
        await hear_row(second, waiting, assignee=bob)
        async with database.read() as session:
            notes = await session.fetch("SELECT body FROM message WHERE kind = 'note'")
        assert [row["body"] for row in notes] == ["She has asked twice"]


async def test_two_nodes_give_many_out_once_each(
    database: Database, database_url: str, messages: Messages, shop: Shop, tmp_path: Path
) -> None:
    people = [await a_speaker(database, f"P{n}", "en", capacity=4) for n in range(2)]
    async with (
        serving(a_node(database_url, tmp_path)) as here,
        serving(a_node(database_url, tmp_path)) as there,
        at_the_desk(here, database, people[0], listens=False),
        at_the_desk(there, database, people[1], listens=False),
    ):
        for _ in range(10):
            await somebody_waits(database, messages, shop_id=shop.id)
        await a_team(database, *people, rule="round_robin")
        counted: list[Any] = []
        async with asyncio.timeout(30):
            while len(counted) < 2 or sum(row["count"] for row in counted) < 8:
                async with database.read() as session:
                    counted = await session.fetch(
                        "SELECT assignee_id, count(*) AS count FROM conversation"
                        " WHERE assignee_id IS NOT NULL GROUP BY assignee_id"
                    )
                await asyncio.sleep(0.05)
        assert [row["count"] for row in counted] == [4, 4]
        async with database.read() as session:
            told = await session.fetch_value(
                "SELECT count(*) FROM message WHERE card ->> 'fact' = 'routed'"
            )
        assert told == 8
