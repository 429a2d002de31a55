"""What came and what left is kept as long as somebody may need it, and no longer.

Originals of messages stay with their conversations. What was put away (a loop, an out-of-office,
what a person had no use for) is of use to nobody after a while, and strangers send as much of it as
they like; and what has left is in its conversation, or was a notice that its order repeats.
"""

from datetime import timedelta

import structlog

from stoa.platform.clock import now
from stoa.platform.jobs.dropping import drop_soon
from stoa.platform.node import Node

log = structlog.get_logger()

KEPT_FOR = timedelta(days=30)
AT_ONCE = 2_000


async def forget_what_is_over(node: Node) -> None:
    """The bytes of what was put away so long ago are gone, and the words of what left. That it came
    and left stays: fetched again it is known, and an answer to it still finds its conversation."""
    before = now() - KEPT_FOR
    count = AT_ONCE
    while count == AT_ONCE:
        async with node.database.begin() as session:
            rows = await session.fetch(
                "UPDATE inbound i SET blob_id = NULL, envelope = '{}' FROM (SELECT id, blob_id"
                " FROM inbound WHERE state = 'ignored' AND blob_id IS NOT NULL"
                " AND received_at < $1 ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED) old"
                " WHERE i.id = old.id RETURNING old.blob_id",
                before,
                AT_ONCE,
            )
            await drop_soon(session, blob_ids=[row["blob_id"] for row in rows])
        count = len(rows)
    count = AT_ONCE
    while count == AT_ONCE:
        async with node.database.begin() as session:
            count = await session.execute(
                "UPDATE delivery SET content = '{}' WHERE id IN (SELECT id FROM delivery"
                " WHERE state IN ('sent', 'delivered', 'cancelled') AND content <> '{}'"
                " AND created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
                before,
                AT_ONCE,
            )
    log.info("channels.tidied")
