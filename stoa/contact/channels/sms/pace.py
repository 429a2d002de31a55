"""How fast messages may leave: so many a second, and slower while the centre says so."""

import asyncio
from typing import Final

_FIRST_PAUSE_SECONDS: Final = 0.5
_LONGEST_PAUSE_SECONDS: Final = 30.0


class Pace:
    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._next_at = 0.0
        self._paused_until = 0.0
        self._pause = 0.0

    async def turn(self) -> None:
        """It is the caller's turn to send one message."""
        loop = asyncio.get_running_loop()
        while True:
            at = max(loop.time(), self._next_at, self._paused_until)
            self._next_at = at + self._gap
            await asyncio.sleep(at - loop.time())
            if self._paused_until <= loop.time():
                return

    def slow_down(self) -> float:
        """The centre is throttling: nothing leaves for a while, twice as long each time. How long.

        What was in flight together is refused together, and counts once.
        """
        now = asyncio.get_running_loop().time()
        if self._paused_until <= now:
            self._pause = min(max(2 * self._pause, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
            self._paused_until = now + self._pause
        return self._paused_until - now

    def speed_up(self) -> None:
        """The centre has taken one."""
        if self._paused_until <= asyncio.get_running_loop().time():
            self._pause = 0.0
