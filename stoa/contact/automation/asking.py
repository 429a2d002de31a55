"""What rules are asked about: messages that say what has happened, and the facts at that moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from stoa.contact.automation.models import Facts, Recently, Spoken
from stoa.contact.automation.rules import CAP_WINDOW, DAY
from stoa.contact.hours.queries import is_open
from stoa.contact.hours.schemas import OpeningHours
from stoa.platform.database.session import ReadSession, Row

# Of a message `m`: what `Spoken` holds. What the house says by itself is no beginning and no end.
_SPOKEN = """
    m.id, m.conversation_id, m.sender_kind, m.kind, m.created_at AS at, m.seq,
    CASE WHEN m.kind = 'system' THEN m.card ->> 'fact' END AS fact,
    m.sender_kind = 'system'
        AND (m.kind = 'text' OR coalesce((m.card ->> 'is_automatic')::boolean, false))
    AS is_by_rule,
    NOT EXISTS (SELECT FROM message e WHERE e.conversation_id = m.conversation_id
        AND (e.created_at, e.id) < (m.created_at, m.id)
        AND e.kind <> 'note' AND e.sender_kind <> 'system') AS is_first,
    coalesce((SELECT p.card ->> 'fact' = 'closed' FROM message p
        WHERE p.conversation_id = m.conversation_id
        AND (p.created_at, p.id) < (m.created_at, m.id) AND p.kind <> 'note'
        AND (p.sender_kind <> 'system' OR p.card ->> 'fact' IN ('closed', 'reopened'))
        ORDER BY p.created_at DESC, p.id DESC LIMIT 1), false)
        AND NOT coalesce((m.card ->> 'is_automatic')::boolean, false) AS follows_closing"""

# Of a conversation `c` and, if there is one, the message `m` that was the trigger. `w` is the
# newest thing the customer wrote until then: it is what was asked when an agent closes.
_FACTS = """
    c.channel, c.inbox_id, c.locale, c.assignee_id IS NOT NULL AS is_assigned,
    coalesce(nullif(w.card ->> 'subject', ''), c.subject) AS subject,
    CASE WHEN m.sender_kind = 'agent' THEN m.body ELSE coalesce(w.body, '') END AS text,
    coalesce((w.card ->> 'is_automatic')::boolean, false) AS is_automatic,
    coalesce((w.card ->> 'is_verified')::boolean, EXISTS (SELECT FROM contact_point p
        WHERE p.customer_id = c.customer_id AND p.state = 'verified')) AS is_verified,
    array_remove(ARRAY[lower(w.card -> 'sender' ->> 'address'), lower(c.contact_email)]
        || ARRAY(SELECT p.key FROM contact_point p WHERE p.customer_id = c.customer_id
                 ORDER BY p.created_at, p.id LIMIT 20), NULL) AS addresses,
    ARRAY(SELECT x.tag_id FROM conversation_tag x WHERE x.conversation_id = c.id
          UNION SELECT t.id FROM conversation_tag x JOIN tag t ON t.merged_into = x.tag_id
          WHERE x.conversation_id = c.id) AS tag_ids,
    EXISTS (SELECT FROM customer k WHERE k.id = c.customer_id AND k.created_at < c.created_at)
    OR EXISTS (SELECT FROM conversation o WHERE o.visitor_id = c.visitor_id AND o.id <> c.id
        AND o.message_count > 0 AND o.created_at < c.created_at)
    OR EXISTS (SELECT FROM conversation o WHERE o.customer_id = c.customer_id AND o.id <> c.id
        AND o.message_count > 0 AND o.created_at < c.created_at) AS is_known_customer"""

_WROTE = """LEFT JOIN LATERAL (
        SELECT w.body, w.card FROM message w WHERE w.conversation_id = c.id
        AND w.sender_kind = 'customer' AND w.created_at <= {until}
        ORDER BY w.created_at DESC, w.id DESC LIMIT 1
    ) w ON true"""


async def unseen(
    session: ReadSession, *, conversation_ids: Sequence[UUID], since: datetime
) -> list[tuple[Spoken, int]]:
    """What was said in these conversations and has not been looked at, with its sequence number,
    from old to new."""
    rows = await session.fetch(
        f"SELECT {_SPOKEN} FROM unnest($1::uuid[]) AS x (id)"
        " LEFT JOIN rule_seen s ON s.conversation_id = x.id"
        " JOIN message m ON m.conversation_id = x.id AND m.kind <> 'note'"
        " AND m.created_at > $2 AND m.seq > coalesce(s.seq, 0)"
        " ORDER BY m.created_at, m.id",
        list(conversation_ids),
        since,
    )
    return [(_spoken(row), row["seq"]) for row in rows]


async def facts_of(
    session: ReadSession,
    *,
    conversation_id: UUID,
    message_id: UUID | None,
    at: datetime,
    hours: OpeningHours | None,
) -> Facts | None:
    """How things stand now, for something that happened at `at`; None: the conversation is gone."""
    row = await session.fetch_one(
        f"SELECT {_FACTS} FROM conversation c LEFT JOIN message m ON m.id = $2"
        f" {_WROTE.format(until='$3')} WHERE c.id = $1",
        conversation_id,
        message_id,
        at,
    )
    return None if row is None else _facts(row, hours=hours, at=at)


async def moments_of(
    session: ReadSession,
    *,
    conversation_ids: Sequence[UUID],
    since: datetime,
    hours: OpeningHours | None,
    shift: timedelta,
) -> list[tuple[Spoken, Facts]]:
    """What was said in these conversations since then, with the facts `shift` later, from new to
    old.

    Whether somebody had a conversation is as it is today.
    """
    rows = await session.fetch(
        f"SELECT {_SPOKEN}, {_FACTS} FROM unnest($1::uuid[]) AS x (id)"
        " JOIN conversation c ON c.id = x.id"
        " JOIN message m ON m.conversation_id = c.id AND m.kind <> 'note' AND m.created_at > $2"
        f" {_WROTE.format(until='m.created_at')} ORDER BY m.created_at DESC, m.id DESC",
        list(conversation_ids),
        since,
    )
    return [(_spoken(row), _facts(row, hours=hours, at=row["at"] + shift)) for row in rows]


async def recently(session: ReadSession, *, conversation_id: UUID, at: datetime) -> Recently:
    """What rules did in this conversation within the hour before `at`, and what they said to its
    customer within the day."""
    row = await session.fetch_one(
        "SELECT count(*) AS runs, count(*) FILTER (WHERE has_replied) AS replies,"
        " (SELECT count(*) FROM conversation this"
        " JOIN conversation c ON c.customer_id = this.customer_id"
        " JOIN rule_run r ON r.conversation_id = c.id AND r.has_replied AND r.at > $3"
        " WHERE this.id = $1) AS replies_of_day"
        " FROM rule_run WHERE conversation_id = $1 AND at > $2",
        conversation_id,
        at - CAP_WINDOW,
        at - DAY,
    )
    assert row is not None
    return Recently(**row)


def _spoken(row: Row) -> Spoken:
    return Spoken(
        id=row["id"],
        conversation_id=row["conversation_id"],
        sender_kind=row["sender_kind"],
        kind=row["kind"],
        fact=row["fact"],
        is_by_rule=row["is_by_rule"],
        is_first=row["is_first"],
        follows_closing=row["follows_closing"],
        at=row["at"],
    )


def _facts(row: Row, *, hours: OpeningHours | None, at: datetime) -> Facts:
    return Facts(
        channel=row["channel"],
        inbox_id=row["inbox_id"],
        locale=row["locale"],
        subject=row["subject"],
        text=row["text"],
        addresses=tuple(row["addresses"]),
        is_verified=row["is_verified"],
        is_known_customer=row["is_known_customer"],
        is_within_hours=is_open(hours, at=at, channel=row["channel"]),
        is_assigned=row["is_assigned"],
        is_automatic=row["is_automatic"],
        tag_ids=frozenset(row["tag_ids"]),
    )
