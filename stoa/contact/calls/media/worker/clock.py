"""One clock of 20 ms for all rooms of the worker."""

import asyncio
import time
from collections.abc import Callable

from stoa.contact.calls.media.ogg import FRAME

TICK_SECONDS = 0.02
# After a longer standstill the past is not made up for, it would come in one burst.
_MOST_MADE_UP = 5


class Clock:
    """Calls `tick(timestamp, now)` every 20 ms from `start` until `stop`, and again."""

    def __init__(self, tick: Callable[[int, float], None]) -> None:
        self.ticks = 0
        self.late = 0
        self._tick = tick
        self._loop = asyncio.get_running_loop()
        self._due = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """It runs; a process without calls lets the machine sleep."""
        if self._handle is None:
            self._due = time.monotonic() + TICK_SECONDS
            self._handle = self._loop.call_later(TICK_SECONDS, self._run)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _run(self) -> None:
        behind = time.monotonic() - self._due
        if behind > 2 * TICK_SECONDS:
            self.late += 1
        if behind > _MOST_MADE_UP * TICK_SECONDS:
            skipped = int(behind / TICK_SECONDS) - 1
            self.ticks += skipped
            self._due += skipped * TICK_SECONDS
        try:
            while (now := time.monotonic()) >= self._due:
                self.ticks += 1
                self._due += TICK_SECONDS
                self._tick(self.ticks * FRAME, now)
        finally:
            if self._handle is not None:
                wait = max(0.0, self._due - time.monotonic())
                self._handle = self._loop.call_later(wait, self._run)
