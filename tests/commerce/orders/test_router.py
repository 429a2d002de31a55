"""The desk's orders: who may, what comes back, what is refused."""

from uuid import UUID

import aiohttp
import pytest

from stoa.platform.database.session import Database
from tests.factories.checkout import order_now, ready_visitor
from tests.factories.commerce import make_goods, make_shop

PATH = "/api/desk/orders"


async def an_order(database: Database) -> UUID:
    async with database.begin() as session:
        shop = await make_shop(session)
        goods = await make_goods(session, shop)
    visitor = await ready_visitor(database, shop, goods)
    return (await order_now(database, shop, visitor)).order_id


@pytest.mark.parametrize("path", [PATH, f"{PATH}/{UUID(int=1)}"])
async def test_is_for_staff_only(address: str, path: str) -> None:
    async with aiohttp.ClientSession(address) as stranger:
        assert (await stranger.get(path)).status == 401
        for action in ("paid", "ship", "cancel"):
            answer = await stranger.post(f"{PATH}/{UUID(int=1)}/{action}", json={})
            assert answer.status == 403


async def test_shows_an_order_and_what_becomes_of_it(
    database: Database, agent: aiohttp.ClientSession
) -> None:
    order_id = await an_order(database)
    listed = await (await agent.get(PATH, params={"search": "anna"})).json()
    assert str(order_id) in [item["id"] for item in listed["items"]]
    assert listed["seq"] >= 1
    shown = await (await agent.get(f"{PATH}/{order_id}")).json()
    assert "token" not in shown["order"]
    assert shown["order"]["totals"]["total_minor"] == 2_990
    refused = await agent.post(f"{PATH}/{order_id}/ship", json={})
    assert (refused.status, (await refused.json())["code"]) == (409, "order.not_paid")
    paid = await (await agent.post(f"{PATH}/{order_id}/paid", json={"note": "By hand"})).json()
    assert paid["order"]["payment_state"] == "paid"
    shipped = await (
        await agent.post(
            f"{PATH}/{order_id}/ship", json={"carrier": "DPD", "url": "https://dpd.example/1"}
        )
    ).json()
    assert shipped["order"]["tracking"]["carrier"] == "DPD"
    assert [(e["kind"], e["staff_name"]) for e in shipped["order"]["entries"]] == [
        ("placed", ""),
        ("paid", "Ada"),
        ("shipped", "Ada"),
    ]
    fresh = await (await agent.get(f"{PATH}/{order_id}")).json()
    assert fresh == shipped


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"{PATH}/none/paid", {}, 404),
        (f"{PATH}/{UUID(int=1)}/cancel", {}, 404),
        ("ship", {"url": "javascript:alert(1)"}, 422),
        ("cancel", {"reason": "x" * 501}, 422),
        ("paid", {"unknown": 1}, 422),
    ],
)
async def test_refuses_what_makes_no_sense(
    database: Database,
    agent: aiohttp.ClientSession,
    path: str,
    body: dict[str, object],
    status: int,
) -> None:
    if not path.startswith("/"):
        path = f"{PATH}/{await an_order(database)}/{path}"
    answer = await agent.post(path, json=body)
    assert answer.status == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("query", ["cursor=x", "state=odd", "search=" + "x" * 300])
async def test_refuses_a_query_it_does_not_know(agent: aiohttp.ClientSession, query: str) -> None:
    assert (await agent.get(f"{PATH}?{query}")).status == 422
