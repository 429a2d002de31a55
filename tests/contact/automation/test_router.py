"""`/api/desk/rules` and `/api/desk/webhooks`: who may, and what is refused."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from tests.factories.automation import a_definition
from tests.factories.people import an_agent
from tests.servers.whole import at_the_desk

RULES = "/api/desk/rules"
WEBHOOKS = "/api/desk/webhooks"


@pytest.fixture
async def agent(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    person = await an_agent(database, name="agent", role="agent")
    async with at_the_desk(address, database, person) as session:
        yield session


@pytest.fixture
async def supervisor(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    person = await an_agent(database, name="supervisor", role="supervisor")
    async with at_the_desk(address, database, person) as session:
        yield session


@pytest.fixture
async def administrator(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    person = await an_agent(database, name="administrator", role="administrator")
    async with at_the_desk(address, database, person) as session:
        yield session


def a_form(name: str = "Parcels", **changes: Any) -> dict[str, Any]:
    return {"name": name, "definition": a_definition().model_dump(mode="json") | changes}


async def test_a_rule_lives(supervisor: aiohttp.ClientSession, shop: Shop) -> None:
    of_shop = {"shop_id": str(shop.id)}
    answer = await supervisor.post(RULES, params=of_shop, json=a_form())
    assert answer.status == 201
    rule = await answer.json()
    assert (rule["name"], rule["is_on"], rule["run_count"]) == ("Parcels", False, 0)
    other = await (await supervisor.post(RULES, params=of_shop, json=a_form("Other"))).json()
    path = f"{RULES}/{rule['id']}"
    changed = await (await supervisor.put(path, json=a_form("Post", is_last=True))).json()
    assert (changed["name"], changed["definition"]["is_last"]) == ("Post", True)
    late = await supervisor.put(path, json={**a_form("Late"), "version": rule["version"]})
    assert (late.status, (await late.json())["code"]) == (409, "conflict")
    switched = await (await supervisor.put(f"{path}/switch", json={"is_on": True})).json()
    assert switched["is_on"]
    order = {"rule_ids": [other["id"], rule["id"]]}
    assert (await supervisor.put(f"{RULES}/order", params=of_shop, json=order)).status == 204
    listed = await (await supervisor.get(RULES, params=of_shop)).json()
    assert [one["name"] for one in listed["items"]] == ["Other", "Post"]
    runs = await (await supervisor.get(f"{path}/runs")).json()
    assert runs == {"items": [], "next": None}
    options = await (await supervisor.get(f"{RULES}/options", params=of_shop)).json()
    assert options["channels"] == ["call", "chat"]
    dry = await supervisor.post(f"{RULES}/dry-run", params=of_shop, json=a_form_to_try())
    assert await dry.json() == {"matches": [], "looked_at": 0, "total": 0, "next": None}
    for one in listed["items"]:
        assert (await supervisor.delete(f"{RULES}/{one['id']}")).status == 204
    assert (await supervisor.delete(path)).status == 404
    assert (await supervisor.post("/api/desk/rule-runs/nonsense/undo")).status == 404


def a_form_to_try() -> dict[str, Any]:
    return {"definition": a_form()["definition"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"actions": []}, "definition.actions"),
        ({"actions": [{"do": "note", "text": ""}]}, "definition.actions.0.note.text"),
        ({"actions": [{"do": "reply"}]}, "definition.actions.0.texts"),
        ({"trigger": {"code": "waits"}}, "definition.trigger.minutes"),
        (
            {"conditions": [{"fact": "words", "any_of": []}]},
            "definition.conditions.0.words.any_of",
        ),
    ],
)
async def test_says_what_is_wrong_with_a_rule(
    supervisor: aiohttp.ClientSession, shop: Shop, changes: dict[str, Any], field: str
) -> None:
    of_shop = {"shop_id": str(shop.id)}
    answer = await supervisor.post(RULES, params=of_shop, json=a_form(**changes))
    problem = await answer.json()
    assert (answer.status, problem["code"]) == (422, "invalid_input")
    assert [one["field"] for one in problem["errors"]] == [field]
    assert problem["errors"][0]["message"]
    listed = await (await supervisor.get(RULES, params=of_shop)).json()
    assert listed["items"] == []


async def test_agents_may_not_write_rules_nor_supervisors_webhooks(
    agent: aiohttp.ClientSession, supervisor: aiohttp.ClientSession, shop: Shop
) -> None:
    of_shop = {"shop_id": str(shop.id)}
    webhook = {"name": "ERP", "url": "https://example.org/hook"}
    assert (await agent.get(RULES, params=of_shop)).status == 403
    assert (await agent.post(RULES, params=of_shop, json=a_form())).status == 403
    assert (await supervisor.get(WEBHOOKS, params=of_shop)).status == 200
    assert (await supervisor.post(WEBHOOKS, params=of_shop, json=webhook)).status == 403
    listed = await (await supervisor.get(WEBHOOKS, params=of_shop)).json()
    assert listed["items"] == []
    async with aiohttp.ClientSession(str(agent._base_url)) as stranger:
        assert (await stranger.get(RULES, params=of_shop)).status == 401


async def test_a_webhook_lives_and_its_secret_is_told_once(
    administrator: aiohttp.ClientSession, shop: Shop, database: Database
) -> None:
    of_shop = {"shop_id": str(shop.id)}
    form = {"name": "ERP", "url": "https://example.org/hook", "events": ["message.received"]}
    answer = await administrator.post(WEBHOOKS, params=of_shop, json=form)
    assert (answer.status, answer.headers["Cache-Control"]) == (201, "no-store")
    made = await answer.json()
    assert made["secret"].startswith("whsec_")
    path = f"{WEBHOOKS}/{made['webhook']['id']}"
    listed = await (await administrator.get(WEBHOOKS, params=of_shop)).text()
    assert made["secret"] not in listed
    renewed = await (await administrator.post(f"{path}/secret")).json()
    assert renewed["secret"] != made["secret"]
    assert (await administrator.put(path, json={**form, "is_on": False})).status == 200
    refused = await administrator.post(f"{path}/test")
    assert (refused.status, (await refused.json())["code"]) == (409, "webhook_off")
    wrong = await administrator.put(path, json={**form, "url": "http://127.0.0.1/"})
    problem = await wrong.json()
    assert (wrong.status, problem["code"]) == (422, "webhook_address_refused")
    assert "https://" in problem["title"]
    deliveries = await (await administrator.get(f"{path}/deliveries")).json()
    assert deliveries == {"items": [], "next": None}
    async with database.read() as session:
        told = await session.fetch_value(
            "SELECT string_agg(details::text, '') FROM audit_entry WHERE action LIKE 'webhook.%'"
        )
    assert "whsec" not in told
    assert (await administrator.delete(path)).status == 204
    assert (await administrator.get(f"{path}/deliveries")).status == 200
