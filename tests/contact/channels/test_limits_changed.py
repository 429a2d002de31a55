"""The limits change in the moment in which something is being held back by those of before."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from stoa.contact.channels.deliver import send_one
from stoa.contact.channels.grants import opened_account
from stoa.contact.channels.models import Delivery, Inbox
from stoa.contact.channels.outbox import ask_again, claim
from stoa.contact.channels.protocol import Accepted, Outgoing
from stoa.platform.database.session import Session
from tests.contact.channels.conftest import Place
from tests.contact.channels.test_forgetting import WAITING
from tests.contact.channels.test_leaving import send, set_quiet, talk_long_ago, write
from tests.contact.channels.test_leaving import sms as sms
from tests.waiting import until


class NoSender:
    async def send(self, outgoing: Outgoing) -> Accepted:
        raise AssertionError(f"{outgoing.text!r} was to be held back")


async def held_by_quiet_hours(place: Place, sms: Inbox) -> Delivery:
    """An answer to somebody who wrote long ago, claimed and not yet decided about."""
    conversation_id = await talk_long_ago(place, sms)
    await set_quiet(place, is_quiet=True)
    await send(place, sms, conversation_id, "client-01")
    async with place.node.database.begin() as session:
        [delivery] = await claim(session, inbox=sms, limit=5)
    return delivery


async def lift_quiet_hours(session: Session, *, shop_id: UUID) -> None:
    await session.execute(
        "UPDATE shop SET settings = settings || $1 WHERE id = $2",
        {"limits": {"quiet_from": "00:00", "quiet_until": "00:00"}},
        shop_id,
    )
    await ask_again(session, shop_id=shop_id)


def sending(place: Place, sms: Inbox, delivery: Delivery) -> "asyncio.Task[None]":
    return asyncio.create_task(
        send_one(
            place.node,
            inbox=sms,
            account=opened_account(place.node, sms),
            sender=NoSender(),
            delivery=delivery,
        )
    )


async def until_blocked(place: Place, task: "asyncio.Task[None]", *, number: int = 1) -> None:
    """Until so many wait for a lock, or this one need not."""

    async def is_so() -> bool:
        return task.done() or await place.node.database.pool.fetchval(WAITING) >= number

    await until(is_so)


async def assert_due(place: Place) -> None:
    row = await place.node.database.pool.fetchrow("SELECT * FROM delivery")
    assert row is not None
    assert (row["state"], row["attempts"]) == ("queued", 0)
    assert row["next_try_at"] <= datetime.now(UTC)


async def test_what_is_decided_while_the_limits_change_follows_the_new_ones(
    place: Place, sms: Inbox
) -> None:
    delivery = await held_by_quiet_hours(place, sms)
    async with place.node.database.begin() as session:
        await lift_quiet_hours(session, shop_id=place.shop.id)
        task = sending(place, sms, delivery)
        await until_blocked(place, task)
    await task
    await assert_due(place)


async def test_what_is_written_down_while_the_limits_change_is_decided_anew(
    place: Place, sms: Inbox
) -> None:
    delivery = await held_by_quiet_hours(place, sms)

    async def lift() -> None:
        async with place.node.database.begin() as session:
            await lift_quiet_hours(session, shop_id=place.shop.id)

    async with place.node.database.begin() as session:
        # What is being held back waits to be shown, and whoever changes the limits waits for that.
        await session.execute(
            "SELECT FROM message WHERE id = $1 FOR UPDATE", delivery.message_ids[0]
        )
        task = sending(place, sms, delivery)
        await until_blocked(place, task)
        lifting = asyncio.create_task(lift())
        await until_blocked(place, lifting, number=2)
    await asyncio.gather(task, lifting)
    await assert_due(place)


async def test_what_waits_for_the_morning_leaves_when_its_customer_writes(
    place: Place, sms: Inbox
) -> None:
    delivery = await held_by_quiet_hours(place, sms)
    await sending(place, sms, delivery)
    due = await place.node.database.pool.fetchval("SELECT next_try_at FROM delivery")
    assert due > datetime.now(UTC)
    await write(place, sms, "Are you there?")
    await assert_due(place)
