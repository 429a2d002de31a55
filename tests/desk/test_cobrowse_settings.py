"""What agents may see of a shop's pages, as administrators rule it."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.cobrowse.queries import masking_rules
from stoa.platform.database.session import Database
from tests.factories.people import an_agent
from tests.servers.whole import at_the_desk

RULES: dict[str, Any] = {
    "mask_text": False,
    "show": ["h1"],
    "mask": [".customer-name"],
    "block": [],
    "pages": [
        {
            "path": "/account/*",
            "pause": False,
            "mask_text": True,
            "show": [],
            "mask": [],
            "block": ["#bills"],
        }
    ],
}


@pytest.fixture
async def administrator(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    person = await an_agent(database, name="Adele", role="administrator")
    async with at_the_desk(address, database, person) as session:
        yield session


async def test_what_is_set_is_read_and_kept_by_pages(
    administrator: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    path = f"/api/desk/shops/{shop.id}/cobrowse"
    assert (await (await administrator.get(path)).json())["pages"] == []
    assert await (await administrator.put(path, json=RULES)).json() == RULES
    assert await (await administrator.get(path)).json() == RULES
    async with database.read() as session:
        kept = await masking_rules(session, shop_id=shop.id)
    assert kept.model_dump(mode="json") == RULES


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("block", [""]),
        ("block", ["a{color:red}"]),
        ("show", ["x" * 301]),
        ("pages", [{"path": "account"}]),
        ("reveal", ["#password"]),
    ],
)
async def test_refuses_what_is_no_rule_and_changes_nothing(
    administrator: aiohttp.ClientSession, shop: Shop, field: str, value: object
) -> None:
    path = f"/api/desk/shops/{shop.id}/cobrowse"
    before = await (await administrator.get(path)).json()
    answer = await administrator.put(path, json=RULES | {field: value})
    assert answer.status == 422
    assert await (await administrator.get(path)).json() == before


async def test_only_administrators_rule(address: str, database: Database, shop: Shop) -> None:
    person = await an_agent(database, name="Adele", role="supervisor")
    async with at_the_desk(address, database, person) as supervisor:
        answer = await supervisor.put(f"/api/desk/shops/{shop.id}/cobrowse", json=RULES)
    assert answer.status == 403


async def test_rules_that_cannot_be_read_let_no_text_through(
    database: Database, shop: Shop
) -> None:
    async with database.begin() as session:
        await session.execute(
            "UPDATE shop SET settings = settings || $2 WHERE id = $1",
            shop.id,
            {"cobrowse": {"block": "everything"}},
        )
    async with database.read() as session:
        assert (await masking_rules(session, shop_id=shop.id)).mask_text
