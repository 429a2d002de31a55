"""Whatever somebody writes, what others write is found, and the node goes on."""

import asyncio
from collections.abc import AsyncIterator
from itertools import product
from string import ascii_lowercase
from typing import Any

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft
from stoa.contact.conversations.schemas import Sent
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.contact import a_conversation, a_draft

Messages = GroupCommit[Draft, Sent]
# One letter that is eighteen once it is folded: this many different words are no tsvector.
SWELLING = " ".join(f"{''.join(word)}{'ﷺ' * 3}" for word in product(ascii_lowercase, repeat=3))
LONGEST = SWELLING[:100_000]


@pytest.fixture
async def messages(database: Database) -> AsyncIterator[Messages]:
    group = Messages(database, write_messages)
    yield group
    await group.close()


async def found(desk: aiohttp.ClientSession, q: str) -> list[dict[str, Any]]:
    """Waits until the node has it in the index."""
    async with asyncio.timeout(20):
        while True:
            answer = await desk.get("/api/desk/search", params={"q": q})
            hits: list[dict[str, Any]] = (await answer.json())["conversations"]
            if hits:
                return hits
            await asyncio.sleep(0.1)


async def test_a_text_that_swells_is_found_by_its_beginning(
    desk: aiohttp.ClientSession, database: Database, messages: Messages, shop: Shop
) -> None:
    id_, customer = await a_conversation(database, shop_id=shop.id)
    await messages.submit(a_draft(id_, customer, f"Kangurzyca {LONGEST}"))

    [hit] = await found(desk, "kangurzyca")

    assert hit["conversation"]["id"] == str(id_)


async def test_what_cannot_be_indexed_is_left_out_and_the_next_is_found(
    desk: aiohttp.ClientSession, database: Database, messages: Messages, shop: Shop
) -> None:
    id_, customer = await a_conversation(database, shop_id=shop.id)
    async with database.begin() as session:
        # No reader knows such a kind, as if a defect of ours met what somebody wrote.
        await session.execute(
            "INSERT INTO search_due (kind, id) VALUES ('unreadable', $1)", new_id()
        )
    await messages.submit(a_draft(id_, customer, "Dziobak"))

    [hit] = await found(desk, "dziobak")

    assert hit["conversation"]["id"] == str(id_)
    async with database.read() as session:
        assert not await session.fetch_value(
            "SELECT EXISTS (SELECT FROM search_due WHERE kind = 'unreadable')"
        )
