"""All open connections of this node: counted, dismissed one by one, drained at the end."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from stoa.platform.realtime.protocol import CloseCode

if TYPE_CHECKING:
    from stoa.platform.realtime.connection import Connection, Reason


class Connections:
    """The open connections. While it drains, new ones are turned away."""

    def __init__(self) -> None:
        self._open: set[Connection] = set()
        self.is_draining = False

    def __iter__(self) -> "Iterator[Connection]":
        return iter(list(self._open))

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: "Connection") -> None:
        self._open.add(connection)

    def discard(self, connection: "Connection") -> None:
        self._open.discard(connection)

    def of(self, actor_key: str) -> "list[Connection]":
        """The open connections of this actor."""
        return [one for one in self._open if one.actor.key == actor_key]

    async def dismiss(self, actor_key: str) -> None:
        """Every connection of this actor on this node ends: signed out, or a session revoked."""
        await self._end(self.of(actor_key), CloseCode.UNAUTHENTICATED, "signed_out")

    async def drain(self, *, grace_seconds: float) -> None:
        """Commands under way are answered, then everybody is told to come back and let go."""
        self.is_draining = True
        everybody = list(self._open)
        await self._end(everybody, CloseCode.RESTART, "restart", grace_seconds=grace_seconds)

    async def _end(
        self,
        connections: "list[Connection]",
        code: CloseCode,
        reason: "Reason",
        *,
        grace_seconds: float = 5.0,
    ) -> None:
        async def end(connection: "Connection") -> None:
            await connection.idle()
            await connection.say_bye(code, reason)

        if not connections:
            return
        tasks = [asyncio.ensure_future(end(connection)) for connection in connections]
        _, late = await asyncio.wait(tasks, timeout=grace_seconds)
        for task in late:
            task.cancel()
        for task in tasks:
            if task.done() and not task.cancelled():
                task.exception()  # the other end went first; nothing is left to tell it
