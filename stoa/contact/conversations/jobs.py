"""What happens to conversations by the clock."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from stoa.contact.conversations.service.snoozing import next_waking, wake_due
from stoa.platform.clock import now
from stoa.platform.database.session import SERVER_AWAY
from stoa.platform.node import Node
from stoa.platform.outbox.event import LoggedEvent
from stoa.platform.storage.blobs import drop_blob

log = structlog.get_logger()

UNSENT_LASTS = timedelta(days=1)
# What another node put aside is not heard of here; nobody waits longer for it than this.
LOOK_EVERY_SECONDS = 30.0
WAKE_BATCH = 100


async def sweep_unsent(node: Node) -> None:
    """Files that were uploaded over a day ago and never sent are gone."""
    async with node.database.begin() as session:
        rows = await session.fetch(
            "DELETE FROM attachment WHERE message_id IS NULL AND created_at < $1"
            " RETURNING blob_id, preview_blob_id",
            now() - UNSENT_LASTS,
        )
    blob_ids = {row[name] for row in rows for name in ("blob_id", "preview_blob_id")} - {None}
    for blob_id in blob_ids:
        await drop_blob(node.database, node.blobs, blob_id=blob_id)
    if rows:
        log.info("attachments.swept", count=len(rows))


@asynccontextmanager
async def keeping_snoozes(node: Node) -> AsyncIterator[None]:
    """What was put aside comes back at its moment while the block runs. Every node looks: of two
    that wake the same conversation one finds it, and the other passes it over.
    """
    is_sooner = asyncio.Event()

    def hear(events: Sequence[LoggedEvent]) -> None:
        if any(
            event.type == "conversation.listed" and event.data["conversation"].get("snoozed_until")
            for event in events
        ):
            is_sooner.set()

    async def keep() -> None:
        while True:
            is_sooner.clear()
            try:
                seconds = await _wake_and_look(node)
            except SERVER_AWAY:
                log.warning("snooze.database_away")
                seconds = LOOK_EVERY_SECONDS
            except Exception:
                # A defect here must not end the node.
                log.exception("snooze.failed")
                seconds = LOOK_EVERY_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(is_sooner.wait(), seconds)

    node.database.on_commit(hear)
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(keep())
        try:
            yield
        finally:
            keeping.cancel()


async def _wake_and_look(node: Node) -> float:
    """Wakes what is due; returns how many seconds from now to look again."""
    async with node.database.begin() as session:
        count = await wake_due(session, at=now(), limit=WAKE_BATCH)
        following = await next_waking(session)
    if count:
        log.info("conversation.woken", count=count)
    if count == WAKE_BATCH:
        return 0.0
    if following is None:
        return LOOK_EVERY_SECONDS
    # A moment that has passed and is still there is being worked on by somebody else.
    left = (following - now()).total_seconds()
    return min(LOOK_EVERY_SECONDS, left if left > 0 else 1.0)
