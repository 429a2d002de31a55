"""The log forgets at once what the law wants forgotten."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stoa.platform.database.session import Session
from stoa.platform.jobs.queue import Payload, enqueue

if TYPE_CHECKING:  # the node holds the hub, which reads this log
    from stoa.platform.node import Node

FORGET_JOB = "event.forget"
AT_ONCE = 200


async def forget_soon(session: Session, *, topics: Sequence[str]) -> None:
    """Once this transaction has committed, the events of these topics are gone; whoever asks for
    them is told to take a snapshot. In a transaction of its own: topics' rows are locked last.
    """
    names = sorted(set(topics))
    for start in range(0, len(names), AT_ONCE):
        await enqueue(session, FORGET_JOB, {"topics": names[start : start + AT_ONCE]})


async def forget_topics(node: "Node", payload: Payload) -> None:
    """The events that the topics have had until now are gone."""
    async with node.database.begin() as session:
        rows = await session.fetch(
            "SELECT name, seq FROM topic WHERE name = ANY($1::text[]) ORDER BY name FOR UPDATE",
            payload["topics"],
        )
        for row in rows:
            await session.execute(
                "UPDATE topic SET pruned_seq = greatest(pruned_seq, $2) WHERE name = $1",
                row["name"],
                row["seq"],
            )
            await session.execute(
                "DELETE FROM event WHERE topic = $1 AND seq <= $2", row["name"], row["seq"]
            )
