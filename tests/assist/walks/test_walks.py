"""An agent asks a customer along, the customer decides, and their page follows from then on."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import aiohttp
import pytest

from stoa.assist.walks.service import end_overdue
from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import get_snapshot
from stoa.contact.conversations.schemas import WalkCard
from stoa.platform.clock import now
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.commerce import Goods, make_goods
from tests.factories.people import a_staff_token, a_visitor, an_agent
from tests.servers.people import Person, Refused, on_the_line

CART = {"kind": "cart"}


@dataclass
class Pair:
    """A customer in a conversation and the agent beside them, both on the line."""

    customer: Person
    agent: Person
    visitor_id: UUID
    conversation_id: str
    goods: Goods


@pytest.fixture
async def pair(address: str, database: Database, shop: Shop, agent: Sender) -> AsyncIterator[Pair]:
    visitor_id, token = await a_visitor(database)
    async with database.begin() as session:
        goods = await make_goods(session, shop, name="Oil jug")
    assert agent.staff_id is not None
    badge = await a_staff_token(database, staff_id=agent.staff_id)
    async with (
        on_the_line(address, surface="counter", token=token) as customer,
        on_the_line(address, surface="desk", cookies={"stoa_staff": badge}) as staff,
    ):
        started = await customer.ask(
            "conversation.start",
            shop_id=str(shop.id),
            client_id=secrets.token_hex(8),
            locale="pl",
            body="Where are the jugs?",
        )
        id_ = started["message"]["conversation_id"]
        await customer.subscribe(f"visitor:{visitor_id}")
        yield Pair(customer, staff, visitor_id, id_, goods)


async def card_of(database: Database, pair: Pair) -> WalkCard:
    async with database.read() as session:
        found = await get_snapshot(
            session, conversation_id=UUID(pair.conversation_id), with_notes=False
        )
    cards = [one.card for one in found.timeline.messages if isinstance(one.card, WalkCard)]
    assert len(cards) == 1
    return cards[0]


async def audited(database: Database, walk_id: str) -> list[str]:
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT action FROM audit_entry WHERE subject = $1 ORDER BY created_at, id",
            f"walk:{walk_id}",
        )
    return [row["action"] for row in rows]


async def test_asks_once_and_then_leads_on(pair: Pair, database: Database) -> None:
    product = {"kind": "product", "product_id": str(pair.goods.product_id)}
    asked = await pair.agent.ask("walk.ask", conversation_id=pair.conversation_id, to=product)
    heard = (await pair.customer.hear("walk.changed"))["data"]["walk"]
    assert heard == asked
    assert (asked["state"], asked["title"], asked["step"]) == ("asked", "Oil jug", 0)
    assert asked["url"].startswith("/pl/p/")  # in the customer's language

    walking = await pair.customer.ask("walk.answer", walk_id=asked["id"], is_agreed=True)
    assert (walking["state"], walking["step"]) == ("walking", 1)
    await pair.customer.hear("walk.changed")
    gone = await pair.agent.ask("walk.go", walk_id=asked["id"], to=CART)
    assert (gone["url"], gone["step"]) == ("/pl/cart", 2)
    assert (await pair.customer.hear("walk.changed"))["data"]["walk"] == gone
    # Asking again while they walk is going on, without a second question.
    again = await pair.agent.ask("walk.ask", conversation_id=pair.conversation_id, to=product)
    assert (again["id"], again["state"], again["step"]) == (asked["id"], "walking", 3)

    ended = await pair.customer.ask("walk.end", walk_id=asked["id"])
    assert ended["state"] == "ended"
    card = await card_of(database, pair)
    assert (card.state, card.title) == ("ended", "Oil jug")
    assert await audited(database, asked["id"]) == [
        "walk.asked", "walk.walking", "walk.gone", "walk.gone", "walk.ended",
    ]  # fmt: skip


async def test_a_refusal_leads_nowhere(pair: Pair, database: Database) -> None:
    asked = await pair.agent.ask("walk.ask", conversation_id=pair.conversation_id, to=CART)
    refused = await pair.customer.ask("walk.answer", walk_id=asked["id"], is_agreed=False)
    assert refused["state"] == "refused"
    for attempt in (
        pair.agent.ask("walk.go", walk_id=asked["id"], to=CART),
        pair.customer.ask("walk.answer", walk_id=asked["id"], is_agreed=True),
    ):
        with pytest.raises(Refused) as caught:
            await attempt
        assert caught.value.code == "walk_over"
    assert (await card_of(database, pair)).state == "refused"
    assert (await pair.customer.ask("walk.current"))["walk"] is None


async def test_leads_nobody_before_they_agreed(pair: Pair) -> None:
    asked = await pair.agent.ask("walk.ask", conversation_id=pair.conversation_id, to=CART)
    with pytest.raises(Refused) as caught:
        await pair.agent.ask("walk.go", walk_id=asked["id"], to=CART)
    assert caught.value.code == "walk_over"
    assert (await pair.customer.ask("walk.current"))["walk"]["step"] == 0


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ({"kind": "product", "product_id": str(new_id())}, "catalogue.no_such_product"),
        ({"kind": "category", "category_id": str(new_id())}, "not_found"),
        ({"kind": "page", "url": "https://evil.example/en"}, "no_way_there"),
        ({"kind": "page", "url": "/desk"}, "no_way_there"),
        ({"kind": "page", "url": "javascript:alert(1)"}, "invalid_input"),
    ],
)
async def test_leads_to_no_place_that_is_not_the_shops(
    pair: Pair, to: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as caught:
        await pair.agent.ask("walk.ask", conversation_id=pair.conversation_id, to=to)
    assert caught.value.code == code
    assert (await pair.customer.ask("walk.current"))["walk"] is None


async def test_only_the_two_of_them_have_a_say(
    pair: Pair, address: str, database: Database
) -> None:
    asked = await pair.agent.ask("walk.ask", conversation_id=pair.conversation_id, to=CART)
    colleague = await an_agent(database, name="Ben")
    assert colleague.staff_id is not None
    badge = await a_staff_token(database, staff_id=colleague.staff_id)
    _, stranger = await a_visitor(database)
    async with (
        on_the_line(address, surface="desk", cookies={"stoa_staff": badge}) as ben,
        on_the_line(address, surface="counter", token=stranger) as other,
    ):
        for attempt, code in (
            (ben.ask("walk.ask", conversation_id=pair.conversation_id, to=CART), "walk_busy"),
            (ben.ask("walk.go", walk_id=asked["id"], to=CART), "not_found"),
            (ben.ask("walk.end", walk_id=asked["id"]), "not_found"),
            (other.ask("walk.answer", walk_id=asked["id"], is_agreed=True), "not_found"),
            (other.ask("walk.end", walk_id=asked["id"]), "not_found"),
            (other.ask("walk.ask", conversation_id=pair.conversation_id, to=CART), "forbidden"),
            (pair.customer.ask("walk.go", walk_id=asked["id"], to=CART), "forbidden"),
            (pair.agent.ask("walk.answer", walk_id=asked["id"], is_agreed=True), "forbidden"),
        ):
            with pytest.raises(Refused) as caught:
                await attempt
            assert caught.value.code == code
    assert (await pair.customer.ask("walk.current"))["walk"] == asked


async def test_two_answers_at_once_are_one(pair: Pair, database: Database) -> None:
    asked = await pair.agent.ask("walk.ask", conversation_id=pair.conversation_id, to=CART)
    outcomes = await asyncio.gather(
        pair.customer.ask("walk.answer", walk_id=asked["id"], is_agreed=True),
        pair.agent.ask("walk.end", walk_id=asked["id"]),
        return_exceptions=True,
    )
    assert any(not isinstance(outcome, BaseException) for outcome in outcomes)
    # Whoever was first: it ends, and card and row agree.
    assert (await card_of(database, pair)).state == "ended"
    assert (await pair.customer.ask("walk.current"))["walk"] is None


async def test_what_stands_still_is_over(pair: Pair, database: Database) -> None:
    asked = await pair.agent.ask("walk.ask", conversation_id=pair.conversation_id, to=CART)
    async with database.begin() as session:
        assert await end_overdue(session) == 0
        await session.execute(
            "UPDATE walk SET moved_at = $2 WHERE id = $1",
            UUID(asked["id"]),
            now() - timedelta(hours=1),
        )
    async with database.begin() as session:
        assert await end_overdue(session) == 1
    assert (await card_of(database, pair)).state == "ended"


async def test_lists_the_shops_categories(desk: aiohttp.ClientSession, shop: Shop) -> None:
    async with desk.get("/api/desk/walk-categories", params={"shop_id": str(shop.id)}) as answer:
        assert answer.status == 200
        assert (await answer.json())["items"] == []
