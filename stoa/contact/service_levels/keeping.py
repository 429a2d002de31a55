"""The loop that keeps track of promises: woken by what happens, and by the next moment due."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import structlog

from stoa.contact.service_levels.models import Policy
from stoa.contact.service_levels.promising import keep_time, settle, settle_all
from stoa.contact.service_levels.queries import policies_in_force
from stoa.platform.clock import now
from stoa.platform.database.session import SERVER_AWAY
from stoa.platform.node import Node
from stoa.platform.outbox.event import LoggedEvent

log = structlog.get_logger()

LISTED = "conversation.listed"
# Hours are a shop's setting.
CHANGING = frozenset({"shop.changed", "sla.policies_changed"})
# What came in while a look was taken is looked at together, this often at most.
LOOK_SECONDS = 0.2
# A node that died may have left something undone.
LOOK_ANYWAY_SECONDS = 20.0
SETTLE_ALL_SECONDS = 300.0
MOST_AT_ONCE = 500
_LOCK = 7_012_001


class ServiceLevels:
    """This node's share: the conversations it wrote itself, and whatever is due anywhere."""

    def __init__(self, node: Node) -> None:
        self._database = node.database
        self._policies: Sequence[Policy] | None = None
        self._shops: set[UUID] = set()
        self._touched: set[UUID] = set()
        self._is_all_stale = True
        self._settled_at = 0.0
        self._wake = asyncio.Event()

    def hear(self, events: Sequence[LoggedEvent]) -> None:
        """After each commit of this node: the conversations that may be due at another time."""
        for event in events:
            if event.type != LISTED:
                continue
            row = event.data["conversation"]
            # A shop that promises nothing costs nothing.
            if self._policies is not None and UUID(str(row["shop_id"])) in self._shops:
                self._touched.add(UUID(str(row["id"])))
        if self._touched:
            self._wake.set()

    def hear_stale(self, types: Collection[str]) -> None:
        """After each commit of any node: hours or policies have changed, or a timer was set."""
        if not CHANGING.isdisjoint(types):
            self._is_all_stale = True
            self._wake.set()
        elif LISTED in types and self._shops:
            self._wake.set()

    async def look(self, *, at: datetime | None = None) -> datetime | None:
        """Everything heard of so far is settled, and everything due is done. Returns when there is
        something to do next."""
        loop = asyncio.get_running_loop()
        if loop.time() - self._settled_at > SETTLE_ALL_SECONDS:
            self._is_all_stale = True
        if self._policies is None or self._is_all_stale:
            # Before the look, so that what changes during it is looked at again.
            self._is_all_stale = False
            await self._settle_all(at or now())
            self._settled_at = loop.time()
        while self._touched:
            ids = [self._touched.pop() for _ in range(min(len(self._touched), MOST_AT_ONCE))]
            await self._settle(ids, at or now())
        if not self._shops:
            return None
        async with self._database.begin() as session:
            return await keep_time(session, at=at or now())

    async def _settle(self, ids: Sequence[UUID], at: datetime) -> None:
        assert self._policies is not None
        try:
            async with self._database.begin() as session:
                await settle(session, conversation_ids=ids, policies=self._policies, at=at)
        except BaseException:
            self._touched.update(ids)
            raise

    async def _settle_all(self, at: datetime) -> None:
        try:
            async with self._database.read() as session:
                policies = await policies_in_force(session)
            before, self._shops = self._shops, {policy.shop_id for policy in policies}
            self._policies = policies
            # One node at a time: the others have heard of the same, and would do the same.
            async with self._database.begin() as session:
                is_ours = await session.fetch_value("SELECT pg_try_advisory_xact_lock($1)", _LOCK)
                if is_ours:
                    shops = sorted(before | self._shops)
                    running = await session.fetch("SELECT DISTINCT shop_id FROM sla_timer")
                    shops = sorted({*shops, *(row["shop_id"] for row in running)})
                    await settle_all(self._database, policies=policies, shop_ids=shops, at=at)
        except BaseException:
            self._is_all_stale = True
            raise

    async def run(self) -> None:
        """Looks whenever there is reason to, until cancelled."""
        while True:
            self._wake.clear()
            wait = LOOK_ANYWAY_SECONDS
            try:
                next_at = await self.look()
                if next_at is not None:
                    wait = min(wait, max((next_at - now()).total_seconds(), 0))
            except SERVER_AWAY as error:
                log.warning("service_levels.database_away", error=str(error))
                wait = 1.0
            except Exception:
                log.exception("service_levels.look_failed")
            await asyncio.sleep(LOOK_SECONDS)
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                pass


@asynccontextmanager
async def keeping_service_levels(node: Node) -> AsyncIterator[None]:
    """Promises are kept track of while the block runs."""
    levels = node.parts[ServiceLevels] = ServiceLevels(node)
    node.database.on_commit(levels.hear)
    node.database.on_stale(levels.hear_stale)
    task = asyncio.ensure_future(levels.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
