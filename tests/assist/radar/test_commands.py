"""A page reports, the desk watches, an invitation goes and comes back; summaries stay."""

import asyncio
import secrets
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from stoa.assist.radar.models import LiveVisit
from stoa.assist.radar.schemas import PageView
from stoa.assist.radar.summaries import write_summaries
from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Sender
from stoa.platform.clock import now
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.people import a_staff_token, a_visitor
from tests.servers.people import Person, Refused, on_the_line

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile"


def a_page(
    address: str, *, visit: str, token: str | None = None
) -> AbstractAsyncContextManager[Person]:
    cookies = {"stoa_visit": visit} | ({"stoa_visitor": token} if token else {})
    return on_the_line(address, surface="storefront", cookies=cookies)


async def report(person: Person, shop: Shop, *reports: dict[str, Any]) -> None:
    await person.signal("visit", shop_id=str(shop.id), reports=list(reports))


def page(step: str, path: str, kind: str = "checkout") -> dict[str, Any]:
    return {"type": "page", "kind": kind, "path": path, "step": step, "title": step.title()}


async def visit_id(person: Person) -> str:
    opened = await person.ask("visit.open")
    result: str = opened["visit_id"]
    return result


def watching(address: str, token: str) -> AbstractAsyncContextManager[Person]:
    return on_the_line(address, surface="desk", cookies={"stoa_staff": token})


async def staff_token(database: Database, agent: Sender) -> str:
    assert agent.staff_id is not None
    return await a_staff_token(database, staff_id=agent.staff_id)


async def test_the_desk_sees_the_failing_field_and_invites(
    address: str, database: Database, shop: Shop, agent: Sender, desk: aiohttp.ClientSession
) -> None:
    token = await staff_token(database, agent)
    async with (
        watching(address, token) as watcher,
        a_page(address, visit=secrets.token_urlsafe(18)) as customer,
    ):
        await watcher.subscribe("radar")
        id_ = await visit_id(customer)
        await customer.subscribe(f"invitations:{id_}")
        await report(customer, shop, page("contact", "/en/checkout/contact"))
        seen = await watcher.hear("radar.changed")
        row = next(row for row in seen["data"]["changed"] if row["id"] == id_)
        assert (row["step"], row["score"], row["is_online"]) == ("contact", 0, True)
        trouble = {"type": "field_error", "field": "email", "reason": "field.invalid"}
        await report(customer, shop, trouble, trouble)
        while row["score"] == 0:
            seen = await watcher.hear("radar.changed")
            row = next((r for r in seen["data"]["changed"] if r["id"] == id_), row)
        assert row["open_field_error"]["field"] == "email"
        assert [signal["kind"] for signal in row["signals"]] == ["field_errors"]
        answer = await desk.post(f"/api/desk/visits/{id_}/invite", json={"text": "May I help?"})
        assert answer.status == 204
        invited = (await customer.hear("invitation"))["data"]
        assert (invited["staff_name"], invited["text"]) == ("Ada", "May I help?")
        again = await customer.ask("visit.open")
        assert again["invitation"]["id"] == invited["id"], "the next page shows it as well"
        await customer.ask("invitation.answer", invitation_id=invited["id"], state="accepted")
        detail = await (await desk.get(f"/api/desk/visits/{id_}")).json()
        assert detail["invitation"] == "accepted"
        assert detail["trail"][0]["path"] == "/en/checkout/contact"
        assert "email" in [item["field"] for item in detail["field_errors"]]


async def test_strangers_neither_watch_nor_answer(
    address: str, database: Database, shop: Shop, desk: aiohttp.ClientSession
) -> None:
    async with (
        a_page(address, visit=secrets.token_urlsafe(18)) as customer,
        a_page(address, visit=secrets.token_urlsafe(18)) as stranger,
    ):
        id_ = await visit_id(customer)
        await report(customer, shop, page("cart", "/en/cart", "cart"))
        for topic in ("radar", f"visit:{id_}", f"invitations:{id_}"):
            with pytest.raises(Refused, match="not_found"):
                await stranger.subscribe(topic)
        await desk.post(f"/api/desk/visits/{id_}/invite", json={})
        await customer.subscribe(f"invitations:{id_}")
        waiting = (await customer.ask("visit.open"))["invitation"]
        with pytest.raises(Refused, match="not_found"):
            await stranger.ask("invitation.answer", invitation_id=waiting["id"], state="dismissed")
    async with aiohttp.ClientSession(address) as nobody:
        assert (await nobody.get("/api/desk/radar")).status == 401
        assert (await nobody.post(f"/api/desk/visits/{id_}/invite", json={})).status == 403


async def test_values_never_reach_the_radar(
    address: str, shop: Shop, desk: aiohttp.ClientSession
) -> None:
    async with a_page(address, visit=secrets.token_urlsafe(18)) as customer:
        id_ = await visit_id(customer)
        await report(customer, shop, page("contact", "/en/checkout/contact"))
        await report(
            customer,
            shop,
            {"type": "field_error", "field": "email", "reason": "bad", "value": "eve@example.com"},
        )
        await customer.ask("visit.open")
        problems = [frame for frame in customer.heard if frame["t"] == "problem"]
        assert [problem["code"] for problem in problems] == ["invalid_input"]
        assert "eve@example.com" not in str(problems)
        detail = await (await desk.get(f"/api/desk/visits/{id_}")).json()
        assert detail["field_errors"] == []


async def test_the_counter_tells_whose_visit_it_is(
    address: str, database: Database, shop: Shop, desk: aiohttp.ClientSession
) -> None:
    visit = secrets.token_urlsafe(18)
    visitor_id, token = await a_visitor(database)
    async with a_page(address, visit=visit) as customer:
        id_ = await visit_id(customer)
        await report(customer, shop, page("browse", "/en/", "home"))
        async with on_the_line(
            address, surface="counter", cookies={"stoa_visit": visit, "stoa_visitor": token}
        ) as counter:
            started = await counter.ask(
                "conversation.start",
                shop_id=str(shop.id),
                client_id=secrets.token_hex(8),
                locale="en",
                body="Hello",
            )
            conversation_id = started["message"]["conversation_id"]
        detail = await (await desk.get(f"/api/desk/visitors/{visitor_id}/visit")).json()
        assert (detail["id"], detail["conversation_id"]) == (id_, conversation_id)


async def test_views_and_sorting(address: str, shop: Shop, desk: aiohttp.ClientSession) -> None:
    async with (
        a_page(address, visit=secrets.token_urlsafe(18)) as browsing,
        a_page(address, visit=secrets.token_urlsafe(18)) as paying,
    ):
        ids = [await visit_id(browsing), await visit_id(paying)]
        await report(browsing, shop, page("browse", "/en/", "home"))
        await report(
            paying,
            shop,
            page("payment", "/en/checkout/payment"),
            {"type": "payment", "method": "card", "outcome": "refused"},
        )
        for person in (browsing, paying):
            await person.ask("visit.open")
        found = await (await desk.get("/api/desk/radar?view=trouble")).json()
        assert ids[1] in [row["id"] for row in found["visits"]]
        assert ids[0] not in [row["id"] for row in found["visits"]]
        newest = await (await desk.get("/api/desk/radar?sort=newest")).json()
        order = [row["id"] for row in newest["visits"] if row["id"] in ids]
        assert order == ids[::-1]
        assert newest["counts"]["in_checkout"] >= 1
        assert (await desk.get("/api/desk/radar?view=nonsense")).status == 422


async def test_the_rule_invites_once_within_its_cap(
    address: str, database: Database, shop: Shop, agent: Sender
) -> None:
    visitor_id, token = await a_visitor(database)
    refused = {"type": "payment", "method": "card", "outcome": "refused"}
    async with watching(address, await staff_token(database, agent)):
        for is_first in (True, False):
            async with a_page(address, visit=secrets.token_urlsafe(18), token=token) as customer:
                id_ = await visit_id(customer)
                await customer.subscribe(f"invitations:{id_}")
                await report(customer, shop, page("payment", "/en/checkout/payment"), refused)
                invited = asyncio.ensure_future(customer.hear("invitation"))
                await asyncio.wait([invited], timeout=40 if is_first else 4)
                invited.cancel()
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT rule, staff_id FROM invitation WHERE visitor_id = $1", visitor_id
        )
    assert [(row["rule"], row["staff_id"]) for row in rows] == [("trouble", None)]


async def test_summaries_are_written_in_batches_and_add_up(database: Database, shop: Shop) -> None:
    def a_visit(shop_id: UUID) -> LiveVisit:
        moment = now()
        visit = LiveVisit(
            id=new_id(), since=moment, last_active_at=moment, locale="pl", device="phone"
        )
        visit.shop_id, visit.page_count = shop_id, 3
        visit.page = PageView(kind="home", path="/pl/", title="", product_id=None, at=moment)
        return visit

    visits = [a_visit(shop.id) for _ in range(600)]
    unknown_shop = a_visit(new_id())
    await write_summaries(database, [*visits, unknown_shop])
    await write_summaries(database, visits[:1])
    async with database.read() as session:
        pages = await session.fetch(
            "SELECT page_count FROM visit WHERE id = ANY($1::uuid[]) ORDER BY page_count",
            [visit.id for visit in (*visits, unknown_shop)],
        )
    assert [row["page_count"] for row in pages] == [3] * 599 + [6]
