"""What waits for one connection: a straight way out, and a bounded queue behind it."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from stoa.platform.realtime import metrics
from stoa.platform.realtime.outgoing import Outgoing, encode
from stoa.platform.realtime.protocol import Resync


class TransportClosed(Exception):
    """The other end is gone."""


class Transport(Protocol):
    """A way to one client."""

    name: str

    def offer(self, frame: Outgoing) -> bool:
        """The frame is on its way, or False: the reader is behind and nothing was taken.

        Raises:
            TransportClosed: there is nobody any more.
        """
        ...

    async def send(self, frame: Outgoing) -> None:
        """The frame is on its way.

        Raises:
            TransportClosed: there is nobody any more.
        """
        ...

    async def close(self, code: int) -> None:
        """The other end has been told to go; it may still be there for a moment."""
        ...

    def abort(self) -> None:
        """The line is cut, whatever waits on it."""
        ...


class Outbox:
    """Gives frames to a transport in order and never waits for it.

    What a slow reader has not taken waits here, up to `max_bytes`. Beyond that its events and
    signals are thrown away and their topics end with `resync`; a reader that takes nothing for
    `stall_seconds` is cut off.
    """

    __slots__ = ("_bytes", "_drain", "_max_bytes", "_on_lost", "_stall", "_transport", "_waiting")

    def __init__(
        self,
        transport: Transport,
        *,
        max_bytes: int,
        stall_seconds: float,
        on_lost: Callable[[list[str]], None],
    ) -> None:
        """`on_lost` is called with the topics whose events were thrown away."""
        self._transport = transport
        self._max_bytes = max_bytes
        self._stall = stall_seconds
        self._on_lost = on_lost
        self._waiting: deque[Outgoing] | None = None
        self._bytes = 0
        self._drain: asyncio.Task[None] | None = None

    def push(self, frame: Outgoing) -> None:
        """The frame is on its way, or waits, or the reader is cut off."""
        if self._waiting is None:
            try:
                if self._transport.offer(frame):
                    return
            except TransportClosed:
                return  # the reader of this connection hears of it by itself
            self._waiting = deque()
            self._drain = asyncio.get_running_loop().create_task(self._work())
        self._waiting.append(frame)
        self._bytes += len(frame.payload)
        if self._bytes > self._max_bytes:
            self._throw_away(self._waiting)

    def _throw_away(self, waiting: deque[Outgoing]) -> None:
        lost = dict.fromkeys(frame.topic for frame in waiting if frame.kind == "event")
        kept = [frame for frame in waiting if frame.kind == "control"]
        self._on_lost(list(lost))
        metrics.RESYNCS.labels(reason="slow").inc(len(lost))
        waiting.clear()
        waiting.extend(kept)
        waiting.extend(encode(Resync(topic=topic, reason="slow")) for topic in lost)
        self._bytes = sum(len(frame.payload) for frame in waiting)
        if self._bytes > self._max_bytes:  # answers alone: it sends commands and reads nothing
            self._cut()

    def _cut(self) -> None:
        metrics.SLOW_CLOSED.inc()
        if self._waiting is not None:
            self._waiting.clear()
        self._bytes = 0
        self._transport.abort()

    async def _work(self) -> None:
        waiting = self._waiting
        assert waiting is not None
        try:
            while waiting:
                frame = waiting.popleft()
                self._bytes -= len(frame.payload)
                async with asyncio.timeout(self._stall):
                    await self._transport.send(frame)
            self._waiting = None
        except TimeoutError:
            self._cut()
        except TransportClosed:
            waiting.clear()

    async def flush(self) -> None:
        """Everything that waited has been given to the transport, or the reader was cut off."""
        if self._drain is not None and not self._drain.done():
            await asyncio.wait([self._drain])

    def end(self) -> None:
        """Nothing is sent any more."""
        if self._drain is not None:
            self._drain.cancel()
