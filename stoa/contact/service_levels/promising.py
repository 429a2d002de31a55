"""Keeping track of promises: set when a wait begins, warned of, broken, forgotten when it ends.

All of it is done after the fact, by whoever comes first: a wait is known by the moment at which it
began, so what was found out about one that has ended meanwhile changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from stoa.contact.conversations.events import DESK_TOPIC
from stoa.contact.conversations.service import DueWait, set_due
from stoa.contact.hours.queries import hours_of
from stoa.contact.hours.schemas import OpeningHours
from stoa.contact.service_levels.events import SlaBreached, SlaWarned
from stoa.contact.service_levels.models import Due, Policy, Wait
from stoa.contact.service_levels.queries import all_waits, waits_of
from stoa.contact.service_levels.rules import due_of, policy_for
from stoa.platform.database.session import Database, Row, Session
from stoa.platform.ids import new_id

AT_ONCE = 200


async def settle(
    session: Session,
    *,
    conversation_ids: Collection[UUID],
    policies: Sequence[Policy],
    at: datetime,
) -> None:
    """What these conversations were promised is known, and what ended is forgotten."""
    waits = await waits_of(session, conversation_ids=sorted(conversation_ids))
    still = {wait.conversation_id for wait in waits}
    await _forget(session, conversation_ids=sorted(set(conversation_ids) - still), at=at)
    await _promise(session, waits=waits, policies=policies, at=at)


async def settle_all(
    database: Database, *, policies: Sequence[Policy], shop_ids: Sequence[UUID], at: datetime
) -> None:
    """The same for everybody who waits in these shops, in steps that nobody has to wait for."""
    async with database.begin() as session:
        # Of those that no longer wait, and of shops that promise nothing any more.
        gone = await session.fetch(
            "SELECT t.conversation_id FROM sla_timer t JOIN conversation c"
            " ON c.id = t.conversation_id WHERE c.waiting_since IS DISTINCT FROM t.waiting_since"
            " OR c.state <> 'open' ORDER BY t.conversation_id"
        )
        ids = [row["conversation_id"] for row in gone]
        await settle(session, conversation_ids=ids, policies=policies, at=at)
    after = None
    while True:
        async with database.begin() as session:
            waits = await all_waits(session, shop_ids=shop_ids, after=after, limit=AT_ONCE)
            await _promise(session, waits=waits, policies=policies, at=at)
        if len(waits) < AT_ONCE:
            return
        after = waits[-1].conversation_id


async def _forget(session: Session, *, conversation_ids: Sequence[UUID], at: datetime) -> None:
    if not conversation_ids:
        return
    await session.execute(
        "DELETE FROM sla_timer t USING (SELECT conversation_id FROM sla_timer"
        " WHERE conversation_id = ANY($1::uuid[]) ORDER BY conversation_id FOR UPDATE) held"
        " WHERE t.conversation_id = held.conversation_id",
        conversation_ids,
    )
    await _end_breaches(session, conversation_ids=conversation_ids, still={}, at=at)


async def _end_breaches(
    session: Session,
    *,
    conversation_ids: Sequence[UUID],
    still: Mapping[UUID, datetime],
    at: datetime,
) -> None:
    """Whoever waited too long waits no more, unless in the wait that `still` names."""
    await session.execute(
        "UPDATE sla_breach b SET ended_at = coalesce((SELECT min(t.answered_at) FROM answer_time t"
        " WHERE t.conversation_id = b.conversation_id AND t.asked_at = b.waiting_since), $4)"
        " FROM unnest($1::uuid[], $2::timestamptz[]) AS w (id, waiting_since)"
        " WHERE b.conversation_id = ANY($3::uuid[]) AND b.ended_at IS NULL"
        " AND w.id = b.conversation_id AND w.waiting_since IS DISTINCT FROM b.waiting_since",
        list(conversation_ids),
        [still.get(id_) for id_ in conversation_ids],
        list(conversation_ids),
        at,
    )


async def _promise(
    session: Session, *, waits: Sequence[Wait], policies: Sequence[Policy], at: datetime
) -> None:
    if not waits:
        return
    hours: dict[UUID, OpeningHours | None] = {}
    for shop_id in {wait.shop_id for wait in waits}:
        hours[shop_id] = await hours_of(session, shop_id=shop_id)
    dues: dict[UUID, tuple[Wait, Due | None]] = {}
    for wait in waits:
        policy = policy_for(policies, wait)
        due = due_of(wait, policy, hours[wait.shop_id]) if policy else None
        dues[wait.conversation_id] = (wait, due)
    await _end_breaches(
        session,
        conversation_ids=list(dues),
        still={wait.conversation_id: wait.waiting_since for wait in waits},
        at=at,
    )
    changed = await _those_that_changed(session, dues)
    held = await set_due(
        session,
        waits=[
            DueWait(
                conversation_id=wait.conversation_id,
                waiting_since=wait.waiting_since,
                warn_at=due.warn_at if due else None,
                due_at=due.due_at if due else None,
            )
            for wait, due in changed
        ],
    )
    await _set_timers(session, [one for one in changed if one[0].conversation_id in held])


async def _those_that_changed(
    session: Session, dues: Mapping[UUID, tuple[Wait, Due | None]]
) -> list[tuple[Wait, Due | None]]:
    rows = await session.fetch(
        "SELECT id, due_for, warn_at, due_at FROM conversation WHERE id = ANY($1::uuid[])",
        list(dues),
    )
    known = {row["id"]: row for row in rows}

    def is_changed(wait: Wait, due: Due | None) -> bool:
        row = known.get(wait.conversation_id)
        if row is None:
            return False
        if row["due_for"] != wait.waiting_since:
            return due is not None
        shown = (row["warn_at"], row["due_at"])
        return shown != ((due.warn_at, due.due_at) if due else (None, None))

    return [one for one in dues.values() if is_changed(*one)]


async def _set_timers(session: Session, promised: Sequence[tuple[Wait, Due | None]]) -> None:
    freed = [wait.conversation_id for wait, due in promised if due is None]
    if freed:
        await session.execute(
            "DELETE FROM sla_timer WHERE conversation_id = ANY($1::uuid[])", freed
        )
    for wait, due in promised:
        if due is None:
            continue
        # Warned once for each wait, also when it comes due at another time.
        await session.execute(
            "INSERT INTO sla_timer AS t (conversation_id, shop_id, policy_id, kind,"
            " promised_seconds, waiting_since, warn_at, due_at, next_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7)"
            " ON CONFLICT (conversation_id) DO UPDATE SET policy_id = $3, kind = $4,"
            " promised_seconds = $5, waiting_since = $6, warn_at = $7, due_at = $8,"
            " warned_at = CASE WHEN t.waiting_since = $6 THEN t.warned_at END,"
            " next_at = CASE WHEN t.waiting_since = $6 AND t.warned_at IS NOT NULL"
            " THEN $8 ELSE $7 END",
            wait.conversation_id,
            wait.shop_id,
            due.policy_id,
            due.kind,
            due.promised_seconds,
            wait.waiting_since,
            due.warn_at,
            due.due_at,
        )


# ---- by the clock -------------------------------------------------------------------------------


async def keep_time(session: Session, *, at: datetime) -> datetime | None:
    """Whatever is due for a warning is warned of, whatever is due is broken, each of it once.
    Returns when there is something to do next.

    Timers that another node has in hand are left to it.
    """
    rows = await session.fetch(
        "SELECT t.*, c.assignee_id, coalesce(c.answer_channel, c.channel) AS channel,"
        " c.state = 'open' AND c.waiting_since = t.waiting_since AS is_running"
        " FROM sla_timer t JOIN conversation c ON c.id = t.conversation_id"
        " WHERE t.next_at <= $1 ORDER BY t.next_at, t.conversation_id LIMIT $2"
        " FOR UPDATE OF t SKIP LOCKED",
        at,
        AT_ONCE,
    )
    for row in rows:
        if not row["is_running"]:
            await _forget(session, conversation_ids=[row["conversation_id"]], at=at)
        elif row["due_at"] <= at:
            await _break(session, row, at=at)
        else:
            await _warn(session, row, at=at)
    next_at: datetime | None = await session.fetch_value(
        "SELECT min(next_at) FROM sla_timer WHERE next_at IS NOT NULL"
    )
    return next_at


async def _warn(session: Session, row: Row, *, at: datetime) -> None:
    await session.execute(
        "UPDATE sla_timer SET warned_at = $2, next_at = due_at WHERE conversation_id = $1",
        row["conversation_id"],
        at,
    )
    session.publish(
        SlaWarned(
            conversation_id=row["conversation_id"],
            shop_id=row["shop_id"],
            assignee_id=row["assignee_id"],
            kind=row["kind"],
            waiting_since=row["waiting_since"],
            due_at=row["due_at"],
        ),
        topics=[DESK_TOPIC],
    )


async def _break(session: Session, row: Row, *, at: datetime) -> None:
    await session.execute(
        "UPDATE sla_timer SET warned_at = coalesce(warned_at, $2), next_at = NULL"
        " WHERE conversation_id = $1",
        row["conversation_id"],
        at,
    )
    is_new = await session.fetch_value(
        "INSERT INTO sla_breach (id, shop_id, conversation_id, policy_id, kind, channel,"
        " assignee_id, promised_seconds, waiting_since, due_at, breached_at)"
        " SELECT $1, $2, $3, (SELECT id FROM sla_policy WHERE id = $4), $5, $6, $7, $8, $9, $10,"
        " $11 ON CONFLICT (conversation_id, waiting_since) DO UPDATE SET ended_at = NULL"
        " RETURNING xmax = 0",
        new_id(),
        row["shop_id"],
        row["conversation_id"],
        row["policy_id"],
        row["kind"],
        row["channel"],
        row["assignee_id"],
        row["promised_seconds"],
        row["waiting_since"],
        row["due_at"],
        at,
    )
    if not is_new:
        return  # it was later for a while, by other hours or another promise, or was closed
    session.publish(
        SlaBreached(
            conversation_id=row["conversation_id"],
            shop_id=row["shop_id"],
            assignee_id=row["assignee_id"],
            kind=row["kind"],
            waiting_since=row["waiting_since"],
            due_at=row["due_at"],
        ),
        topics=[DESK_TOPIC],
    )
