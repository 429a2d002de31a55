"""Reads about routing: how teams are set up, what waits in their queues, who could take it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from stoa.contact.conversations.queries import OPEN, ROW_JSON
from stoa.contact.conversations.schemas import ConversationRow
from stoa.contact.routing.models import (
    DEFAULT_CAPACITY,
    LIVE_CHANNEL,
    MESSAGE,
    Agent,
    Floor,
    Origin,
    Queue,
    Rule,
    Team,
    Waiting,
)
from stoa.contact.routing.rules import can_serve, queue_for, weight_of
from stoa.contact.routing.schemas import (
    CapacityView,
    InboxName,
    QueueView,
    TeamsView,
    TeamView,
    WeightView,
)
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession
from stoa.platform.i18n.locale import LOCALES, Locale

# Whoever spoke in a live conversation a moment ago still has it on their mind.
LIVE_FOR = timedelta(minutes=10)
AT_A_TIME = 50
WAITS = f"{OPEN} AND c.waiting_since IS NOT NULL"  # of a conversation `c`

_QUEUE = (
    "q.id, q.team_id, q.name, q.rule, q.priority, q.takes_counter, q.skills, q.needs_language,"
    " q.overflow_queue_id, q.overflow_seconds, q.return_seconds,"
    " ARRAY(SELECT i.inbox_id FROM queue_inbox i WHERE i.queue_id = q.id ORDER BY i.inbox_id)"
    " AS inbox_ids"
)


async def load_floor(session: ReadSession) -> Floor:
    """How everything is set up now."""
    queues: dict[UUID, list[Queue]] = {}
    for row in await session.fetch(
        f"SELECT {_QUEUE} FROM queue q WHERE q.removed_at IS NULL ORDER BY q.position, q.id"
    ):
        known = dict(row) | {
            "rule": Rule(row["rule"]),
            "skills": frozenset(row["skills"]),
            "inbox_ids": frozenset(row["inbox_ids"]),
        }
        queues.setdefault(row["team_id"], []).append(Queue(**known))
    teams = await session.fetch(
        "SELECT t.id, t.name, t.languages,"
        " ARRAY(SELECT s.shop_id FROM team_shop s WHERE s.team_id = t.id) AS shop_ids,"
        " ARRAY(SELECT m.staff_id FROM team_member m WHERE m.team_id = t.id) AS member_ids"
        " FROM team t WHERE t.removed_at IS NULL ORDER BY t.created_at, t.id"
    )
    weights = await session.fetch("SELECT channel, percent FROM channel_weight")
    return Floor(
        teams=tuple(
            Team(
                id=row["id"],
                name=row["name"],
                languages=frozenset(row["languages"]),
                shop_ids=frozenset(row["shop_ids"]),
                member_ids=frozenset(row["member_ids"]),
                queues=tuple(queues.get(row["id"], ())),
            )
            for row in teams
        ),
        weights={row["channel"]: row["percent"] for row in weights},
    )


async def known_floor(session: ReadSession) -> Floor:
    """How everything is set up, as this node knows it: at most half a minute old."""
    return await session.remember(
        "routing.floor", lambda: load_floor(session), until={"teams.changed"}
    )


async def has_teams(session: ReadSession) -> bool:
    """Something is set up; else nothing is routed."""
    return bool(
        await session.fetch_value("SELECT EXISTS (SELECT FROM team WHERE removed_at IS NULL)")
    )


async def unplaced(session: ReadSession, *, limit: int = 500) -> dict[UUID, Origin]:
    """Conversations that wait in no queue that is there, the newest first: those that no queue
    takes must not hide those that one does."""
    rows = await session.fetch(
        "(SELECT c.id, c.shop_id, c.inbox_id, c.locale FROM conversation c"
        f" WHERE {WAITS} AND c.queue_id IS NULL"
        " ORDER BY c.waiting_since DESC, c.id DESC LIMIT $1) UNION ALL"
        " (SELECT c.id, c.shop_id, c.inbox_id, c.locale FROM queue q"
        f" JOIN conversation c ON c.queue_id = q.id AND {WAITS} AND c.assignee_id IS NULL"
        " WHERE q.removed_at IS NOT NULL ORDER BY c.waiting_since DESC, c.id DESC LIMIT $1)",
        limit,
    )
    return {row["id"]: Origin(row["shop_id"], row["inbox_id"], row["locale"]) for row in rows}


async def unassigned(
    session: ReadSession, *, weights: Mapping[str, int], limit: int = AT_A_TIME
) -> list[Waiting]:
    """What waits for somebody by rule: of every queue and language those who wait longest."""
    rows = await session.fetch(
        f"""
        SELECT c.*, m.staff_id AS known_to FROM queue q CROSS JOIN unnest($1::text[]) AS l (locale)
        CROSS JOIN LATERAL (
            SELECT c.id, c.queue_id, c.locale, c.channel, c.is_offline, c.inbox_id,
                c.waiting_since, c.put_back_by
            FROM conversation c WHERE {WAITS} AND c.queue_id = q.id AND c.queue_id IS NOT NULL
                AND c.assignee_id IS NULL AND c.locale = l.locale
            ORDER BY c.waiting_since, c.id LIMIT $2
        ) c
        LEFT JOIN LATERAL (
            SELECT m.staff_id FROM message m
            WHERE m.conversation_id = c.id AND m.sender_kind = 'agent' AND m.kind <> 'note'
            ORDER BY m.created_at DESC, m.id DESC LIMIT 1
        ) m ON true
        WHERE q.removed_at IS NULL AND q.rule <> 'manual'
        """,
        list(LOCALES),
        limit,
    )
    return [
        Waiting(
            id=row["id"],
            queue_id=row["queue_id"],
            locale=row["locale"],
            percent=weight_of(
                channel=row["channel"],
                is_letter=row["inbox_id"] is not None,
                is_left=row["is_offline"],
                weights=weights,
            ),
            waiting_since=row["waiting_since"],
            known_to=row["known_to"],
            put_back_by=row["put_back_by"],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A conversation that waits with somebody who is not at the desk."""

    id: UUID
    queue_id: UUID
    assignee_id: UUID
    assignee_name: str
    waiting_since: datetime
    return_seconds: int


async def abandoned(session: ReadSession, *, available: Collection[UUID]) -> list[Abandoned]:
    """What waits in a queue with somebody who is not among these, who waits longest first."""
    rows = await session.fetch(
        "SELECT c.id, c.queue_id, c.assignee_id, s.name AS assignee_name, c.waiting_since,"
        " q.return_seconds FROM conversation c"
        " JOIN queue q ON q.id = c.queue_id AND q.removed_at IS NULL"
        " JOIN staff s ON s.id = c.assignee_id"
        f" WHERE {WAITS} AND c.assignee_id <> ALL($1::uuid[])"
        " ORDER BY c.waiting_since, c.id LIMIT 500",
        list(available),
    )
    return [Abandoned(**row) for row in rows]


async def waits_for_leavers(session: ReadSession) -> list[UUID]:
    """What waits with somebody who has no access any more, some of it, the longest wait first."""
    rows = await session.fetch(
        f"SELECT c.id FROM conversation c WHERE {WAITS}"
        " AND c.assignee_id IN (SELECT s.id FROM staff s WHERE NOT s.is_active)"
        " ORDER BY c.waiting_since, c.id LIMIT 20"
    )
    return [row["id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Overdue:
    """A conversation that goes on to another queue; `assignee_id` has not even read it."""

    from_id: UUID
    queue_id: UUID
    assignee_id: UUID | None


async def overdue(session: ReadSession, *, at: datetime, limit: int) -> dict[UUID, Overdue]:
    """Conversations that nobody has taken in their queue's time, and those that whoever was given
    them has left unread for as long."""
    rows = await session.fetch(
        "SELECT c.id, q.id AS from_id, q.overflow_queue_id AS queue_id, c.assignee_id FROM queue q"
        f" JOIN conversation c ON c.queue_id = q.id AND {WAITS} AND c.queue_id IS NOT NULL"
        " WHERE q.removed_at IS NULL AND q.overflow_queue_id IS NOT NULL"
        " AND greatest(c.waiting_since, c.queued_at) + q.overflow_seconds * interval '1 second'"
        " <= $1 AND (c.assignee_id IS NULL OR NOT EXISTS (SELECT FROM message m"
        " WHERE m.conversation_id = c.id AND m.sender_kind = 'customer'"
        " AND m.created_at >= c.waiting_since AND m.seq <= c.agent_read_seq))"
        " ORDER BY c.waiting_since, c.id LIMIT $2",
        at,
        limit,
    )
    return {row["id"]: Overdue(row["from_id"], row["queue_id"], row["assignee_id"]) for row in rows}


async def load_agents(
    session: ReadSession, *, ids: Collection[UUID], weights: Mapping[str, int], at: datetime
) -> list[Agent]:
    """Those of these members of staff who are active, with what they have to do already: what
    waits for them, and the live conversations somebody spoke in a moment ago."""
    rows = await session.fetch(
        f"""
        SELECT s.id, s.name, s.languages, s.locale, s.skills, k.conversations,
            coalesce(c.held, '[]') AS held
        FROM staff s
        LEFT JOIN staff_capacity k ON k.staff_id = s.id
        LEFT JOIN (
            SELECT h.assignee_id, jsonb_agg(jsonb_build_object('channel', h.channel,
                'is_letter', h.is_letter, 'is_left', h.is_offline, 'count', h.count)) AS held
            FROM (
                SELECT assignee_id, channel, is_letter, is_offline, count(*) AS count FROM (
                    SELECT assignee_id, channel, inbox_id IS NOT NULL AS is_letter, is_offline
                    FROM conversation c WHERE {WAITS} AND c.assignee_id = ANY($1::uuid[])
                    UNION ALL
                    SELECT assignee_id, channel, false, false FROM conversation c
                    WHERE {OPEN} AND c.assignee_id = ANY($1::uuid[]) AND c.assignee_id IS NOT NULL
                        AND c.listed_at > $2 AND c.waiting_since IS NULL
                        AND c.inbox_id IS NULL AND NOT c.is_offline
                ) a GROUP BY assignee_id, channel, is_letter, is_offline
            ) h GROUP BY h.assignee_id
        ) c ON c.assignee_id = s.id
        WHERE s.id = ANY($1::uuid[]) AND s.is_active ORDER BY s.id
        """,
        list(ids),
        at - LIVE_FOR,
    )
    return [
        Agent(
            id=row["id"],
            name=row["name"],
            languages=frozenset(row["languages"] or [row["locale"]]),
            skills=frozenset(row["skills"]),
            capacity=100
            * (DEFAULT_CAPACITY if row["conversations"] is None else row["conversations"]),
            load=sum(
                held.pop("count") * weight_of(weights=weights, **held) for held in row["held"]
            ),
        )
        for row in rows
    ]


async def turns_of(
    session: ReadSession, *, queue_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], int]:
    """(queue, member of staff) -> their last turn there."""
    rows = await session.fetch(
        "SELECT queue_id, staff_id, turn FROM queue_turn WHERE queue_id = ANY($1::uuid[])",
        list(queue_ids),
    )
    return {(row["queue_id"], row["staff_id"]): row["turn"] for row in rows}


async def next_waiting(session: ReadSession, *, staff_id: UUID) -> ConversationRow | None:
    """Of the open conversations that are this person's, their teams', or nobody's in particular,
    the one whose customer has waited longest. Within queues, one's own go first, then the queue of
    the highest priority; what waits for another team is not theirs to take.
    """
    row = await session.fetch_value(
        f"""
        SELECT {ROW_JSON} FROM conversation c
        LEFT JOIN queue q ON q.id = c.queue_id AND q.removed_at IS NULL
        WHERE {WAITS} AND (c.assignee_id = $1 OR c.assignee_id IS NULL AND (q.id IS NULL OR EXISTS (
                SELECT FROM team_member m WHERE m.team_id = q.team_id AND m.staff_id = $1)))
        ORDER BY CASE WHEN q.id IS NULL THEN 0
                WHEN c.assignee_id = $1 THEN -10 ELSE -q.priority END,
            c.waiting_since, c.id LIMIT 1
        """,
        staff_id,
    )
    return None if row is None else ConversationRow.model_validate(row)


async def foreign_teams(session: ReadSession, *, staff_id: UUID) -> list[UUID]:
    """The teams this person is not in."""
    rows = await session.fetch(
        "SELECT t.id FROM team t WHERE t.removed_at IS NULL AND NOT EXISTS"
        " (SELECT FROM team_member m WHERE m.team_id = t.id AND m.staff_id = $1) ORDER BY t.id",
        staff_id,
    )
    return [row["id"] for row in rows]


async def who_serves(
    session: ReadSession, *, shop_id: UUID, available: Collection[UUID]
) -> dict[Locale, set[UUID]]:
    """Of these members of staff, those who serve a language's customers at the shop's counter, for
    every language that a team serves there. Without a team everybody serves everybody.
    """
    floor = await known_floor(session)
    queues, members = floor.queues, floor.members
    chains: dict[Locale, list[Queue]] = {}
    for locale in LOCALES:
        queue = queue_for(Origin(shop_id, None, locale), floor)
        while queue is not None:
            chains.setdefault(locale, []).append(queue)
            queue = queues.get(queue.overflow_queue_id) if queue.overflow_queue_id else None
    if not chains:
        return {}
    agents = await load_agents(session, ids=available, weights=floor.weights, at=now())
    return {
        locale: {
            agent.id
            for queue in chain
            for agent in agents
            if agent.id in members[queue.id] and can_serve(agent, locale=locale, queue=queue)
        }
        for locale, chain in chains.items()
    }


async def teams_view(session: ReadSession) -> TeamsView:
    """How everything is set up, for the desk."""
    floor = await load_floor(session)
    inboxes = await session.fetch(
        "SELECT id, shop_id, channel, name, address FROM inbox ORDER BY lower(name), id"
    )
    capacities = await session.fetch(
        "SELECT staff_id, conversations FROM staff_capacity ORDER BY staff_id"
    )
    letters = {row["channel"] for row in inboxes}
    channels = sorted({LIVE_CHANNEL, MESSAGE} | letters | set(floor.weights))
    return TeamsView(
        teams=[_team_view(team) for team in floor.teams],
        inboxes=[InboxName.model_validate(dict(row)) for row in inboxes],
        capacities=[CapacityView.model_validate(dict(row)) for row in capacities],
        default_capacity=DEFAULT_CAPACITY,
        weights=[
            WeightView(
                channel=channel,
                percent=weight_of(
                    channel=channel,
                    is_letter=channel in letters,
                    is_left=channel == MESSAGE,
                    weights=floor.weights,
                ),
            )
            for channel in channels
        ],
    )


def _team_view(team: Team) -> TeamView:
    return TeamView(
        id=team.id,
        name=team.name,
        languages=sorted(team.languages),
        shop_ids=sorted(team.shop_ids),
        member_ids=sorted(team.member_ids),
        queues=[
            QueueView(
                id=queue.id,
                name=queue.name,
                rule=queue.rule,
                priority=queue.priority,
                takes_counter=queue.takes_counter,
                inbox_ids=sorted(queue.inbox_ids),
                skills=sorted(queue.skills),
                needs_language=queue.needs_language,
                overflow_queue_id=queue.overflow_queue_id,
                overflow_seconds=queue.overflow_seconds,
                return_seconds=queue.return_seconds,
            )
            for queue in team.queues
        ],
    )
