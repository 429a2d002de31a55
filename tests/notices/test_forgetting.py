"""Somebody is erased while what is for them is being written."""

import asyncio
from typing import Any
from uuid import UUID

from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.service import set_contact
from stoa.notices.confirming import send_confirmation
from stoa.notices.conversations import send_answers, send_transcript
from stoa.notices.orders import send_order_mail
from stoa.notices.proving import send_code
from stoa.people.consent.models import Person, Purpose, Wording
from stoa.people.consent.service import ask_consent
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import list_points
from stoa.people.customers.service import ask_proof, erase_customer
from stoa.platform.node import Node
from tests.contact.channels.conftest import Place
from tests.contact.channels.conftest import place as place
from tests.contact.channels.test_forgetting import WAITING
from tests.factories.checkout import order_now, ready_visitor
from tests.factories.commerce import make_goods, make_shop
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent
from tests.waiting import until

EMAIL = "anna@example.org"  # of whoever orders


async def everything_for_somebody(place: Place) -> tuple[UUID, list[Any]]:
    """(a customer, jobs not yet begun that write to them)."""
    node = place.node
    async with node.database.begin() as session:
        shop = await make_shop(session)
        goods = await make_goods(session, shop)
        await add_inbox(
            session,
            shop_id=shop.id,
            channel="folder",
            name="Orders",
            settings={"folder": str(place.folder), "password": "hunter2"},
            staff_id=None,
            key=node.settings.secret_key,
        )
    visitor_id = await ready_visitor(node.database, shop, goods)
    order_id = (await order_now(node.database, shop, visitor_id)).order_id
    conversation_id, _ = await a_conversation(node.database, shop_id=shop.id, visitor_id=visitor_id)
    agent = await an_agent(node.database)
    async with node.database.begin() as session:
        drafts = [
            a_draft(conversation_id, Sender(visitor_id=visitor_id), "Where is it?"),
            a_draft(conversation_id, agent, "On its way"),
        ]
        await write_messages(session, drafts)
        await set_contact(
            session,
            conversation_id=conversation_id,
            visitor_id=visitor_id,
            name="Anna",
            email=EMAIL,
        )
        customer_id: UUID = await session.fetch_value(
            "SELECT customer_id FROM visitor WHERE id = $1", visitor_id
        )
        held = [
            point
            for point in await list_points(session, customer_id=customer_id)
            if point.kind is PointKind.EMAIL
        ]
        proof = await ask_proof(
            session, shop_id=shop.id, visitor_id=visitor_id, point_id=held[0].id, locale="en"
        )
        request = await ask_consent(
            session,
            shop_id=shop.id,
            point=Point(PointKind.EMAIL, EMAIL),
            purpose=Purpose.MARKETING,
            wording=Wording("Offers?", "1", "en"),
            source="account",
            person=Person(visitor_id=visitor_id, customer_id=customer_id),
        )
    of_conversation = {"conversation_id": str(conversation_id)}
    return customer_id, [
        send_order_mail(node, {"order_id": str(order_id), "occasion": "placed"}),
        send_transcript(node, {**of_conversation, "email": EMAIL, "request_id": "1"}),
        send_answers(node, {**of_conversation, "after": 0, "up_to": 100}),
        send_code(node, {"proof_id": str(proof.id)}),
        send_confirmation(node, {"request_id": str(request.id)}),
    ]


async def erase(node: Node, customer_id: UUID) -> None:
    async with node.database.begin() as session:
        await erase_customer(session, customer_id=customer_id)


async def test_nothing_of_it_is_left(place: Place) -> None:
    customer_id, jobs = await everything_for_somebody(place)
    pool = place.node.database.pool

    async def until_waiting(number: int, tasks: "list[asyncio.Task[Any]]") -> None:
        async def is_so() -> bool:
            ended = sum(task.done() for task in tasks)
            return bool(await pool.fetchval(WAITING) + ended >= number)

        await until(is_so)

    async with place.node.database.begin() as holder:
        # The last that goes: what leaves by a channel is gone by then, and nothing committed.
        await holder.execute('SELECT FROM "order" FOR UPDATE')
        erasing = asyncio.create_task(erase(place.node, customer_id))
        await until_waiting(1, [])
        writing = [asyncio.create_task(job) for job in jobs]
        await until_waiting(1 + len(writing), writing)
    await asyncio.gather(erasing, *writing)
    rows = await pool.fetch("SELECT unique_key FROM delivery")
    assert [row["unique_key"] for row in rows] == []


async def test_what_begins_to_be_written_afterwards_is_written_to_nobody(place: Place) -> None:
    """A worker had taken the jobs before, so that they were not forgotten."""
    customer_id, jobs = await everything_for_somebody(place)
    await erase(place.node, customer_id)
    for job in jobs:
        await job
    assert await place.node.database.pool.fetchval("SELECT count(*) FROM delivery") == 0


async def test_what_is_written_leaves_when_nobody_is_erased(place: Place) -> None:
    _, jobs = await everything_for_somebody(place)
    for job in jobs:
        await job
    count = await place.node.database.pool.fetchval("SELECT count(*) FROM delivery")
    assert count == len(jobs)
