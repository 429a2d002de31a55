"""The log: numbers without gaps, in commit order, under real concurrency; and forgetting."""

import asyncio
import random
from datetime import timedelta
from typing import Literal

import pytest

from stoa.platform.clock import now
from stoa.platform.database.session import Database
from stoa.platform.outbox.event import Event, LoggedEvent
from stoa.platform.outbox.log import events_after, missed_events, prune_events, topic_position


class Happened(Event):
    type: Literal["happened"] = "happened"
    what: str


async def publish(database: Database, what: str, *topics: str) -> None:
    async with database.begin() as session:
        session.publish(Happened(what=what), topics=topics)


async def read(database: Database, topic: str, after: int = 0) -> list[LoggedEvent]:
    async with database.read() as session:
        return await events_after(session, topic=topic, after=after, limit=10_000)


async def test_numbers_a_topic_from_one(own_database: Database) -> None:
    for what in ("a", "b"):
        await publish(own_database, what, "t:1")
    events = await read(own_database, "t:1")
    assert [(event.seq, event.data) for event in events] == [(1, {"what": "a"}), (2, {"what": "b"})]


async def test_a_rolled_back_event_leaves_no_gap_and_is_not_heard(own_database: Database) -> None:
    heard: list[LoggedEvent] = []
    own_database.on_commit(lambda events: heard.extend(events))

    async def fail() -> None:
        async with own_database.begin() as session:
            session.publish(Happened(what="never"), topics=["t:1"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await publish(own_database, "first", "t:1")
    assert [event.seq for event in await read(own_database, "t:1")] == [1]
    assert [event.data["what"] for event in heard] == ["first"]


@pytest.mark.race
async def test_many_writers_of_overlapping_topics_neither_clash_nor_leave_gaps(
    own_database: Database,
) -> None:
    """Each writes to a few of the same topics at once; the heard order is the numbers' order."""
    names = [f"t:{number}" for number in range(6)]
    chance = random.Random(7)

    async def write(writer: int) -> None:
        for number in range(20):
            topics = chance.sample(names, k=3)
            await publish(own_database, f"{writer}.{number}", *topics)

    await asyncio.gather(*(write(writer) for writer in range(12)))
    total = 0
    for name in names:
        events = await read(own_database, name)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        total += len(events)
        for writer in range(12):
            own = [
                int(event.data["what"].partition(".")[2])
                for event in events
                if event.data["what"].startswith(f"{writer}.")
            ]
            assert own == sorted(own)
    assert total == 12 * 20 * 3


async def test_a_number_seen_means_that_all_before_it_can_be_seen(own_database: Database) -> None:
    """Sequence order is commit order: a reader never sees n + 1 before n."""
    is_done = asyncio.Event()

    async def look() -> None:
        while not is_done.is_set():
            events = await read(own_database, "t:1")
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            await asyncio.sleep(0)

    async def write(writer: int) -> None:
        for number in range(25):
            await publish(own_database, f"{writer}.{number}", "t:1", f"t:own:{writer}")

    looking = asyncio.ensure_future(look())
    await asyncio.gather(*(write(writer) for writer in range(6)))
    is_done.set()
    await looking


async def test_events_logged_early_carry_their_numbers(own_database: Database) -> None:
    heard: list[LoggedEvent] = []
    own_database.on_commit(lambda events: heard.extend(events))
    async with own_database.begin() as session:
        logged = await session.publish_now([("a:1", Happened(what="early"))])
        session.publish(Happened(what="late"), topics=["b:1"])
        assert [event.seq for event in logged] == [1]
    assert [(event.topic, event.data["what"]) for event in heard] == [
        ("a:1", "early"),
        ("b:1", "late"),
    ]


async def test_reads_several_topics_after_their_own_numbers(own_database: Database) -> None:
    for what in ("a", "b", "c"):
        await publish(own_database, what, "t:1", "t:2")
    async with own_database.read() as session:
        missed = await missed_events(session, after={"t:1": 1, "t:2": 2, "t:3": 0}, limit=10)
    assert [(event.topic, event.seq) for event in missed] == [("t:1", 2), ("t:1", 3), ("t:2", 3)]


async def test_forgets_the_oldest_and_knows_up_to_where(own_database: Database) -> None:
    for number in range(6):
        await publish(own_database, str(number), "t:1", "t:2")
    async with own_database.begin() as session:
        await session.execute(
            "UPDATE event SET created_at = created_at - interval '40 days' WHERE seq <= 4"
        )
    before = now() - timedelta(days=30)
    counts = []
    for _ in range(4):
        async with own_database.begin() as session:
            counts.append(await prune_events(session, before=before, limit=3))
    assert counts == [3, 3, 2, 0]
    async with own_database.read() as session:
        assert await topic_position(session, topic="t:1") == (6, 4)
    assert [event.seq for event in await read(own_database, "t:1")] == [5, 6]
    await publish(own_database, "next", "t:1")
    assert [event.seq for event in await read(own_database, "t:1", after=4)] == [5, 6, 7]
