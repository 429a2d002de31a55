"""Order, gaps, joining and slow readers, against a real log."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

import orjson
import pytest

from stoa.platform.database.session import Database
from stoa.platform.outbox.event import Event, LoggedEvent
from stoa.platform.realtime import hub as hubs
from stoa.platform.realtime.hub import MAX_BACKLOG, CannotResume, Hub
from stoa.platform.realtime.outgoing import Outgoing
from tests.waiting import until_so


class Counted(Event):
    type: Literal["counted"] = "counted"
    n: int = 0


class Reader:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []

    def push(self, frame: Outgoing) -> None:
        self.frames.append(orjson.loads(frame.payload))

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.frames if frame["t"] == "event"]


async def publish(database: Database, topic: str, count: int = 1) -> None:
    async with database.begin() as session:
        for n in range(count):
            session.publish(Counted(n=n), topics=[topic])


async def join(hub: Hub, reader: Reader, topic: str, after: int | None = 0) -> int:
    seqs: list[int] = []
    await hub.subscribe(reader, topic, after=after, joined=seqs.append)
    return seqs[0]


@asynccontextmanager
async def following(hub: Hub) -> AsyncIterator[None]:
    task = asyncio.ensure_future(hub.run())
    try:
        yield
    finally:
        task.cancel()


class Shuffled:
    """Hands a commit's events on late, twice, out of order, or not at all."""

    def __init__(self, hub: Hub, seed: int) -> None:
        self._hub = hub
        self._random = random.Random(seed)
        self._held: list[Sequence[LoggedEvent]] = []

    def __call__(self, events: Sequence[LoggedEvent]) -> None:
        fate = self._random.random()
        if fate < 0.2:
            return  # lost
        if fate < 0.5:
            self._held.append(events)
            return
        self._hub.hear(events)
        if fate > 0.9:
            self._hub.hear(events)
        while self._held and self._random.random() < 0.7:
            self._hub.hear(self._held.pop())


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_announcing_loses_every_reader_gets_every_event_once_in_order(
    database: Database, seed: int
) -> None:
    hub = Hub(database, reconcile_seconds=0.1)
    listener = Shuffled(hub, seed)
    database._listeners[:] = [listener]
    topic = f"shuffled:{seed}"
    early, readers = Reader(), [Reader() for _ in range(8)]
    async with following(hub):
        await join(hub, early, topic)

        async def write() -> None:
            for _ in range(15):
                await publish(database, topic, 2)

        async def join_late(reader: Reader, number: int) -> None:
            await asyncio.sleep(number * 0.004)
            await join(hub, reader, topic)

        await asyncio.gather(
            write(), write(), *(join_late(reader, n) for n, reader in enumerate(readers))
        )
        await until_so(lambda: all(len(r.seqs) >= 60 for r in [early, *readers]))
    for reader in [early, *readers]:
        assert reader.seqs == list(range(1, 61))


async def test_events_of_another_process_are_found_by_looking(database: Database) -> None:
    hub = Hub(database, reconcile_seconds=0.05)
    database._listeners.clear()
    reader = Reader()
    await publish(database, "unheard:a", 3)
    async with following(hub):
        assert await join(hub, reader, "unheard:a", after=1) == 3
        await publish(database, "unheard:a", 2)
        await until_so(lambda: reader.seqs == [2, 3, 4, 5])


@pytest.mark.parametrize("read", ["topic_position", "missed_events"])
async def test_what_another_node_tells_while_the_log_is_read_is_looked_for_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    hub = Hub(database, reconcile_seconds=600)
    database._listeners.clear()
    topic, reader = f"meanwhile:{read}", Reader()
    reading = getattr(hubs, read)

    async def told_meanwhile(*args: Any, **named: Any) -> Any:
        found = await reading(*args, **named)
        monkeypatch.setattr(hubs, read, reading)
        await publish(database, topic)
        hub.hint([(topic, 2)])
        return found

    monkeypatch.setattr(hubs, read, told_meanwhile)
    async with following(hub):
        if read == "topic_position":
            await publish(database, topic)
            await join(hub, reader, topic, after=1)
        else:
            await join(hub, reader, topic)
            await publish(database, topic)
            hub.hint([(topic, 1)])
        await until_so(lambda: reader.seqs and reader.seqs[-1] == 2)


async def test_a_topic_nobody_hears_costs_nothing(database: Database) -> None:
    hub = Hub(database)
    database._listeners[:] = [hub.hear]
    reader = Reader()
    await join(hub, reader, "left:a")
    hub.unsubscribe(reader, "left:a")
    await publish(database, "left:a")
    assert hub._topics == {}
    assert reader.seqs == []


async def test_what_cannot_be_resumed_is_refused_and_leaves_nothing_behind(
    database: Database,
) -> None:
    hub = Hub(database)
    await publish(database, "far:a", MAX_BACKLOG + 1)
    for after, reason in ((0, "too_far"), (MAX_BACKLOG + 2, "ahead")):
        with pytest.raises(CannotResume) as refusal:
            await join(hub, Reader(), "far:a", after=after)
        assert refusal.value.reason == reason
    assert hub._topics == {}


async def test_a_fresh_subscription_hears_only_what_is_new(database: Database) -> None:
    hub = Hub(database)
    database._listeners[:] = [hub.hear]
    reader = Reader()
    await publish(database, "fresh:a", 4)
    assert await join(hub, reader, "fresh:a", after=None) == 4
    await publish(database, "fresh:a")
    assert reader.seqs == [5]


async def test_following_survives_a_database_that_went_away(database: Database) -> None:
    hub = Hub(database, reconcile_seconds=0.05)
    database._listeners.clear()
    reader = Reader()
    async with following(hub):
        await join(hub, reader, "away:a")
        async with database.read() as session:
            await session.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await publish(database, "away:a", 2)
        await until_so(lambda: reader.seqs == [1, 2])
