"""The log forgets what no client will ask for any more."""

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from stoa.platform.clock import now
from stoa.platform.outbox.log import prune_events

if TYPE_CHECKING:  # the node holds the hub, which reads this log
    from stoa.platform.node import Node

log = structlog.get_logger()

BATCH = 5_000


async def prune_periodically(node: "Node") -> None:
    """Events older than the setting `event_retention_days` are gone."""
    before = now() - timedelta(days=node.settings.event_retention_days)
    total = 0
    while True:
        async with node.database.begin() as session:
            count = await prune_events(session, before=before, limit=BATCH)
        total += count
        if count < BATCH:
            break
    log.info("event.pruned", count=total)
