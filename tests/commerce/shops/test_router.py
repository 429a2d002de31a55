"""The shop's settings at the desk: who may, what is taken, what is refused."""

from collections.abc import AsyncIterator
from uuid import UUID

import aiohttp
import pytest

from stoa.people.identity.models import Role
from stoa.platform.database.session import Database
from tests.factories.commerce import make_shop
from tests.factories.people import an_agent
from tests.servers.whole import at_the_desk

IBAN = "PL61109010140000071219812874"


@pytest.fixture
async def administrator(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    sender = await an_agent(database, role=Role.ADMINISTRATOR)
    async with at_the_desk(address, database, sender) as session:
        yield session


async def a_shop(database: Database) -> UUID:
    async with database.begin() as session:
        return (await make_shop(session)).id


async def test_is_for_administrators_only(agent: aiohttp.ClientSession, database: Database) -> None:
    path = f"/api/desk/shops/{await a_shop(database)}"
    assert (await agent.get(path)).status == 403
    assert (await agent.patch(path, json={"name": "Taken"})).status == 403


async def test_changes_what_is_named_and_nothing_else(
    administrator: aiohttp.ClientSession, database: Database
) -> None:
    path = f"/api/desk/shops/{await a_shop(database)}"
    before = await (await administrator.get(path)).json()
    account = {"holder": "Stoa", "iban": "PL61 1090 1014 0000 0712 1981 2874"}
    change = {
        "name": "Agora",
        "bank_account": account,
        "transfer_days": 10,
        "invitations": {
            "is_on": False,
            "score_from": 80,
            "cap_per_visitor": 2,
            "text": {"pl": "W czym możemy pomóc?"},
        },
    }
    changed = await (await administrator.patch(path, json=change)).json()
    expected_account = {"holder": "Stoa", "iban": IBAN, "bic": ""}
    assert changed == before | change | {"bank_account": expected_account}
    assert await (await administrator.get(path)).json() == changed
    again = await (await administrator.patch(path, json={"bank_account": None})).json()
    assert again == changed | {"bank_account": None}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bank_account": {"holder": "X", "iban": "PL00109010140000071219812874"}}, "iban"),
        ({"bank_account": {"holder": "X", "iban": IBAN, "bic": "NOT"}}, "bic"),
        ({"embed_origins": ["https://shop.example/path"]}, "embed_origins"),
        ({"name": " "}, "name"),
        ({"invitations": {"score_from": 101}}, "invitations"),
        ({"invitations": {"text": {"fr": "Bonjour"}}}, "invitations"),
        ({"company": {"email": "nobody"}}, "company"),
    ],
)
async def test_refuses_what_does_not_fit(
    administrator: aiohttp.ClientSession,
    database: Database,
    change: dict[str, object],
    field: str,
) -> None:
    path = f"/api/desk/shops/{await a_shop(database)}"
    before = await (await administrator.get(path)).json()
    answer = await administrator.patch(path, json=change)
    assert answer.status == 422
    assert field in (await answer.json())["errors"][0]["field"]
    assert await (await administrator.get(path)).json() == before
