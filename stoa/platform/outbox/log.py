"""The event log: appending without gaps, reading what came after a sequence number."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from stoa.platform.clock import now
from stoa.platform.outbox.event import Event, LoggedEvent

if TYPE_CHECKING:
    from stoa.platform.database.session import Connection, ReadSession, Session

# Rows of `topic` are locked in sorted order (the CTE's ORDER BY), so two writers cannot deadlock,
# and they stay locked until the commit, so sequence order is commit order.
APPEND = """
WITH wanted AS (
    SELECT name, count FROM unnest($1::text[], $2::int[]) AS w (name, count) ORDER BY name
), counted AS (
    INSERT INTO topic AS t (name, seq) SELECT name, count FROM wanted
    ON CONFLICT (name) DO UPDATE SET seq = t.seq + EXCLUDED.seq
    RETURNING t.name, t.seq
), added AS (
    INSERT INTO event (topic, seq, type, data, created_at)
    SELECT e.topic, c.seq - w.count + e.ordinal, e.type, e.data, $7
    FROM unnest($3::text[], $4::int[], $5::text[], $6::jsonb[]) AS e (topic, ordinal, type, data)
    JOIN counted c ON c.name = e.topic JOIN wanted w ON w.name = e.topic
)
SELECT name, seq FROM counted
"""


async def append_events(
    connection: "Connection", published: Sequence[tuple[str, Event]]
) -> list[LoggedEvent]:
    """Each (topic, event) is in the log with the topic's next sequence numbers, in the order given.

    Must be the last statement before the commit: it holds the topics' rows from here on.
    """
    by_topic: dict[str, list[Event]] = defaultdict(list)
    for topic, event in published:
        by_topic[topic].append(event)
    names = sorted(by_topic)
    created_at = now()
    rows = [
        (topic, ordinal, event.type, event.model_dump(mode="json", exclude={"type"}))
        for topic in names
        for ordinal, event in enumerate(by_topic[topic], start=1)
    ]
    counted = await connection.fetch(
        APPEND,
        names,
        [len(by_topic[name]) for name in names],
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        [row[3] for row in rows],
        created_at,
    )
    before = {row["name"]: row["seq"] - len(by_topic[row["name"]]) for row in counted}
    return [
        LoggedEvent(topic, before[topic] + ordinal, type_, data, created_at)
        for topic, ordinal, type_, data in rows
    ]


async def events_after(
    session: "ReadSession", *, topic: str, after: int, limit: int = 500
) -> list[LoggedEvent]:
    """The events of `topic` with `seq > after`, in order, at most `limit`."""
    rows = await session.fetch(
        "SELECT topic, seq, type, data, created_at FROM event"
        " WHERE topic = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        topic,
        after,
        limit,
    )
    return [LoggedEvent(**row) for row in rows]


async def missed_events(
    session: "ReadSession", *, after: Mapping[str, int], limit: int
) -> list[LoggedEvent]:
    """The events of each topic with `seq` over its number, at most `limit`, topic by topic."""
    rows = await session.fetch(
        """
        SELECT e.topic, e.seq, e.type, e.data, e.created_at
        FROM unnest($1::text[], $2::bigint[]) AS w (topic, seq)
        JOIN event e ON e.topic = w.topic AND e.seq > w.seq
        ORDER BY e.topic, e.seq LIMIT $3
        """,
        list(after),
        list(after.values()),
        limit,
    )
    return [LoggedEvent(**row) for row in rows]


async def positions(session: "ReadSession", *, topics: Sequence[str]) -> dict[str, int]:
    """The last seq of each of these topics; one without events is left out."""
    rows = await session.fetch(
        "SELECT name, seq FROM topic WHERE name = ANY($1::text[])", list(topics)
    )
    return {row["name"]: row["seq"] for row in rows}


async def topic_position(session: "ReadSession", *, topic: str) -> tuple[int, int]:
    """(last seq, last pruned seq) of `topic`; (0, 0) for one that has no event yet."""
    row = await session.fetch_one("SELECT seq, pruned_seq FROM topic WHERE name = $1", topic)
    return (row["seq"], row["pruned_seq"]) if row else (0, 0)


async def prune_events(session: "Session", *, before: datetime, limit: int = 5_000) -> int:
    """At most `limit` of the oldest events before that moment are gone; returns how many.

    Their topics know up to where, so that whoever asks for them is told to take a snapshot. The
    topics' rows are locked in sorted order, as writers do.
    """
    count: int = await session.fetch_value(
        """
        WITH old AS MATERIALIZED (
            SELECT topic, seq FROM event WHERE created_at < $1
            ORDER BY created_at, topic, seq LIMIT $2
        ), held AS MATERIALIZED (
            SELECT name FROM topic WHERE name IN (SELECT topic FROM old) ORDER BY name FOR UPDATE
        ), marked AS (
            UPDATE topic t SET pruned_seq = greatest(t.pruned_seq, o.seq)
            FROM (SELECT topic, max(seq) AS seq FROM old GROUP BY topic) o
            WHERE t.name = o.topic AND (SELECT count(*) FROM held) > 0
        ), gone AS (
            DELETE FROM event e USING old o WHERE e.topic = o.topic AND e.seq = o.seq
            RETURNING e.seq
        )
        SELECT count(*) FROM gone
        """,
        before,
        limit,
    )
    return count
