"""What administrators decide about a shop's calls, and that it holds."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.calls.queries import settings_of
from stoa.platform.database.session import Database
from tests.factories.people import an_agent
from tests.servers.whole import at_the_desk


@pytest.fixture
async def administrator(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    person = await an_agent(database, name="Adele", role="administrator")
    async with at_the_desk(address, database, person) as session:
        yield session


async def put(client: aiohttp.ClientSession, shop: Shop, calls: Any) -> aiohttp.ClientResponse:
    return await client.put(f"/api/desk/shops/{shop.id}/calls", json={"calls": calls})


async def test_what_is_set_is_read_and_followed(
    administrator: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    path = f"/api/desk/shops/{shop.id}/calls"
    before = (await (await administrator.get(path)).json())["calls"]
    assert (before["is_on"], before["recording"]) == (True, "never")
    wanted = before | {
        "recording": "announce",
        "retention_days": 30,
        "skills_by_page": [{"path": "/en/wine", "skill": "Wine"}],
    }
    changed = (await (await put(administrator, shop, wanted)).json())["calls"]
    assert changed == wanted | {"skills_by_page": [{"path": "/en/wine", "skill": "wine"}]}
    assert (await (await administrator.get(path)).json())["calls"] == changed
    async with database.read() as session:
        followed = await settings_of(session, shop_id=shop.id)
    assert followed.skill_for("/en/wine/barolo") == "wine"
    assert followed.retention_days == 30


@pytest.mark.parametrize(
    ("field", "value"),
    [("ring_seconds", 1), ("recording", "always"), ("skills_by_page", [{"path": "wine"}])],
)
async def test_refuses_what_makes_no_sense_and_changes_nothing(
    administrator: aiohttp.ClientSession, shop: Shop, field: str, value: object
) -> None:
    path = f"/api/desk/shops/{shop.id}/calls"
    before = await (await administrator.get(path)).json()
    answer = await put(administrator, shop, before["calls"] | {field: value})
    assert answer.status == 422
    assert await (await administrator.get(path)).json() == before
