"""Which customers have the counter open now, on whatever node: an answer in the chat finds them.

A node tells the database who came and who left, all of a second in one statement, and renews what
it said; a row that nobody renews is of a node that died.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

import structlog

from stoa.contact.conversations.events import notes_topic
from stoa.contact.conversations.schemas import CustomerHere
from stoa.people.actors import VisitorActor
from stoa.platform.clock import now
from stoa.platform.database.session import SERVER_AWAY, ReadSession
from stoa.platform.node import Node
from stoa.platform.realtime.connection import Connection

log = structlog.get_logger()

TELL_EVERY_SECONDS = 1.0
RENEW_EVERY_SECONDS = 30.0
FORGOTTEN = timedelta(seconds=90)
# Going to the next page of the shop is no leaving.
GRACE_SECONDS = 8.0
TOLD_MOST = 20  # conversations of one visitor


async def is_here(session: ReadSession, *, visitor_id: UUID | None) -> bool:
    """Whether the visitor has the counter open, or had it a moment ago."""
    return visitor_id is not None and bool(
        await session.fetch_value(
            "SELECT EXISTS (SELECT FROM visitor_here WHERE visitor_id = $1 AND seen_at > $2)",
            visitor_id,
            now() - FORGOTTEN,
        )
    )


class Attendance:
    """Who has the counter open by this node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._id = secrets.token_hex(8)
        self._lines: dict[UUID, set[str]] = {}
        self._left: dict[UUID, float] = {}
        self._told: set[UUID] = set()
        self._renewed = time.monotonic()

    def arrive(self, visitor_id: UUID, *, connection_id: str) -> None:
        """The visitor has the counter open once more."""
        self._lines.setdefault(visitor_id, set()).add(connection_id)
        self._left.pop(visitor_id, None)

    def leave(self, visitor_id: UUID, *, connection_id: str) -> None:
        """Once less; after the last one and a moment the visitor counts as gone."""
        lines = self._lines.get(visitor_id)
        if lines is None:
            return
        lines.discard(connection_id)
        if not lines:
            del self._lines[visitor_id]
            self._left[visitor_id] = time.monotonic()

    async def run(self) -> None:
        """Tells the database and the desks, until cancelled."""
        while True:
            try:
                await self.tell()
                if time.monotonic() - self._renewed > RENEW_EVERY_SECONDS:
                    await self._renew()
            except SERVER_AWAY:
                log.warning("attendance.database_away")
            except Exception:
                log.exception("attendance.failed")
            await asyncio.sleep(TELL_EVERY_SECONDS)

    async def tell(self, *, grace_seconds: float = GRACE_SECONDS) -> None:
        """Whoever came or left since the last time is known to every node and desk."""
        since = time.monotonic() - grace_seconds
        self._left = {visitor: at for visitor, at in self._left.items() if at > since}
        here = self._lines.keys() | self._left.keys()
        came, gone = here - self._told, self._told - here
        if not came and not gone:
            return
        async with self._node.database.begin() as session:
            await session.execute(
                "INSERT INTO visitor_here (visitor_id, node, seen_at)"
                " SELECT v.id, $2, $3 FROM visitor v WHERE v.id = ANY($1::uuid[]) ORDER BY v.id"
                " ON CONFLICT (visitor_id, node) DO UPDATE SET seen_at = excluded.seen_at",
                list(came),
                self._id,
                now(),
            )
            await session.execute(
                "DELETE FROM visitor_here WHERE visitor_id = ANY($1::uuid[]) AND node = $2",
                list(gone),
                self._id,
            )
        self._told = (self._told | came) - gone
        await self._tell_desks(came | gone)

    async def _tell_desks(self, visitor_ids: Collection[UUID]) -> None:
        """Those who look at one of their conversations hear it; a customer elsewhere is here."""
        async with self._node.database.read() as session:
            rows = await session.fetch(
                "SELECT c.id, EXISTS (SELECT FROM visitor_here h WHERE h.visitor_id = v.id"
                " AND h.seen_at > $2) AS is_here FROM unnest($1::uuid[]) AS v (id),"
                " LATERAL (SELECT id FROM conversation WHERE visitor_id = v.id"
                "  ORDER BY last_message_at DESC, id LIMIT $3) c",
                list(visitor_ids),
                now() - FORGOTTEN,
                TOLD_MOST,
            )
        for row in rows:
            signal = CustomerHere(conversation_id=row["id"], is_here=row["is_here"])
            self._node.hub.signal(notes_topic(row["id"]), "customer.here", signal)

    async def _renew(self) -> None:
        async with self._node.database.begin() as session:
            await session.execute(
                "UPDATE visitor_here SET seen_at = $2 WHERE node = $1", self._id, now()
            )
            await session.execute(
                "DELETE FROM visitor_here WHERE seen_at < $1", now() - 10 * FORGOTTEN
            )
        self._renewed = time.monotonic()

    async def close(self) -> None:
        """Nobody is here by this node any more."""
        async with self._node.database.begin() as session:
            await session.execute("DELETE FROM visitor_here WHERE node = $1", self._id)


@asynccontextmanager
async def keeping_attendance(node: Node) -> AsyncIterator[None]:
    """Everybody knows who has the counter open by this node while the block runs."""
    attendance = node.parts[Attendance] = Attendance(node)
    task = asyncio.ensure_future(attendance.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        with suppress(*SERVER_AWAY):
            await attendance.close()


class AttendanceListener:
    """Knows who is at the counter by the counter's connections."""

    async def opened(self, connection: Connection) -> None:
        if visitor_id := _at_the_counter(connection):
            attendance = connection.node.part(Attendance)
            attendance.arrive(visitor_id, connection_id=connection.id)

    async def closed(self, connection: Connection) -> None:
        if visitor_id := _at_the_counter(connection):
            attendance = connection.node.part(Attendance)
            attendance.leave(visitor_id, connection_id=connection.id)


def _at_the_counter(connection: Connection) -> UUID | None:
    actor = connection.actor
    is_counter = connection.handshake.surface == "counter"
    return actor.visitor_id if is_counter and isinstance(actor, VisitorActor) else None
