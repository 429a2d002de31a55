"""Hearing what was said, though messages are stored by a statement that runs no reactions.

Every message moves its conversation in the agents' list, and the list's topic counts without gaps
in the order of commits. So one position in it, moved on in the transaction that writes down what
was found, misses nothing and finds nothing twice, whoever dies. Any node may follow; they take
turns at the position's row. While no rule and no webhook is on, nobody does.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from stoa.contact.automation.asking import unseen
from stoa.contact.automation.events import RulesChanged
from stoa.contact.automation.models import Spoken
from stoa.contact.automation.rules import triggers_of
from stoa.contact.automation.schemas import TriggerCode
from stoa.contact.automation.webhooks.rules import EVENT_OF
from stoa.contact.conversations.events import DESK_TOPIC
from stoa.platform.database.session import SERVER_AWAY, Database, Session
from stoa.platform.jobs.queue import enqueue
from stoa.platform.node import Node
from stoa.platform.outbox.event import LoggedEvent

RUN_JOB = "rule.run"
BATCH = 500
# What comes within this time is looked at together.
GATHER_SECONDS = 0.05
# Other nodes' messages are heard by them; this is for one that died before it looked.
LOOK_EVERY_SECONDS = 5.0
# Nodes' clocks differ by less.
LATE = timedelta(minutes=1)

log = structlog.get_logger()


async def follow(database: Database) -> int:
    """What was said since the last look is written down as tasks, at most one batch of it; returns
    how many changes of the list were looked at.
    """
    async with database.begin() as session:
        position = await session.fetch_one(
            "SELECT seq, at, since FROM rule_position WHERE is_followed FOR UPDATE"
        )
        if position is None:
            return 0
        rows = await session.fetch(
            "SELECT seq, (data -> 'conversation' ->> 'id')::uuid AS id, created_at FROM event"
            " WHERE topic = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            DESK_TOPIC,
            position["seq"],
            BATCH,
        )
        if not rows:
            return 0
        ids = {row["id"] for row in rows if row["id"] is not None}
        if rows[0]["seq"] != position["seq"] + 1:
            ids |= await _spoken_in(session, since=position["at"])
        said = await unseen(session, conversation_ids=sorted(ids), since=position["since"])
        await _write_down(session, [spoken for spoken, _ in said])
        await _remember(session, said)
        await session.execute(
            "UPDATE rule_position SET seq = $1, at = greatest(at, $2)",
            rows[-1]["seq"],
            rows[-1]["created_at"],
        )
    return len(rows)


async def _spoken_in(session: Session, *, since: datetime) -> set[UUID]:
    """Where anything was said since then: the log has forgotten some of it, for somebody was erased
    or nobody has followed for longer than the log is kept."""
    rows = await session.fetch(
        "SELECT DISTINCT conversation_id AS id FROM message WHERE created_at > $1", since - LATE
    )
    return {row["id"] for row in rows}


async def _write_down(session: Session, said: Sequence[Spoken]) -> None:
    found = [(spoken, triggers_of(spoken)) for spoken in said]
    if not any(triggers for _, triggers in found):
        return
    wanted = await _wanted(session, {spoken.conversation_id for spoken, _ in found})
    tasks = [
        (spoken, kept)
        for spoken, triggers in found
        if (kept := [code for code in triggers if code in wanted[spoken.conversation_id]])
    ]
    if not tasks:
        return
    await session.execute_many(
        "INSERT INTO rule_task (id, conversation_id, message_id, triggers, at)"
        " VALUES ($1, $2, $1, $3, $4) ON CONFLICT (id) DO NOTHING",
        [(spoken.id, spoken.conversation_id, triggers, spoken.at) for spoken, triggers in tasks],
    )
    for conversation_id in sorted({spoken.conversation_id for spoken, _ in tasks}):
        await enqueue(session, RUN_JOB, {"conversation_id": conversation_id})


async def _wanted(
    session: Session, conversation_ids: Collection[UUID]
) -> dict[UUID, set[TriggerCode]]:
    """What rules and webhooks of each conversation's shop listen for."""
    rows = await session.fetch(
        "SELECT c.id, ARRAY(SELECT DISTINCT r.trigger FROM rule r"
        " WHERE r.shop_id = c.shop_id AND r.is_on) AS triggers,"
        " ARRAY(SELECT DISTINCT e FROM webhook w, unnest(w.events) e"
        " WHERE w.shop_id = c.shop_id AND w.is_on) AS events"
        " FROM conversation c WHERE c.id = ANY($1::uuid[])",
        list(conversation_ids),
    )
    wanted: dict[UUID, set[TriggerCode]] = defaultdict(set)
    for row in rows:
        told = {code for code, event in EVENT_OF.items() if event in row["events"]}
        wanted[row["id"]] = told.union(row["triggers"])
    return wanted


async def _remember(session: Session, said: Sequence[tuple[Spoken, int]]) -> None:
    last: dict[UUID, int] = {}
    for spoken, seq in said:
        last[spoken.conversation_id] = max(seq, last.get(spoken.conversation_id, 0))
    await session.execute(
        "INSERT INTO rule_seen AS s (conversation_id, seq)"
        " SELECT * FROM unnest($1::uuid[], $2::bigint[])"
        " ON CONFLICT (conversation_id) DO UPDATE SET seq = greatest(s.seq, EXCLUDED.seq)",
        list(last),
        list(last.values()),
    )


class Follower:
    """This node's share in the following."""

    def __init__(self, node: Node) -> None:
        self._database = node.database
        self._is_needed = True  # until looked
        self._woken = asyncio.Event()
        node.database.on_commit(self._hear)
        node.database.on_stale(self._learn)

    def _hear(self, events: Sequence[LoggedEvent]) -> None:
        if not self._is_needed or self._woken.is_set():
            return
        if any(event.topic == DESK_TOPIC for event in events):
            self._woken.set()

    def _learn(self, event_types: Collection[str]) -> None:
        if RulesChanged.model_fields["type"].default in event_types:
            self._is_needed = True
            self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        pause = 0.0
        while True:
            try:
                async with asyncio.timeout(LOOK_EVERY_SECONDS):
                    await self._woken.wait()
                await asyncio.sleep(GATHER_SECONDS)
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                while await follow(self._database) == BATCH:
                    pass
                async with self._database.read() as session:
                    self._is_needed = await session.fetch_value(
                        "SELECT is_followed FROM rule_position"
                    )
                pause = 0.0
            except SERVER_AWAY as error:
                pause = min(5.0, pause * 2 or 0.2)
                log.warning("rules.log_unreadable", error=type(error).__name__)
                await asyncio.sleep(pause)
            except Exception:
                # A defect must not end the following for good; the position stays where it was.
                log.exception("rules.following_failed")
                await asyncio.sleep(1)


@asynccontextmanager
async def keeping_rules(node: Node) -> AsyncIterator[None]:
    """What is said is brought to the rules while the block runs."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(Follower(node).run())
        try:
            yield
        finally:
            task.cancel()
