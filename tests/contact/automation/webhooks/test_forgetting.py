"""Somebody is erased while rules and webhooks are at what they wrote."""

import asyncio

from stoa.commerce.shops.models import Shop
from stoa.contact.automation.following import follow
from stoa.contact.automation.running import run_next
from stoa.contact.automation.webhooks.service import call_webhook
from stoa.contact.conversations.service import lock_conversation, set_contact
from stoa.people.customers.service import erase_customer
from stoa.platform.node import Node
from tests.contact.automation.webhooks.hooks import Listener, a_webhook
from tests.factories.automation import say
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent
from tests.factories.shops import with_reactions

BLOCKED = """SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
    AND cardinality(pg_blocking_pids(pid)) > 0)"""


async def test_an_erasure_takes_what_is_being_written_for_a_webhook(
    node: Node, house: Shop, listener: Listener
) -> None:
    database = with_reactions(node.database)
    ada = await an_agent(database)
    made = await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=[])
    place, customer = await a_conversation(database, shop_id=house.id)
    assert customer.visitor_id
    await say(database, a_draft(place, customer, "My cat is called Pafnucy"))
    async with database.begin() as session:
        await set_contact(
            session,
            conversation_id=place,
            visitor_id=customer.visitor_id,
            name="Zdzisia",
            email="zdzisia@example.org",
        )
    customer_id = await database.pool.fetchval("SELECT customer_id FROM conversation")

    async def erase() -> None:
        async with database.begin() as session:
            await erase_customer(session, customer_id=customer_id)

    async with database.begin() as session:
        await lock_conversation(session, conversation_id=place)
        message_id = await session.fetch_value("SELECT id FROM message WHERE kind = 'text'")
        name = await call_webhook(
            session,
            webhook_id=made.webhook.id,
            shop_id=house.id,
            conversation_id=place,
            message_id=message_id,
            rule_name="Cats",
            unique_key="once",
        )
        assert name == "ERP"
        erasing = asyncio.create_task(erase())
        async with asyncio.timeout(20):
            while not await database.pool.fetchval(BLOCKED):
                await asyncio.sleep(0.01)
    await erasing

    assert await database.pool.fetchval("SELECT count(*) FROM webhook_delivery") == 0


async def test_what_was_to_be_told_of_somebody_erased_is_told_to_nobody(
    node: Node, house: Shop, listener: Listener
) -> None:
    """The message is gone, and nobody trips over that."""
    database = with_reactions(node.database)
    ada = await an_agent(database)
    events = ["message.received"]
    await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=events)
    place, customer = await a_conversation(database, shop_id=house.id)
    assert customer.visitor_id
    await say(database, a_draft(place, customer, "My cat is called Pafnucy"))
    await follow(database)
    async with database.begin() as session:
        await set_contact(
            session,
            conversation_id=place,
            visitor_id=customer.visitor_id,
            name="Zdzisia",
            email="zdzisia@example.org",
        )
    customer_id = await database.pool.fetchval("SELECT customer_id FROM conversation")
    async with database.begin() as session:
        await erase_customer(session, customer_id=customer_id)

    assert not await run_next(database, conversation_id=place)

    assert await database.pool.fetchval("SELECT count(*) FROM webhook_delivery") == 0
