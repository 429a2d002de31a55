"""Asking the rules about what was written down, and about customers who wait."""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

import structlog

from stoa.contact.automation.acting import act
from stoa.contact.automation.asking import facts_of, recently
from stoa.contact.automation.following import RUN_JOB
from stoa.contact.automation.models import Task
from stoa.contact.automation.queries import rules_for
from stoa.contact.automation.rules import listens, matches, may_run
from stoa.contact.automation.webhooks.service import tell_webhooks
from stoa.contact.conversations.service import (
    Place,
    hold_tags,
    lock_conversation,
    publish_change,
)
from stoa.contact.hours.queries import hours_of
from stoa.platform.clock import now
from stoa.platform.database.session import SERVER_AWAY, Database, Session
from stoa.platform.errors import NotFound
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node

log = structlog.get_logger()

WAITS: Final = "waits"
WAITING_AT_ONCE = 1_000
# Less than a job is tried, so that its last tries are the next task's.
FAILURES_MAX = 5
_OLDEST = "SELECT id FROM rule_task WHERE conversation_id = $1 ORDER BY at, id LIMIT 1"
RUNS_KEPT_FOR = timedelta(days=90)
RUNS_AT_ONCE = 5_000


async def run_rules(node: Node, payload: Payload) -> None:
    """The rules of this conversation have been asked about everything that was written down. What
    fails by a fault of ours is given up after some tries, so that the next one's turn comes."""
    conversation_id = UUID(payload["conversation_id"])
    try:
        while await run_next(node.database, conversation_id=conversation_id):
            pass
    except SERVER_AWAY:
        raise
    except Exception:
        await _count_failure(node.database, conversation_id=conversation_id)
        raise


async def _count_failure(database: Database, *, conversation_id: UUID) -> None:
    async with database.begin() as session:
        row = await session.fetch_one(
            f"UPDATE rule_task SET failures = failures + 1 WHERE id = ({_OLDEST})"
            " RETURNING id, failures",
            conversation_id,
        )
        if row is not None and row["failures"] >= FAILURES_MAX:
            await session.execute("DELETE FROM rule_task WHERE id = $1", row["id"])
            log.error("rule.given_up", conversation=str(conversation_id), task=str(row["id"]))


async def run_next(database: Database, *, conversation_id: UUID) -> bool:
    """One task is done and gone, in one transaction; returns whether there was one."""
    async with database.begin() as session:
        await _hold_tags_of_rules(session, conversation_id=conversation_id)
        try:
            place = await lock_conversation(session, conversation_id=conversation_id)
        except NotFound:
            await session.execute(
                "DELETE FROM rule_task WHERE conversation_id = $1", conversation_id
            )
            return False
        row = await session.fetch_one(
            f"DELETE FROM rule_task WHERE id = ({_OLDEST})"
            " RETURNING id, conversation_id, message_id, rule_id, triggers, tag_ids, at",
            conversation_id,
        )
        if row is None:
            return False
        if row["message_id"] is not None and not await session.fetch_value(
            "SELECT EXISTS (SELECT FROM message WHERE id = $1)", row["message_id"]
        ):
            return True  # its person was erased since it was written down: nobody is asked or told
        lists = {"triggers": tuple(row["triggers"]), "tag_ids": tuple(row["tag_ids"])}
        task = Task(**{**dict(row), **lists})
        await tell_webhooks(session, shop_id=place.shop_id, task=task)
        await _ask_rules(session, task=task, place=place)
    return True


async def _hold_tags_of_rules(session: Session, *, conversation_id: UUID) -> None:
    """What rules may tag it with is held before the conversation, as everybody does."""
    rows = await session.fetch(
        "SELECT DISTINCT t.id::uuid FROM conversation c JOIN rule r ON r.shop_id = c.shop_id"
        " AND r.is_on CROSS JOIN jsonb_array_elements(r.definition -> 'actions') a"
        " CROSS JOIN jsonb_array_elements_text(a -> 'tag_ids') t (id) WHERE c.id = $1",
        conversation_id,
    )
    if rows:
        await hold_tags(session, tag_ids=[row["id"] for row in rows])


async def _ask_rules(session: Session, *, task: Task, place: Place) -> None:
    rules = await rules_for(
        session, shop_id=place.shop_id, triggers=task.triggers, rule_id=task.rule_id
    )
    if not rules:
        return
    hours = await hours_of(session, shop_id=place.shop_id)
    has_acted = False
    for rule in rules:
        if not listens(rule.definition, tag_ids=task.tag_ids):
            continue
        # Asked anew each time, for the rule before may have changed them.
        facts = await facts_of(
            session,
            conversation_id=place.id,
            message_id=task.message_id,
            at=task.at,
            hours=hours,
        )
        if facts is None or not matches(rule.definition, facts):
            continue
        lately = await recently(session, conversation_id=place.id, at=now())
        if not may_run(lately):
            log.warning("rule.capped", rule=str(rule.id), conversation=str(place.id))
            break
        await act(session, rule=rule, task=task, facts=facts, place=place, recently=lately)
        has_acted = True
        if rule.definition.is_last:
            break
    if has_acted:
        await publish_change(session, conversation_id=place.id)


async def find_waiting_periodically(node: Node) -> None:
    """Whoever has waited as long as a rule says is written down, once for each rule and wait."""
    async with node.database.read() as session:
        rows = await session.fetch(
            "SELECT id FROM rule WHERE is_on AND trigger = $1 ORDER BY id", WAITS
        )
    for row in rows:
        await find_waiting(node.database, rule_id=row["id"])


async def tidy_runs_periodically(node: Node) -> None:
    """What rules did long ago is gone, but for answers: a rule may answer once in a conversation.
    Timelines go on saying it."""
    count = RUNS_AT_ONCE
    while count == RUNS_AT_ONCE:
        async with node.database.begin() as session:
            count = await session.execute(
                "DELETE FROM rule_run WHERE id IN (SELECT id FROM rule_run"
                " WHERE at < $1 AND NOT has_replied LIMIT $2)",
                now() - RUNS_KEPT_FOR,
                RUNS_AT_ONCE,
            )


async def find_waiting(database: Database, *, rule_id: UUID) -> int:
    """For one rule; returns how many were found.

    The rule remembers up to which beginning of a wait it has looked, so each is found once.
    """
    async with database.begin() as session:
        rule = await session.fetch_one(
            "SELECT id, shop_id, waits_seen_at,"
            " (definition -> 'trigger' ->> 'minutes')::integer AS minutes"
            " FROM rule WHERE id = $1 AND is_on AND trigger = $2 FOR UPDATE",
            rule_id,
            WAITS,
        )
        if rule is None:
            return 0
        patience = timedelta(minutes=rule["minutes"])
        up_to = now() - patience
        rows = await session.fetch(
            "SELECT id, waiting_since FROM conversation WHERE shop_id = $1 AND state = 'open'"
            " AND message_count > 0 AND waiting_since > $2 AND waiting_since <= $3"
            " ORDER BY waiting_since, id LIMIT $4",
            rule["shop_id"],
            rule["waits_seen_at"],
            up_to,
            WAITING_AT_ONCE,
        )
        if len(rows) == WAITING_AT_ONCE:
            up_to = rows[-1]["waiting_since"]
        for row in rows:
            await session.execute(
                "INSERT INTO rule_task (id, conversation_id, rule_id, triggers, at)"
                " VALUES ($1, $2, $3, ARRAY['waits'], $4) ON CONFLICT (id) DO NOTHING",
                uuid5(rule["id"], f"{row['id']}:{row['waiting_since'].isoformat()}"),
                row["id"],
                rule["id"],
                row["waiting_since"] + patience,
            )
            await enqueue(session, RUN_JOB, {"conversation_id": row["id"]})
        await session.execute("UPDATE rule SET waits_seen_at = $2 WHERE id = $1", rule_id, up_to)
    return len(rows)
