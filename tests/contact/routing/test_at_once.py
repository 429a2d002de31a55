"""Routing by several nodes at once, while people write and take."""

import asyncio
from collections import Counter
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.service import assign_conversation
from stoa.contact.routing.assigning import Busy, hold_routing, route_waiting
from stoa.contact.routing.service import send_to_queue
from stoa.platform.database.session import Database, open_database
from tests.factories.contact import a_draft
from tests.factories.routing import (
    Messages,
    a_desk,
    a_speaker,
    a_team,
    facts,
    route,
    row,
    rows,
    somebody_waits,
)


async def test_only_one_node_at_a_time(database: Database, messages: Messages, shop: Shop) -> None:
    ada = await a_speaker(database, "Ada", "en")
    await a_team(database, ada)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    async with database.begin() as holder:
        await hold_routing(holder)
        with pytest.raises(Busy):
            async with database.begin() as session:
                await route_waiting(session, desk=a_desk(ada))
    assert (await row(database, waiting)).assignee_id is None


async def test_two_nodes_at_once_give_everything_out_once_and_fairly(
    database: Database, database_url: str, messages: Messages, shop: Shop
) -> None:
    people = [await a_speaker(database, f"P{n}", "en", capacity=6) for n in range(3)]
    await a_team(database, *people, rule="round_robin")
    waiting = [(await somebody_waits(database, messages, shop_id=shop.id))[0] for _ in range(20)]
    other = await open_database(database_url, size=3)

    async def keep_on(node: Database) -> None:
        idle = 0
        while idle < 3:
            try:
                idle = 0 if await route(node, a_desk(*people)) else idle + 1
            except Busy:
                await asyncio.sleep(0.001)

    try:
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            for node in (database, other, database, other):
                group.create_task(keep_on(node))
    finally:
        await other.close()
    found = await rows(database, waiting)
    got = Counter(one.assignee_id for one in found)
    assert got == Counter(dict.fromkeys(people, 6)) + Counter({None: 2})
    for one in found:
        assert len(await facts(database, one.id)) == (one.assignee_id is not None)


async def test_messages_go_on_while_conversations_are_given_out(
    database: Database, messages: Messages, shop: Shop
) -> None:
    people = [await a_speaker(database, f"P{n}", "en", capacity=50) for n in range(3)]
    await a_team(database, *people, return_seconds=5)
    waiting = [await somebody_waits(database, messages, shop_id=shop.id) for _ in range(12)]
    agent = Sender(staff_id=people[0], staff_name="P0")

    async def talk(round_: int) -> None:
        for number, (conversation_id, customer) in enumerate(waiting):
            sender = agent if (number + round_) % 3 == 0 else customer
            await messages.submit(a_draft(conversation_id, sender, f"{round_}"))

    async def keep_on(*there: UUID) -> None:
        for _ in range(20):
            try:
                await route(database, a_desk(*there, later=60))
            except Busy:
                await asyncio.sleep(0.001)

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for round_ in range(6):
            group.create_task(talk(round_))
        group.create_task(keep_on(*people))
        group.create_task(keep_on(people[1], people[2]))
    found = await rows(database, [conversation_id for conversation_id, _ in waiting])
    assert {one.message_count for one in found} == {7}


async def test_an_agent_who_takes_one_meanwhile_has_it(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    await a_team(database, ada)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk())
    async with database.begin() as taking:
        by = Sender(staff_id=bob, staff_name="Bob")
        await assign_conversation(taking, conversation_id=waiting, to=bob, by=by)
        routing = asyncio.create_task(route(database, a_desk(ada, bob)))
        await until_blocked(database)
    await routing
    assert (await row(database, waiting)).assignee_id == bob
    assert [fact for fact, _ in await facts(database, waiting)] == ["assigned"]


async def pass_on_while_routing(
    database: Database, waiting: UUID, *, to: UUID, by: Sender, later: int = 0, there: UUID
) -> None:
    """Somebody is about to pass the conversation on when it is decided by rule what becomes of it,
    and all that can be done is done."""
    async with database.begin() as passing:
        await send_to_queue(passing, conversation_id=waiting, queue_id=to, by=by)
        routing = asyncio.create_task(route(database, a_desk(there, later=later)))
        await until_blocked(database)
    await routing


async def test_what_is_passed_on_while_it_is_given_out_is_where_it_was_passed_to(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada, bob = await a_speaker(database, "Ada", "en"), await a_speaker(database, "Bob", "en")
    await a_team(database, ada)
    _, service = await a_team(database, bob, name="Service", takes_counter=False)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk())
    by = Sender(staff_id=ada, staff_name="Ada")
    await pass_on_while_routing(database, waiting, to=service, by=by, there=ada)
    found = await row(database, waiting)
    assert (found.queue_id, found.assignee_id) == (service, None)
    assert await facts(database, waiting) == [("moved", "Service")]


async def test_who_puts_it_back_while_it_is_given_out_is_not_given_it(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    _, queue = await a_team(database, ada)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk())
    by = Sender(staff_id=ada, staff_name="Ada")
    await pass_on_while_routing(database, waiting, to=queue, by=by, there=ada)
    assert (await row(database, waiting)).assignee_id is None


async def test_what_is_passed_on_before_it_has_a_place_is_where_it_was_passed_to(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada, bob = await a_speaker(database, "Ada", "en"), await a_speaker(database, "Bob", "en")
    await a_team(database, ada)
    _, service = await a_team(database, bob, name="Service", takes_counter=False)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    by = Sender(staff_id=ada, staff_name="Ada")
    await pass_on_while_routing(database, waiting, to=service, by=by, there=ada)
    assert (await row(database, waiting)).queue_id == service


async def test_what_is_passed_on_while_it_moves_on_is_where_it_was_passed_to(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada, bob = await a_speaker(database, "Ada", "en"), await a_speaker(database, "Bob", "en")
    _, night = await a_team(database, bob, name="Night", takes_counter=False)
    _, service = await a_team(database, bob, name="Service", takes_counter=False)
    await a_team(database, ada, overflow_queue_id=night, overflow_seconds=60)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk())
    by = Sender(staff_id=ada, staff_name="Ada")
    await pass_on_while_routing(database, waiting, to=service, by=by, later=90, there=ada)
    assert (await row(database, waiting)).queue_id == service


async def until_blocked(database: Database) -> None:
    async with asyncio.timeout(30), database.read() as session:
        while not await session.fetch_value(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " OR l.database IS NULL OR l.database = 0"
            " WHERE NOT l.granted AND d.datname = current_database())"
        ):
            await asyncio.sleep(0.01)
