"""Putting a job into the queue."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import orjson
from pgqueuer.adapters.persistence.qb import QueryQueueBuilder

from stoa.platform.database.session import Session

Payload = dict[str, Any]

_AT_ONCE = timedelta()


@cache
def _enqueue_sql() -> str:
    return QueryQueueBuilder().build_enqueue_query("skip")


async def enqueue(
    session: Session,
    name: str,
    payload: Payload,
    *,
    delay: timedelta = _AT_ONCE,
    unique_key: str | None = None,
    priority: int = 0,
) -> None:
    """The job runs once this transaction has committed, at the earliest after `delay`.

    `name` is a row of `wiring.JOBS`. A job may run more than once (a worker may die after its work
    and before saying so), so handlers are idempotent. While a job with the same `unique_key` is
    waiting or running, this one is left out. A higher `priority` goes first.
    """
    await session.connection.fetch(
        _enqueue_sql(),
        [priority],
        [name],
        [orjson.dumps(payload, default=str)],
        [delay],
        [unique_key],
        [{}],
    )


async def forget_jobs(session: Session, *, texts: Sequence[str]) -> None:
    """No job that waits, or failed for good, has one of `texts` in its payload any more, in
    whatever case. A job that has it only as a part of something else is another's."""
    await session.execute(
        "DELETE FROM pgqueuer j WHERE j.status <> 'picked' AND EXISTS (SELECT FROM"
        " jsonb_path_query(convert_from(j.payload, 'UTF8')::jsonb,"
        """ 'strict $.** ? (@.type() == "string")') v"""
        " WHERE lower(v #>> '{}') = ANY($1::text[]))",
        [text.lower() for text in texts],
    )
