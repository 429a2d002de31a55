"""One connection's queue: never waits, bounded, and honest about what it threw away."""

import asyncio

import orjson
import pytest

from stoa.platform.realtime.outbox import Outbox, TransportClosed
from stoa.platform.realtime.outgoing import Outgoing


class Reader:
    """A transport whose reader can be stopped."""

    name = "fake"

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.is_cut = False

    def offer(self, frame: Outgoing) -> bool:
        if self.is_cut:
            raise TransportClosed
        if self.reading.is_set():
            self.taken.append(frame.payload.decode())
        return self.reading.is_set()

    async def send(self, frame: Outgoing) -> None:
        while not self.offer(frame):
            await self.reading.wait()

    async def close(self, code: int) -> None:
        self.is_cut = True

    def abort(self) -> None:
        self.is_cut = True


def event(text: str, topic: str = "t") -> Outgoing:
    return Outgoing(text.encode(), "event", topic)


def make(
    reader: Reader, *, max_bytes: int = 100, stall_seconds: float = 5.0
) -> tuple[Outbox, list[str]]:
    lost: list[str] = []
    outbox = Outbox(reader, max_bytes=max_bytes, stall_seconds=stall_seconds, on_lost=lost.extend)
    return outbox, lost


async def test_keeps_the_order_through_a_pause() -> None:
    reader = Reader()
    outbox, lost = make(reader)
    outbox.push(event("1"))
    reader.reading.clear()
    for number in range(2, 6):
        outbox.push(event(str(number)))
    assert reader.taken == ["1"]
    reader.reading.set()
    outbox.push(event("6"))
    await outbox.flush()
    assert reader.taken == ["1", "2", "3", "4", "5", "6"]
    outbox.push(event("7"))
    assert reader.taken[-1] == "7"
    assert lost == []


async def test_a_reader_too_far_behind_is_told_to_resync_and_keeps_its_answers() -> None:
    reader = Reader()
    outbox, lost = make(reader)
    reader.reading.clear()
    outbox.push(event("x" * 60, "a"))
    await asyncio.sleep(0)  # the first is with the transport already
    outbox.push(Outgoing(b"answer"))
    outbox.push(Outgoing(b"signal", "signal", "c"))
    outbox.push(event("y" * 60, "a"))
    outbox.push(event("z" * 60, "b"))
    assert lost == ["a", "b"]
    reader.reading.set()
    await outbox.flush()
    assert reader.taken[:2] == ["x" * 60, "answer"]
    resyncs = [orjson.loads(text) for text in reader.taken[2:]]
    assert [(frame["topic"], frame["reason"]) for frame in resyncs] == [
        ("a", "slow"),
        ("b", "slow"),
    ]


async def test_who_sends_and_never_reads_is_cut() -> None:
    reader = Reader()
    outbox, _ = make(reader)
    reader.reading.clear()
    for _ in range(30):
        outbox.push(Outgoing(b"answer"))
    assert reader.is_cut


async def test_who_reads_nothing_for_long_is_cut() -> None:
    reader = Reader()
    outbox, _ = make(reader, stall_seconds=0.05)
    reader.reading.clear()
    outbox.push(event("1"))
    await outbox.flush()
    assert reader.is_cut


async def test_pushing_to_nobody_is_harmless() -> None:
    reader = Reader()
    outbox, _ = make(reader)
    await reader.close(1000)
    outbox.push(event("1"))
    assert reader.taken == []


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_frames_on_the_wire_are_what_the_library_would_write(size: int) -> None:
    from websockets.frames import Frame, Opcode

    payload = b"x" * size
    wanted = Frame(Opcode.TEXT, payload).serialize(mask=False)
    assert Outgoing(payload).wire == wanted
