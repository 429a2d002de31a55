"""Two nodes on one database."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stoa.platform.database.session import open_database
from stoa.platform.realtime import metrics
from stoa.platform.realtime.parts import MAX_NOTE_BYTES
from tests.platform.realtime.lab import Lab, Noted, connected, running_lab

Two = tuple[Lab, Lab]


@pytest.fixture
async def nodes(database_url: str, tmp_path: Path) -> AsyncIterator[Two]:
    """Two nodes that look at the log so seldom that only the bus can be the one who told."""
    settings: dict[str, Any] = {
        "bus": "postgres",
        "database_url": database_url,
        "socket_commands_per_second": 500,
    }
    first, second = await open_database(database_url), await open_database(database_url)
    async with first.begin() as session:
        await session.execute("TRUNCATE topic, event")
    async with (
        running_lab(first, tmp_path / "1", reconcile_seconds=600, **settings) as one,
        running_lab(second, tmp_path / "2", reconcile_seconds=600, **settings) as two,
    ):
        async with one.node.database.read() as session:
            while (
                await session.fetch_value(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND application_name = 'stoa-bus' AND query ILIKE 'listen%'"
                    " AND state = 'idle'"
                )
                < 2
            ):
                await asyncio.sleep(0.01)
        yield one, two
    await first.close()
    await second.close()


async def test_what_one_commits_the_other_tells(nodes: Two) -> None:
    one, two = nodes
    async with connected(one) as ann, connected(two, name="bob") as bob:
        await ann.subscribe("r")
        await bob.subscribe("r")
        for number in range(20):
            await ann.command(f"{number}")
        assert await bob.bodies(20) == [str(number) for number in range(20)]
        assert await ann.bodies(20) == [str(number) for number in range(20)]


async def test_signals_travel_too(nodes: Two) -> None:
    one, two = nodes
    async with connected(one) as ann, connected(two, name="bob") as bob:
        await bob.subscribe("r")
        await ann.send({"t": "signal", "type": "typing", "data": {"room": "r"}})
        assert (await bob.next())["data"] == {"room": "r"}


@pytest.mark.parametrize("size", [7_000, 7_700, 60_000, 700_000])
async def test_a_signal_may_be_larger_than_one_notification(nodes: Two, size: int) -> None:
    """What does not pack well, between others that stay in order."""
    one, two = nodes
    text = "Ω" + random.Random(size).randbytes(size // 2).hex()
    async with connected(two, name="bob") as bob:
        await bob.subscribe("r")
        for part in ("before", text, text, "after"):
            one.node.hub.signal("room:r", "typing", {"room": part})
        for part in ("before", text, text, "after"):
            assert (await bob.next())["data"] == {"room": part}


def counted() -> float:
    (metric,) = metrics.SIGNALS_DROPPED.collect()
    return metric.samples[0].value


async def test_a_signal_beyond_all_measure_is_dropped_and_counted(nodes: Two) -> None:
    one, two = nodes
    dropped = counted()
    async with connected(two, name="bob") as bob:
        await bob.subscribe("r")
        for part in ("x" * (MAX_NOTE_BYTES + 1), "after"):
            one.node.hub.signal("room:r", "typing", {"room": part})
        assert (await bob.next())["data"] == {"room": "after"}
    assert counted() == dropped + 1


async def test_what_one_changes_the_other_no_longer_remembers(nodes: Two) -> None:
    one, two = nodes
    type_: str = Noted.model_fields["type"].default
    memory = two.node.database.memory

    async def load() -> str:
        return "old"

    await memory.remember("key", load, until=[type_])
    async with connected(one) as ann:
        await ann.subscribe("r")
        await ann.command("new")
    async with asyncio.timeout(30):
        while memory.recall("key") is not None:
            await asyncio.sleep(0.01)


async def test_one_batch_may_be_larger_than_one_notification(nodes: Two) -> None:
    one, two = nodes
    async with connected(two, name="bob") as bob:
        rooms = [f"room-with-a-rather-long-name-{number}" for number in range(150)]
        for room in rooms:
            assert (await bob.subscribe(room))["t"] == "subscribed"
        async with one.node.database.begin() as session:
            session.publish(Noted(body="all"), topics=[f"room:{room}" for room in rooms])
        assert await bob.bodies(150) == ["all"] * 150


async def test_comes_back_after_its_connection_was_lost(nodes: Two) -> None:
    one, two = nodes
    async with connected(two, name="bob") as bob:
        await bob.subscribe("r")
        async with one.node.database.read() as session:
            await session.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'stoa-bus'"
            )
        heard: list[str] = []

        async def hear() -> None:
            while True:
                heard.extend(await bob.bodies(1))

        task = asyncio.ensure_future(hear())
        async with asyncio.timeout(45):
            while not heard:
                await one.publish("r", "again")
                await asyncio.sleep(0.1)
        task.cancel()
