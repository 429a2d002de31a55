"""A reader that stops reading, on a real socket, and those beside it."""

import asyncio
import time
from pathlib import Path

import pytest

from stoa.platform.database.session import Database
from stoa.platform.realtime.connection import STALL_SECONDS
from tests.platform.realtime.lab import connected, running_lab


@pytest.mark.parametrize("plain_asgi", [False, True])
async def test_never_holds_up_the_others_and_is_told_to_resync(
    database: Database, tmp_path: Path, plain_asgi: bool
) -> None:
    async with (
        running_lab(database, tmp_path, plain_asgi=plain_asgi, socket_queue_bytes=100_000) as lab,
        connected(lab, name="slow", max_queue=1) as slow,
        connected(lab, name="bob") as bob,
    ):
        room = f"slow-{plain_asgi}"
        await slow.subscribe(room)
        await bob.subscribe(room)
        [connection] = lab.node.connections.of("guest:slow")
        slow.socket.transport.pause_reading()
        longest = 0.0
        count = 0
        left = 5  # rounds once it has been given up
        while left:
            left -= not connection.topics
            assert count < 2_000, "what its line takes has an end"
            begin = time.perf_counter()
            await lab.publish(room, *["x" * 20_000] * 5)
            assert len(await bob.bodies(5)) == 5
            longest = max(longest, time.perf_counter() - begin)
            count += 5
        assert longest < STALL_SECONDS / 2, "nobody waited for it to read"
        slow.socket.transport.resume_reading()
        seen = 0
        while (frame := await slow.next())["t"] == "event":
            assert frame["seq"] == seen + 1
            seen = frame["seq"]
        assert frame == {"t": "resync", "topic": f"room:{room}", "reason": "slow"}
        assert 0 < seen < count
        await slow.send({"t": "subscribe", "topic": f"room:{room}", "after": count - 5})
        assert (await slow.until("subscribed"))["seq"] == count
        for number in range(count - 4, count + 1):
            assert (await slow.next())["seq"] == number


async def test_memory_for_it_stays_bounded(database: Database, tmp_path: Path) -> None:
    async with (
        running_lab(database, tmp_path, socket_queue_bytes=50_000) as lab,
        connected(lab, name="slow", max_queue=1) as slow,
    ):
        await slow.subscribe("bounded")
        slow.socket.transport.pause_reading()
        for _ in range(60):
            await lab.publish("bounded", *["x" * 20_000] * 5)
            await asyncio.sleep(0)
        (connection,) = lab.node.connections.of("guest:slow")
        assert connection._outbox._bytes <= 50_000
        assert not lab.node.hub.has_subscribers("room:bounded")
