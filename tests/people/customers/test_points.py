"""Whose address it is: claimed and verified senders, newcomers at once, evidence."""

import asyncio
from uuid import UUID

import pytest

from stoa.people.customers.errors import NoSuchPoint
from stoa.people.customers.models import KnownCustomer, Point, PointKind
from stoa.people.customers.service import (
    claim_point,
    customer_of_point,
    know_visitor,
    mark_deliverable,
    mark_undeliverable,
)
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from tests.factories.people import a_visitor


def an_address(name: str = "anna") -> Point:
    return Point(PointKind.EMAIL, f"{name}-{new_id().hex}@example.org")


async def write(
    database: Database, point: Point, *, is_verified: bool, name: str = "", source: str = "email"
) -> KnownCustomer:
    async with database.begin() as session:
        return await customer_of_point(
            session, point=point, is_verified=is_verified, name=name, locale="pl", source=source
        )


async def claim(
    database: Database, customer_id: UUID, *points: Point, source: str = "chat"
) -> None:
    async with database.begin() as session:
        for point in points:
            await claim_point(session, customer_id=customer_id, point=point, source=source)


async def proposals(database: Database, customer_id: UUID) -> list[tuple[str, list[str]]]:
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT state, evidence FROM merge_proposal WHERE $1 IN (first_id, second_id)"
            " ORDER BY created_at, id",
            customer_id,
        )
    return [(row["state"], [item["kind"] for item in row["evidence"]]) for row in rows]


@pytest.mark.parametrize("is_verified", [True, False])
async def test_knows_a_sender_again(database: Database, is_verified: bool) -> None:
    point = an_address()
    first = await write(database, point, is_verified=is_verified, name="Anna Nowak")
    upper = Point(PointKind.EMAIL, point.value.upper())
    again = await write(database, upper, is_verified=is_verified, name="Anna N.")
    assert (first.is_new, again.is_new) == (True, False)
    assert again == KnownCustomer(first.id, "Anna Nowak", "pl", is_new=False)


async def test_a_sender_without_proof_is_not_who_has_proven_the_address(
    database: Database,
) -> None:
    point = an_address()
    owner = await write(database, point, is_verified=True, name="Anna")
    stranger = await write(database, point, is_verified=False, name="Eve")
    again = await write(database, point, is_verified=False, name="Eve")
    owner_again = await write(database, point, is_verified=True, name="Anna")
    assert stranger.id == again.id != owner.id == owner_again.id
    assert await proposals(database, owner.id) == [("open", ["same_point"])]


async def test_a_sender_who_proves_it_later_is_the_same(database: Database) -> None:
    point = an_address()
    first = await write(database, point, is_verified=False)
    later = await write(database, point, is_verified=True, name="Anna")
    assert (later.id, later.name) == (first.id, "Anna")
    assert await proposals(database, first.id) == []


async def test_who_proves_an_address_is_not_whoever_typed_it_in_the_chat(
    database: Database,
) -> None:
    point = an_address()
    visitor_id, _ = await a_visitor(database)
    async with database.begin() as session:
        typed = await know_visitor(
            session, visitor_id=visitor_id, points=[point], name="Eve", locale="en", source="chat"
        )
    owner = await write(database, point, is_verified=True, name="Anna")
    assert owner.id != typed
    assert await proposals(database, typed) == [("open", ["same_point"])]


@pytest.mark.parametrize("is_verified", [True, False])
async def test_two_messages_in_one_moment_make_one_customer(
    database: Database, is_verified: bool
) -> None:
    for _ in range(10):
        point = an_address()
        both = await asyncio.gather(
            *(write(database, point, is_verified=is_verified, name="Anna") for _ in range(4))
        )
        assert len({one.id for one in both}) == 1
        assert sorted(one.is_new for one in both) == [False, False, False, True]
    async with database.read() as session:
        twice = await session.fetch(
            "SELECT key FROM contact_point GROUP BY kind, key, state, source HAVING count(*) > 1"
        )
    assert twice == []


async def test_the_second_of_two_at_once_waits_for_the_first_to_commit(
    database: Database,
) -> None:
    """Not by chance of timing: the first holds its transaction open while the second begins."""
    point = an_address()
    async with database.begin() as session:
        first = await customer_of_point(
            session, point=point, is_verified=True, name="Anna", locale=None, source="email"
        )
        second = asyncio.create_task(write(database, point, is_verified=True))
        async with database.read() as looking:
            while not await looking.fetch_value(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
            ):
                await asyncio.sleep(0)
        assert not second.done()
    assert (await second).id == first.id


async def test_a_visitor_who_leaves_an_address_is_a_customer_from_then_on(
    database: Database,
) -> None:
    visitor_id, _ = await a_visitor(database)
    point, phone = an_address(), Point(PointKind.PHONE, "22 123 45 67")
    ids = []
    for points in ([point], [point, phone], []):
        async with database.begin() as session:
            ids.append(
                await know_visitor(
                    session,
                    visitor_id=visitor_id,
                    points=points,
                    name="Anna",
                    locale="pl",
                    source="chat",
                    country="PL",
                )
            )
    async with database.read() as session:
        held = await session.fetch(
            "SELECT kind, key, state FROM contact_point WHERE customer_id = $1 ORDER BY kind",
            ids[0],
        )
        of_visitor = await session.fetch_value(
            "SELECT customer_id FROM visitor WHERE id = $1", visitor_id
        )
    assert set(ids) == {of_visitor}
    assert [tuple(row) for row in held] == [
        ("email", point.value, "claimed"),
        ("phone", "+48221234567", "claimed"),
    ]


async def test_refuses_a_visitor_there_is_not(database: Database) -> None:
    point = an_address()
    with pytest.raises(NotFound):
        async with database.begin() as session:
            await know_visitor(
                session, visitor_id=new_id(), points=[point], name="", locale="en", source="chat"
            )
    async with database.read() as session:
        assert not await session.fetch_value(
            "SELECT EXISTS (SELECT FROM contact_point WHERE key = $1)", point.value
        )


async def test_refuses_an_empty_address(database: Database) -> None:
    owner = await write(database, an_address(), is_verified=True)
    with pytest.raises(NoSuchPoint):
        await claim(database, owner.id, Point(PointKind.EMAIL, "  "))
    with pytest.raises(NotFound):
        await claim(database, new_id(), an_address())


async def test_what_is_proven_stays_proven_when_it_is_claimed_again(database: Database) -> None:
    point = an_address()
    owner = await write(database, point, is_verified=True)
    await claim(database, owner.id, point)
    async with database.read() as session:
        states = await session.fetch("SELECT state FROM contact_point WHERE key = $1", point.value)
    assert [row["state"] for row in states] == ["verified"]


async def test_a_claimed_address_alone_proposes_nobody(database: Database) -> None:
    shared, phone = an_address(), Point(PointKind.PHONE, f"+4822{new_id().int % 10**7:07}")
    first = await write(database, an_address(), is_verified=True, name="Anna Nowak")
    second = await write(database, an_address(), is_verified=True, name="Jan Kowalski")
    await claim(database, first.id, shared)
    await claim(database, second.id, shared)
    assert await proposals(database, first.id) == []
    await claim(database, first.id, phone)
    await claim(database, second.id, phone)
    assert await proposals(database, first.id) == [("open", ["same_point", "same_point"])]


async def test_an_address_and_a_name_propose_a_pair(database: Database) -> None:
    shared = an_address()
    first = await write(database, an_address(), is_verified=True, name="Anna Łącka")
    second = await write(database, an_address(), is_verified=True, name="anna lacka")
    await claim(database, first.id, shared)
    await claim(database, second.id, shared)
    assert await proposals(database, second.id) == [("open", ["same_point", "same_name"])]


async def test_a_number_that_everybody_types_proposes_nobody(database: Database) -> None:
    shared = an_address("everybody")
    for _ in range(22):
        one = await write(database, an_address(), is_verified=True, name="Anna")
        await claim(database, one.id, shared)
    async with database.read() as session:
        count = await session.fetch_value("SELECT count(*) FROM merge_proposal")
    last = await write(database, an_address(), is_verified=True, name="Anna")
    await claim(database, last.id, shared)
    assert await proposals(database, last.id) == []
    async with database.read() as session:
        assert await session.fetch_value("SELECT count(*) FROM merge_proposal") == count


async def test_notes_that_nothing_arrives_until_something_does(database: Database) -> None:
    point = an_address()
    owner = await write(database, point, is_verified=True)

    async def code() -> str | None:
        async with database.read() as session:
            found: str | None = await session.fetch_value(
                "SELECT undeliverable_code FROM contact_point WHERE customer_id = $1", owner.id
            )
        return found

    async with database.begin() as session:
        assert await mark_undeliverable(session, point=point, code="5.1.1") == 1
    assert await code() == "5.1.1"
    async with database.begin() as session:
        assert await mark_deliverable(session, point=point) == 1
        assert await mark_deliverable(session, point=point) == 0
    assert await code() is None
