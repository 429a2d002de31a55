"""A webhook is changed while something is under way to it."""

import asyncio
from datetime import timedelta
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.contact.automation.webhooks import rules, sending, service
from stoa.contact.automation.webhooks.queries import get_webhook
from stoa.contact.automation.webhooks.schemas import WebhookInput, WebhookView
from stoa.contact.conversations.models import Sender
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.node import Node
from tests.contact.automation.webhooks.hooks import Listener, a_webhook, deliver_all, deliveries
from tests.contact.automation.webhooks.test_forgetting import BLOCKED
from tests.factories.people import an_agent
from tests.waiting import until, until_so


async def change(
    session: Session, *, webhook_id: UUID, by: Sender, url: str, is_on: bool = True
) -> None:
    assert by.staff_id
    await service.change_webhook(
        session,
        webhook_id=webhook_id,
        staff_id=by.staff_id,
        webhook=WebhookInput(name="ERP", url=url, is_on=is_on),
        allows_private=True,
    )


async def as_it_is(node: Node, webhook_id: UUID) -> WebhookView:
    async with node.database.read() as session:
        return await get_webhook(session, webhook_id=webhook_id)


async def test_what_is_being_written_for_it_while_it_is_switched_off_does_not_leave(
    node: Node, house: Shop, listener: Listener
) -> None:
    ada = await an_agent(node.database, role="administrator")
    made = await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=[])
    async with node.database.begin() as writing:
        await service.send_test(writing, webhook_id=made.webhook.id)
        async with node.database.begin() as session:
            await change(session, webhook_id=made.webhook.id, by=ada, url=listener.url, is_on=False)
    await deliver_all(node)
    assert listener.told == []
    [one] = await deliveries(node, made.webhook.id)
    assert (one.state, one.attempts, one.next_try_at) == ("cancelled", 0, None)


async def test_what_its_former_address_says_does_not_switch_it_off(
    node: Node, house: Shop, listener: Listener
) -> None:
    ada = await an_agent(node.database, role="administrator")
    made = await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=[])
    async with node.database.begin() as session:
        delivery_id = await service.send_test(session, webhook_id=made.webhook.id)
    listener.wait, listener.status = asyncio.Event(), rules.GONE
    under_way = asyncio.create_task(sending.deliver(node, {"delivery_id": str(delivery_id)}))
    await until_so(lambda: listener.told)
    async with node.database.begin() as session:
        await change(session, webhook_id=made.webhook.id, by=ada, url=f"{listener.url}?v=2")
    listener.wait.set()
    await under_way
    assert (await as_it_is(node, made.webhook.id)).is_on
    [one] = await deliveries(node, made.webhook.id)
    assert one.state == "queued"


async def test_at_another_address_it_has_not_failed_for_days(
    node: Node, house: Shop, listener: Listener
) -> None:
    ada = await an_agent(node.database, role="administrator")
    made = await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=[])
    async with node.database.begin() as session:
        await session.execute(
            "UPDATE webhook SET failing_since = $1", now() - rules.STOP_AFTER - timedelta(hours=1)
        )
        await change(session, webhook_id=made.webhook.id, by=ada, url=f"{listener.url}?v=2")
        await service.send_test(session, webhook_id=made.webhook.id)
    listener.status = 500
    await deliver_all(node)
    assert (await as_it_is(node, made.webhook.id)).is_on


async def test_it_is_switched_off_while_a_failure_is_written_down(
    node: Node, house: Shop, listener: Listener
) -> None:
    """Neither waits for the other for ever."""
    ada = await an_agent(node.database, role="administrator")
    made = await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=[])
    async with node.database.begin() as session:
        delivery_id = await service.send_test(session, webhook_id=made.webhook.id)
    listener.status = 500
    async with node.database.begin() as session:
        await session.execute("SELECT FROM webhook FOR UPDATE")
        under_way = asyncio.create_task(sending.deliver(node, {"delivery_id": str(delivery_id)}))

        async def is_blocked() -> bool:
            return bool(await node.database.pool.fetchval(BLOCKED))

        await until(is_blocked)
        await change(session, webhook_id=made.webhook.id, by=ada, url=listener.url, is_on=False)
    await under_way
    [one] = await deliveries(node, made.webhook.id)
    assert one.state == "cancelled"
    assert not (await as_it_is(node, made.webhook.id)).is_on
