"""Somebody is erased while what is theirs is on its way in or out."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from stoa.contact.channels.models import Content, Purpose
from stoa.contact.channels.outbox import queue_delivery
from stoa.contact.channels.protocol import Accepted, Envelope, Outgoing, Report
from stoa.contact.channels.receive import take
from stoa.contact.channels.reports import take_report
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import erase_customer
from tests.contact.channels.answering import an_answer, holding, state
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import FolderSender, a_mail
from tests.waiting import until

WAITING = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND cardinality(pg_blocking_pids(pid)) > 0"""
BLOCKED = f"SELECT ({WAITING}) > 0"


async def customer_of(place: Place, email: str) -> UUID:
    found: UUID = await place.node.database.pool.fetchval(
        "SELECT customer_id FROM contact_point WHERE key = $1", email
    )
    return found


async def erase(place: Place, email: str) -> None:
    customer_id = await customer_of(place, email)
    async with place.node.database.begin() as session:
        await erase_customer(session, customer_id=customer_id)


async def send_to(place: Place, email: str) -> None:
    async with place.node.database.begin() as session:
        await queue_delivery(
            session,
            inbox=place.inbox,
            to=Point(PointKind.EMAIL, email),
            content=Content(text=f"Dear {email}", locale="en"),
            purpose=Purpose.SERVICE,
            conversation_id=await session.fetch_value(
                "SELECT conversation_id FROM inbound WHERE from_key = $1", email
            ),
        )


async def test_an_erasure_while_an_answer_leaves_tears_no_line(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to somebody else is under way at the same time, and leaves once."""
    gates = {name: asyncio.Event() for name in ("anna@example.com", "bob@example.com")}
    begun: list[str] = []
    send = FolderSender.send

    async def gated(self: FolderSender, outgoing: Outgoing) -> Accepted:
        begun.append(outgoing.to.value)
        await gates[outgoing.to.value].wait()
        return await send(self, outgoing)

    monkeypatch.setattr(FolderSender, "send", gated)
    for number, email in enumerate(gates):
        await take(place.node, inbox_id=place.inbox.id, raw=a_mail(f"<{number}>", sender=email))
        await send_to(place, email)
    pool = place.node.database.pool
    async with holding(place.node):

        async def both_begun() -> bool:
            return len(begun) == 2

        await until(both_begun)
        await erase(place, "anna@example.com")
        gates["anna@example.com"].set()

        async def annas_left() -> bool:
            return len(list(place.folder.glob("*.json"))) == 1

        await until(annas_left)
        gates["bob@example.com"].set()

        async def bobs_is_recorded() -> bool:
            return bool(await pool.fetchval("SELECT state = 'sent' FROM delivery"))

        await until(bobs_is_recorded)
        # The line is the one it was: somebody's mail leaves at once.
        await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<9>", sender="eve@example.com"))
        gates["eve@example.com"] = asyncio.Event()
        gates["eve@example.com"].set()
        await send_to(place, "eve@example.com")

        async def eves_left() -> bool:
            return begun[-1] == "eve@example.com"

        await until(eves_left, seconds=3)
    assert sorted(begun) == ["anna@example.com", "bob@example.com", "eve@example.com"]
    row: Any = await pool.fetchrow("SELECT is_down, trouble FROM inbox")
    assert tuple(row) == (False, None)


async def test_receipts_of_others_with_a_like_address_stay(place: Place) -> None:
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>", sender="ann_@example.com"))
    texts = [
        "ann_@example.com: no such box",
        "joann_@example.com: no such box",
        "annx@example.com: no such box",
    ]
    async with place.node.database.begin() as session:
        for number, text in enumerate(texts):
            report = Report(name=f"<{number}@nobody>", state="failed", text=text)
            await take_report(session, inbox_id=place.inbox.id, report=report)

    await erase(place, "ann_@example.com")

    rows = await place.node.database.pool.fetch(
        "SELECT receipt ->> 'text' AS text FROM parked_receipt ORDER BY name"
    )
    assert [row["text"] for row in rows] == texts[1:]


async def test_a_bounce_and_an_erasure_at_once_wait_for_each_other(place: Place) -> None:
    """An erasure takes the address and then what went there; a bounce does so too."""
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>", sender="anna@example.com"))
    await send_to(place, "anna@example.com")
    pool = place.node.database.pool
    delivery_id = await pool.fetchval("SELECT id FROM delivery")
    bounce = Report(name=str(delivery_id), state="failed", is_point_dead=True, code="5.1.1")

    async def hear() -> None:
        async with place.node.database.begin() as session:
            await take_report(session, inbox_id=place.inbox.id, report=bounce)

    async with place.node.database.begin() as session:
        await session.execute("DELETE FROM contact_point")
        hearing = asyncio.create_task(hear())
        await until(lambda: waits_of(place))
        await session.execute("DELETE FROM delivery")
    await hearing
    assert await pool.fetchval("SELECT count(*) FROM parked_receipt") == 1


async def answered(place: Place) -> str:
    """An answer of ours went to Anna; returns its name."""
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>", text="Pafnucy"))
    async with holding(place.node):
        await an_answer(place)

        async def has_left() -> bool:
            return await state(place) == "sent"

        await until(has_left)
    name: str = await place.node.database.pool.fetchval(
        "SELECT name FROM external_name WHERE delivery_id IS NOT NULL"
    )
    return name


async def waits_of(place: Place) -> bool:
    return bool(await place.node.database.pool.fetchval(BLOCKED))


async def test_an_erasure_takes_what_is_being_put_into_the_conversation(place: Place) -> None:
    """An answer is all but stored when the person is erased: neither it nor its original stays."""
    name = await answered(place)
    pool = place.node.database.pool
    async with place.node.database.begin() as session:
        # The last thing that whoever takes a mail in writes.
        await session.execute("SELECT FROM topic WHERE name = 'desk' FOR UPDATE")
        raw = a_mail("<2>", text="Pafnucy again", answers=[name])
        taking = asyncio.create_task(take(place.node, inbox_id=place.inbox.id, raw=raw))
        await until(lambda: waits_of(place))
        erasing = asyncio.create_task(erase(place, "anna@example.com"))

        async def both_wait() -> bool:
            return bool(await pool.fetchval(WAITING) == 2)

        await until(both_wait)
    await asyncio.gather(taking, erasing)

    rows = await pool.fetch("SELECT state, blob_id, from_key FROM inbound")
    assert {tuple(row) for row in rows} == {("taken", None, None)}
    assert await pool.fetchval("SELECT count(*) FROM message") == 0


async def test_whoever_answers_while_being_erased_is_somebody_new(place: Place) -> None:
    name = await answered(place)
    pool = place.node.database.pool
    customer_id = await customer_of(place, "anna@example.com")
    async with place.node.database.begin() as session:
        await erase_customer(session, customer_id=customer_id)
        await session.flush()
        raw = a_mail("<2>", text="Are you there?", answers=[name])
        taking = asyncio.create_task(take(place.node, inbox_id=place.inbox.id, raw=raw))
        await until(lambda: waits_of(place))
    await taking

    assert await customer_of(place, "anna@example.com") not in (None, customer_id)
    rows = await pool.fetch("SELECT message_count FROM conversation ORDER BY created_at")
    assert [row["message_count"] for row in rows] == [0, 1]


async def test_a_mail_that_waits_for_an_erasure_does_not_hinder_it(place: Place) -> None:
    """The mail's row is held by whoever reads it; the erasure passes it over."""
    name = await answered(place)
    pool = place.node.database.pool
    customer_id = await customer_of(place, "anna@example.com")
    raw = replace(a_mail("<2>", answers=[name]), envelope=Envelope(sender="anna@example.com"))
    async with place.node.database.begin() as session:
        await session.execute("SELECT id FROM conversation FOR UPDATE")
        taking = asyncio.create_task(take(place.node, inbox_id=place.inbox.id, raw=raw))
        await until(lambda: waits_of(place))
        await erase_customer(session, customer_id=customer_id)
    await taking

    assert await pool.fetchval(
        "SELECT erased_at IS NOT NULL FROM customer WHERE id = $1", customer_id
    )
    assert await customer_of(place, "anna@example.com") not in (None, customer_id)
