"""The search follows what is written, a moment behind it."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import structlog

from stoa.desk.search.service import BATCH, index_due
from stoa.platform.database.session import SERVER_AWAY
from stoa.platform.node import Node
from stoa.platform.outbox.event import LoggedEvent

log = structlog.get_logger()

# What is written in this time is indexed together: it costs less, and nobody searches for what
# they have just read.
GATHER_SECONDS = 0.5
# For what no event tells of, and for what another node left behind.
LOOK_EVERY_SECONDS = 5.0


@asynccontextmanager
async def keeping_search(node: Node) -> AsyncIterator[None]:
    """What this node hears of being written can be found soon after, while the block runs."""
    is_written = asyncio.Event()

    def hear(events: Sequence[LoggedEvent]) -> None:  # noqa: ARG001 - whatever they are
        is_written.set()

    async def keep() -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(is_written.wait(), LOOK_EVERY_SECONDS)
            await asyncio.sleep(GATHER_SECONDS)
            is_written.clear()
            try:
                await index_all(node)
            except SERVER_AWAY:
                log.warning("search.database_away")
            except Exception:
                # A defect here must not end the node; what is due stays due.
                log.exception("search.failed")

    node.database.on_commit(hear)
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(keep())
        try:
            yield
        finally:
            keeping.cancel()


async def index_all(node: Node) -> None:
    """All that is due now can be found; most of the time is left to those who write."""
    while True:
        began = time.perf_counter()
        async with node.database.begin() as session:
            count = await index_due(session)
        if count < BATCH:
            return
        await asyncio.sleep(2 * (time.perf_counter() - began))
