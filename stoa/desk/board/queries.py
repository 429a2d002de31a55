"""What the board shows, read at one moment."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from stoa.contact.channels.queries import recent_waits
from stoa.contact.conversations.queries import OPEN, ROW_JSON, WAIT_CHANNEL, desk_seq
from stoa.contact.conversations.schemas import ConversationRow, StaffPresence
from stoa.contact.hours.queries import hours_of
from stoa.contact.ratings.queries import summarise
from stoa.desk.board.schemas import (
    AgentLine,
    BoardView,
    HourCell,
    PromiseCounts,
    WaitingGroup,
)
from stoa.platform.database.session import ReadSession

MOST_ROWS = 200
RATED_FOR = timedelta(days=7)
_WAITING = f"{OPEN} AND c.waiting_since IS NOT NULL AND c.shop_id = $1"


async def board_of(
    session: ReadSession, *, shop_id: UUID, present: Sequence[StaffPresence], at: datetime
) -> BoardView:
    """The sequence number is read first: what changes meanwhile comes again as an event.

    Raises:
        NotFound: no such shop.
    """
    seq = await desk_seq(session)
    hours = await hours_of(session, shop_id=shop_id)
    today = start_of_day(at, zone=hours.timezone if hours else "UTC")
    groups = await _groups(session, shop_id=shop_id)
    return BoardView(
        seq=seq,
        today=today,
        waiting=await _waiting(session, shop_id=shop_id),
        waiting_count=sum(group.count for group in groups),
        groups=groups,
        agents=await _agents(session, shop_id=shop_id, present=present, today=today),
        hours=await _hours(session, shop_id=shop_id, today=today),
        promises=await _promises(session, shop_id=shop_id, today=today, at=at),
        waits=await recent_waits(session, shop_id=shop_id, at=at),
        ratings=await summarise(session, shop_id=shop_id, since=at - RATED_FOR),
    )


def start_of_day(at: datetime, *, zone: str) -> datetime:
    """When the day of `at` began where the shop is, in UTC."""
    local = at.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), time(), ZoneInfo(zone)).astimezone(UTC)


async def _waiting(session: ReadSession, *, shop_id: UUID) -> list[ConversationRow]:
    rows = await session.fetch(
        f"SELECT {ROW_JSON} AS row FROM conversation c WHERE {_WAITING} ORDER BY"
        " CASE WHEN c.due_for = c.waiting_since THEN c.due_at END NULLS LAST,"
        " c.waiting_since, c.id LIMIT $2",
        shop_id,
        MOST_ROWS,
    )
    return [ConversationRow.model_validate(row["row"]) for row in rows]


async def _groups(session: ReadSession, *, shop_id: UUID) -> list[WaitingGroup]:
    rows = await session.fetch(
        f"SELECT c.queue_id, q.name AS queue_name, t.name AS team_name, {WAIT_CHANNEL} AS channel,"
        " c.locale, count(*) AS count, min(c.waiting_since) AS oldest_since"
        " FROM conversation c LEFT JOIN queue q ON q.id = c.queue_id"
        " LEFT JOIN team t ON t.id = q.team_id"
        f" WHERE {_WAITING} GROUP BY 1, 2, 3, 4, 5 ORDER BY oldest_since, 4, 5, 1",
        shop_id,
    )
    return [WaitingGroup(**dict(row)) for row in rows]


async def _agents(
    session: ReadSession, *, shop_id: UUID, present: Sequence[StaffPresence], today: datetime
) -> list[AgentLine]:
    """Whoever is at the desk, has open conversations or answered today; by name."""
    rows = await session.fetch(
        f"""
        WITH mine AS (
            SELECT c.assignee_id AS staff_id, count(*) AS open, count(c.waiting_since) AS waiting
            FROM conversation c WHERE {OPEN} AND c.shop_id = $1 AND c.assignee_id IS NOT NULL
            GROUP BY 1
        ), given AS (
            SELECT t.staff_id, count(*) AS answers, percentile_cont(0.5) WITHIN GROUP (
                ORDER BY extract(epoch FROM t.answered_at - t.asked_at))::float8 AS median_seconds
            FROM answer_time t
            WHERE t.shop_id = $1 AND t.answered_at >= $2 AND t.staff_id IS NOT NULL GROUP BY 1
        ), talking AS (
            SELECT l.staff_id, count(*) AS calls FROM call_leg l JOIN call k ON k.id = l.call_id
            WHERE l.staff_id IS NOT NULL AND l.left_at IS NULL AND k.state = 'active' GROUP BY 1
        )
        SELECT s.id AS staff_id, s.name, coalesce(m.open, 0) AS open,
            coalesce(m.waiting, 0) AS waiting, coalesce(k.calls, 0) AS calls,
            coalesce(g.answers, 0) AS answers, g.median_seconds
        FROM staff s LEFT JOIN mine m ON m.staff_id = s.id LEFT JOIN given g ON g.staff_id = s.id
        LEFT JOIN talking k ON k.staff_id = s.id
        WHERE s.id = ANY($3::uuid[]) OR m.open > 0 OR g.answers > 0
        ORDER BY lower(s.name), s.id
        """,
        shop_id,
        today,
        [person.staff_id for person in present],
    )
    here = {person.staff_id: person for person in present}
    return [
        AgentLine(
            **dict(row),
            status=here[row["staff_id"]].status if row["staff_id"] in here else "offline",
            since=here[row["staff_id"]].since if row["staff_id"] in here else None,
        )
        for row in rows
    ]


async def _hours(session: ReadSession, *, shop_id: UUID, today: datetime) -> list[HourCell]:
    # Whole hours since the day began: where zones are half an hour off, so are these.
    rows = await session.fetch(
        "SELECT date_bin('1 hour', t.answered_at, $2) AS hour, t.channel, t.staff_id,"
        " count(*) AS answers FROM answer_time t WHERE t.shop_id = $1 AND t.answered_at >= $2"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        shop_id,
        today,
    )
    return [HourCell(**dict(row)) for row in rows]


async def _promises(
    session: ReadSession, *, shop_id: UUID, today: datetime, at: datetime
) -> PromiseCounts:
    row = await session.fetch_one(
        "SELECT count(*) AS running,"
        " count(*) FILTER (WHERE t.warn_at <= $3 AND t.due_at > $3) AS soon,"
        " count(*) FILTER (WHERE t.due_at <= $3) AS late,"
        " (SELECT count(*) FROM sla_breach b WHERE b.shop_id = $1 AND b.breached_at >= $2)"
        " AS breached_today"
        " FROM sla_timer t JOIN conversation c ON c.id = t.conversation_id"
        f" WHERE {_WAITING} AND c.waiting_since = t.waiting_since",
        shop_id,
        today,
        at,
    )
    assert row is not None
    return PromiseCounts(**dict(row))
