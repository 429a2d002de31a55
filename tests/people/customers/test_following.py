"""Orders and calls make customers, and follow them; what happens at once ends with who stays."""

import asyncio
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.people.customers.errors import AlreadyErased, AlreadyMerged
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import get_customer, list_points
from stoa.people.customers.service import (
    customer_of_point,
    erase_customer,
    merge_customers,
    unmerge_customers,
)
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.checkout import order_now, ready_visitor
from tests.factories.commerce import Goods, make_goods, make_shop
from tests.factories.customers import dump
from tests.factories.people import an_agent


@pytest.fixture
async def shop(wired: Database) -> Shop:
    async with wired.begin() as session:
        return await make_shop(session)


@pytest.fixture
async def goods(wired: Database, shop: Shop) -> Goods:
    async with wired.begin() as session:
        return await make_goods(session, shop, stock=100)


async def a_sender(database: Database, email: str) -> UUID:
    async with database.begin() as session:
        found = await customer_of_point(
            session,
            point=Point(PointKind.EMAIL, email),
            is_verified=True,
            name="",
            locale="pl",
            source="email",
        )
    return found.id


async def owner_of(database: Database, order_id: UUID) -> UUID | None:
    async with database.read() as session:
        found: UUID | None = await session.fetch_value(
            'SELECT customer_id FROM "order" WHERE id = $1', order_id
        )
    return found


async def an_order(database: Database, shop: Shop, visitor_id: UUID) -> UUID:
    placed = await order_now(database, shop, visitor_id)
    async with database.read() as session:
        found: UUID = await session.fetch_value(
            'SELECT id FROM "order" WHERE token = $1', placed.token
        )
    return found


async def test_whoever_orders_is_a_customer_who_claims_where_it_goes(
    wired: Database, shop: Shop, goods: Goods
) -> None:
    visitor_id = await ready_visitor(wired, shop, goods)
    owner = await owner_of(wired, await an_order(wired, shop, visitor_id))
    assert owner is not None
    async with wired.read() as session:
        customer = await get_customer(session, customer_id=owner)
        points = await list_points(session, customer_id=owner)
    assert customer.name == "Anna Nowak"
    assert [(p.kind, p.state, p.source) for p in points] == [
        ("email", "claimed", "checkout"),
        ("postal", "claimed", "checkout"),
    ]
    assert points[1].value == "Prosta 1\n00-950 Warszawa\nPL"


async def test_orders_follow_a_merge_and_come_back(
    wired: Database, shop: Shop, goods: Goods
) -> None:
    agent = await an_agent(wired)
    assert agent.staff_id is not None
    visitor_id = await ready_visitor(wired, shop, goods)
    order_id = await an_order(wired, shop, visitor_id)
    goes = await owner_of(wired, order_id)
    assert goes is not None
    stays = await a_sender(wired, "anna@example.org")
    before = await dump(wired)
    async with wired.begin() as session:
        merge_id = await merge_customers(session, from_id=goes, into_id=stays, by=agent.staff_id)
    assert await owner_of(wired, order_id) == stays
    async with wired.begin() as session:
        await unmerge_customers(session, merge_id=merge_id, by=agent.staff_id)
    assert await dump(wired) == before


async def test_an_order_placed_while_two_are_merged_is_with_who_stays(
    wired: Database, shop: Shop, goods: Goods
) -> None:
    agent = await an_agent(wired)
    assert agent.staff_id is not None
    for number in range(5):
        visitor_id = await ready_visitor(wired, shop, goods)
        goes = await a_sender(wired, f"goes-{number}@example.org")
        stays = await a_sender(wired, f"stays-{number}@example.org")
        async with wired.begin() as session:
            await session.execute(
                "UPDATE visitor SET customer_id = $2 WHERE id = $1", visitor_id, goes
            )

        async def merge(goes: UUID, stays: UUID) -> None:
            async with wired.begin() as session:
                await merge_customers(session, from_id=goes, into_id=stays, by=agent.staff_id)

        order_id, _ = await asyncio.gather(an_order(wired, shop, visitor_id), merge(goes, stays))
        assert await owner_of(wired, order_id) == stays


async def test_a_message_that_comes_while_its_sender_is_erased_is_a_strangers(
    wired: Database,
) -> None:
    """Either it came before, and its sender is erased, or after, and they are somebody new."""
    for _ in range(8):
        email = f"{new_id().hex}@example.org"
        gone = await a_sender(wired, email)

        async def erase(gone: UUID) -> None:
            async with wired.begin() as session:
                await erase_customer(session, customer_id=gone)

        _, again = await asyncio.gather(erase(gone), a_sender(wired, email))
        async with wired.read() as session:
            rows = await session.fetch(
                "SELECT customer_id FROM contact_point WHERE key = $1", email
            )
        holders = [row["customer_id"] for row in rows]
        assert gone not in holders
        assert holders in ([], [again])


async def test_of_an_erasure_and_a_merge_at_once_one_happens(wired: Database) -> None:
    agent = await an_agent(wired)
    assert agent.staff_id is not None
    for _ in range(8):
        one, two = [await a_sender(wired, f"{new_id().hex}@example.org") for _ in range(2)]

        async def merge(one: UUID, two: UUID) -> str:
            async with wired.begin() as session:
                await merge_customers(session, from_id=one, into_id=two, by=agent.staff_id)
            return "merged"

        async def erase(one: UUID) -> str:
            async with wired.begin() as session:
                await erase_customer(session, customer_id=one)
            return "erased"

        results = await asyncio.gather(merge(one, two), erase(one), return_exceptions=True)
        refused = [result for result in results if isinstance(result, Exception)]
        assert len(refused) == 1
        assert isinstance(refused[0], AlreadyMerged | AlreadyErased)
