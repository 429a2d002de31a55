"""What the platform keeps for a while only: what became of jobs, and buckets long full again."""

from datetime import timedelta

import structlog

from stoa.platform.clock import now
from stoa.platform.node import Node

AT_ONCE = 5_000
# Far beyond the longest time that any bucket takes to be full again.
_BUCKETS_FULL_AFTER = timedelta(days=1)

_OLD_JOBS = """
DELETE FROM pgqueuer_log
WHERE id IN (SELECT id FROM pgqueuer_log WHERE created < $1 ORDER BY created LIMIT $2)
"""
_OLD_COUNTS = """
DELETE FROM pgqueuer_statistics
WHERE id IN (SELECT id FROM pgqueuer_statistics WHERE created < $1 ORDER BY id LIMIT $2)
"""
_FULL_BUCKETS = """
DELETE FROM rate_limit
WHERE key IN (SELECT key FROM rate_limit WHERE refilled_at < $1 LIMIT $2)
"""

log = structlog.get_logger()


async def tidy_periodically(node: Node) -> None:
    """What is older than its time is gone, a few thousand rows per transaction.

    Jobs that failed for good are not history: they stay until somebody has looked at them.
    """
    job_history = timedelta(days=node.settings.job_history_days)
    total = 0
    for statement, age in (
        (_OLD_JOBS, job_history),
        (_OLD_COUNTS, job_history),
        (_FULL_BUCKETS, _BUCKETS_FULL_AFTER),
    ):
        gone = AT_ONCE
        while gone == AT_ONCE:
            async with node.database.begin() as session:
                gone = await session.execute(statement, now() - age, AT_ONCE)
            total += gone
    log.info("jobs.tidied", rows=total)
