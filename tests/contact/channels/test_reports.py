"""What becomes of a message is heard, whatever overtakes what."""

import asyncio
from typing import Any

import pytest

from stoa.contact.channels.protocol import Accepted, Outgoing, Report
from stoa.contact.channels.reports import lock_names, take_parked, take_report
from stoa.contact.channels.threads import name_message
from stoa.contact.channels.ways import ways_of
from stoa.platform.clock import now
from tests.contact.channels.answering import an_answer, holding, shown, state
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import FolderSender
from tests.waiting import until


async def test_a_report_that_overtakes_the_answer_is_heard(place: Place) -> None:
    await an_answer(place)
    pool = place.node.database.pool
    delivery_id = await pool.fetchval("SELECT id FROM delivery")
    report = Report(name=f"<{delivery_id}@folder>", state="delivered")
    async with place.node.database.begin() as session:
        await take_report(session, inbox_id=place.inbox.id, report=report)
    assert await pool.fetchval("SELECT count(*) FROM parked_receipt") == 1
    async with holding(place.node):

        async def has_arrived() -> bool:
            return await state(place) == "delivered"

        await until(has_arrived)
    assert await pool.fetchval("SELECT count(*) FROM parked_receipt") == 0


async def test_a_bounce_marks_message_and_address(place: Place) -> None:
    async with holding(place.node):
        await an_answer(place)

        async def has_left() -> bool:
            return await state(place) == "sent"

        await until(has_left)
    delivery_id = await place.node.database.pool.fetchval("SELECT id FROM delivery")
    report = Report(name=str(delivery_id), state="failed", code="5.1.1", is_point_dead=True)
    async with place.node.database.begin() as session:
        await take_report(session, inbox_id=place.inbox.id, report=report)
        conversation_id = await session.fetch_value("SELECT id FROM conversation")
        [way] = (await ways_of(session, conversation_id=conversation_id)).ways
    assert (await shown(place))["state"] == "failed"
    assert way.problem == "address_dead"


async def test_no_receipt_is_lost_between_the_answer_and_its_record(place: Place) -> None:
    """Two connections: one records the name while the other hears the receipt for it."""
    await an_answer(place)
    pool = place.node.database.pool
    delivery_id = await pool.fetchval("SELECT id FROM delivery")
    await pool.execute("UPDATE delivery SET state = 'sending'")
    report = Report(name="sms-1", state="delivered")
    recording = asyncio.Event()

    async def record() -> None:
        async with place.node.database.begin() as session:
            await lock_names(session, inbox_id=place.inbox.id, names=["sms-1"])
            recording.set()
            await name_message(
                session,
                inbox_id=place.inbox.id,
                names=["sms-1"],
                conversation_id=None,
                message_id=None,
                delivery_id=delivery_id,
                at=now(),
            )
            await take_parked(session, inbox_id=place.inbox.id, names=["sms-1"])

            async def somebody_waits() -> Any:
                return await pool.fetchval(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                )

            await until(somebody_waits)

    async def hear() -> None:
        await recording.wait()
        async with place.node.database.begin() as session:
            await take_report(session, inbox_id=place.inbox.id, report=report)

    await asyncio.gather(record(), hear())
    assert await state(place) == "delivered"
    assert await pool.fetchval("SELECT count(*) FROM parked_receipt") == 0


async def test_a_receipt_that_names_the_delivery_is_not_undone_by_its_answer(
    place: Place,
) -> None:
    await an_answer(place)
    delivery_id = await place.node.database.pool.fetchval("SELECT id FROM delivery")
    sent = FolderSender.send

    async def told_at_once(sender: FolderSender, outgoing: Outgoing) -> Accepted:
        async with place.node.database.begin() as session:
            await take_report(
                session,
                inbox_id=place.inbox.id,
                report=Report(name=str(delivery_id), state="delivered"),
            )
        return await sent(sender, outgoing)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FolderSender, "send", told_at_once)
        async with holding(place.node):
            names = "SELECT count(*) FROM external_name WHERE delivery_id IS NOT NULL"
            await until(lambda: place.node.database.pool.fetchval(names))
    assert await state(place) == "delivered"
