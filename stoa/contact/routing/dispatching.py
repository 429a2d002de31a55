"""The node's hand in routing: it wakes when something may have to be given out, and does so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import structlog

from stoa.contact.conversations.events import DESK_TOPIC
from stoa.contact.routing.assigning import Busy, Desk, route_waiting
from stoa.contact.routing.leaving import free_from_leavers
from stoa.contact.routing.presence import Presence
from stoa.contact.routing.queries import has_teams
from stoa.platform.clock import now
from stoa.platform.database.session import SERVER_AWAY
from stoa.platform.node import Node
from stoa.platform.realtime.outgoing import Outgoing

log = structlog.get_logger()

# What time alone makes due is found by looking.
LOOK_EVERY_SECONDS = 1.0
# However much happens, what happens meanwhile is looked at together.
REST_SECONDS = 0.05


class Dispatcher:
    """Every node has one. They take turns by a lock, and whoever has it knows the same as the
    others: presence is told between nodes, everything else is in the database."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._wake = asyncio.Event()
        self._began_at = now()
        self._seen: dict[UUID, datetime] = {}
        self._listens = False
        node.part(Presence).on_change(self._wake.set)

    def push(self, frame: Outgoing) -> None:  # noqa: ARG002 - whatever it was
        """A conversation has changed. Called by the hub, as for any subscriber."""
        self._wake.set()

    def gone_since(self, staff_id: UUID) -> datetime:
        """When the person was last available, or since when this node could have known."""
        return self._seen.get(staff_id, self._began_at)

    async def run(self) -> None:
        """Routes what waits, until cancelled."""
        while True:
            self._wake.clear()
            try:
                await self._look()
            except SERVER_AWAY as error:
                log.warning("routing.database_away", reason=type(error).__name__)
            except Exception:
                log.exception("routing.look_failed")
            await asyncio.sleep(REST_SECONDS)
            try:
                async with asyncio.timeout(LOOK_EVERY_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _look(self) -> None:
        desk = self._desk()
        await free_from_leavers(self._node.database)
        async with self._node.database.read() as session:
            if not await has_teams(session):
                return
        if not self._listens:
            await self._node.hub.subscribe(self, DESK_TOPIC, after=None, joined=lambda _seq: None)
            self._listens = True
        count, moved = -1, 0
        try:
            while count:
                async with self._node.database.begin() as session:
                    count = await route_waiting(session, desk=desk)
                moved += count
        except Busy:
            # What the other one began before our news came, it may not have seen.
            asyncio.get_running_loop().call_later(REST_SECONDS, self._wake.set)
        if moved:
            log.info("routing.moved", count=moved)

    def _desk(self) -> Desk:
        moment = now()
        available = self._node.part(Presence).available
        self._seen.update(dict.fromkeys(available, moment))
        return Desk(at=moment, available=available, gone_since=self.gone_since)


@asynccontextmanager
async def keeping_routing(node: Node) -> AsyncIterator[None]:
    """What waits is routed while the block runs."""
    dispatcher = node.parts[Dispatcher] = Dispatcher(node)
    task = asyncio.ensure_future(dispatcher.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
