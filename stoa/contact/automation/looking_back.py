"""A rule's dry run: when it would have acted in the last week. Nothing is done."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from stoa.contact.automation.asking import moments_of
from stoa.contact.automation.models import Facts, Spoken
from stoa.contact.automation.rules import matches, triggers_of
from stoa.contact.automation.schemas import DryRun, RuleDefinition, WouldAct
from stoa.contact.hours.queries import hours_of
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession
from stoa.platform.web.paging import decode_moment, encode_cursor

LOOK_BACK = timedelta(days=7)
# Conversations per step: one takes some tens of milliseconds.
STEP = 300
PREVIEW_MAX = 140

# One branch for each of the lists' indexes (conversation_open, _snoozed, _closed).
_BRANCHES = ("state = 'open' AND snoozed_at IS NULL", "snoozed_at IS NOT NULL", "state = 'closed'")
_RECENT = "message_count > 0 AND shop_id = $1 AND listed_at > $2"
COUNT = "SELECT " + " + ".join(
    f"(SELECT count(*) FROM conversation WHERE {branch} AND {_RECENT})" for branch in _BRANCHES
)
LIST = (
    "SELECT * FROM ("
    + " UNION ALL ".join(
        f"(SELECT id, contact_name, channel, listed_at FROM conversation WHERE {branch}"
        f" AND {_RECENT} AND ($3::timestamptz IS NULL OR (listed_at, id) < ($3, $4::uuid))"
        " ORDER BY listed_at DESC, id DESC LIMIT $5)"
        for branch in _BRANCHES
    )
    + ") c ORDER BY listed_at DESC, id DESC LIMIT $5"
)


async def dry_run(
    session: ReadSession,
    *,
    shop_id: UUID,
    definition: RuleDefinition,
    cursor: str | None,
    step: int = STEP,
) -> DryRun:
    """One step back through the last week: when the rule would have acted, the newest first.

    Whether somebody had a conversation is judged as it is today, and so is whose address is proven;
    how often one person may be answered is not counted.

    Raises:
        NotFound: no such shop.
    """
    since = now() - LOOK_BACK
    key = decode_moment(cursor) or (None, None)
    total = None if cursor else await session.fetch_value(COUNT, shop_id, since)
    rows = await session.fetch(LIST, shop_id, since, *key, step + 1)
    page = {row["id"]: row for row in rows[:step]}
    last = rows[step - 1] if len(rows) > step else None
    moments = await _moments(
        session, shop_id=shop_id, ids=list(page), definition=definition, since=since
    )
    return DryRun(
        matches=[
            WouldAct(
                conversation_id=spoken.conversation_id,
                contact_name=page[spoken.conversation_id]["contact_name"],
                channel=facts.channel,
                preview=" ".join(facts.text.split())[:PREVIEW_MAX],
                at=spoken.at,
            )
            for spoken, facts in moments
        ],
        looked_at=len(page),
        total=total,
        next=encode_cursor(last["listed_at"].isoformat(), str(last["id"])) if last else None,
    )


async def _moments(
    session: ReadSession,
    *,
    shop_id: UUID,
    ids: Sequence[UUID],
    definition: RuleDefinition,
    since: datetime,
) -> list[tuple[Spoken, Facts]]:
    trigger = definition.trigger
    hours = await hours_of(session, shop_id=shop_id)
    patience = timedelta(minutes=trigger.minutes or 0)
    waited = await _waited(session, ids=ids, patience=patience, since=since)
    if trigger.code == "tagged":
        return []  # who tagged what when is kept nowhere
    moments = await moments_of(
        session, conversation_ids=ids, since=since, hours=hours, shift=patience
    )
    return [
        (spoken, facts)
        for spoken, facts in moments
        if (spoken.id in waited if trigger.code == "waits" else trigger.code in triggers_of(spoken))
        and matches(definition, facts)
    ]


async def _waited(
    session: ReadSession, *, ids: Sequence[UUID], patience: timedelta, since: datetime
) -> set[UUID]:
    """The messages with which somebody began to wait that long, or longer."""
    rows = await session.fetch(
        """
        WITH waited AS (
            SELECT t.conversation_id, t.asked_at FROM answer_time t
            WHERE t.conversation_id = ANY($1::uuid[]) AND t.asked_at > $2
                AND t.answered_at - t.asked_at >= $3::interval
            UNION
            SELECT c.id, c.waiting_since FROM conversation c
            WHERE c.id = ANY($1::uuid[]) AND c.waiting_since > $2
                AND c.waiting_since + $3::interval <= $4
        )
        -- What came by a channel was stored a moment before its wait was noted, or after.
        SELECT DISTINCT m.id FROM waited w, LATERAL (
            SELECT m.id FROM message m
            WHERE m.conversation_id = w.conversation_id AND m.sender_kind = 'customer'
                AND m.created_at <= w.asked_at + interval '1 second'
            ORDER BY m.created_at DESC, m.id DESC LIMIT 1
        ) m
        """,
        list(ids),
        since,
        patience,
        now(),
    )
    return {row["id"] for row in rows}
