"""Everything that was between a customer and the shop, whichever way it went, as one timeline."""

from uuid import UUID

from stoa.desk.customers.schemas import (
    CustomerTimeline,
    CustomerTimelineItem,
    TimelineFilter,
    TimelineKind,
)
from stoa.platform.database.session import ReadSession
from stoa.platform.web.paging import decode_moment, encode_cursor

BODY_MAX = 600

_OF_CONVERSATION = """
SELECT m.created_at AS at, m.id, '{kind}' AS kind, jsonb_build_object(
    'conversation_id', m.conversation_id, 'channel', coalesce(m.channel, c.channel),
    'subject', c.subject, 'sender_kind', m.sender_kind, 'message_kind', m.kind,
    'staff_name', (SELECT s.name FROM staff s WHERE s.id = m.staff_id),
    'body', left(m.body, {body_max}), 'files',
    (SELECT coalesce(jsonb_agg(f ->> 'file_name'), '[]') FROM jsonb_array_elements(m.attachments) f)
) AS data
FROM conversation c JOIN message m ON m.conversation_id = c.id
WHERE c.customer_id = $1 AND {condition}
  AND ($2::timestamptz IS NULL OR (m.created_at, m.id) < ($2, $3::uuid))
ORDER BY m.created_at DESC, m.id DESC LIMIT $4
"""

# Each gives (at, id, kind, data), newest first, at most $4 rows before ($2, $3).
_SOURCES: dict[TimelineKind, str] = {
    "message": _OF_CONVERSATION.format(
        kind="message", body_max=BODY_MAX, condition="m.kind NOT IN ('note', 'system')"
    ),
    "note": _OF_CONVERSATION.format(kind="note", body_max=BODY_MAX, condition="m.kind = 'note'"),
    "call": """
SELECT k.created_at AS at, k.id, 'call' AS kind, jsonb_build_object(
    'conversation_id', k.conversation_id, 'direction', k.direction, 'state', k.state,
    'end_reason', k.end_reason, 'answered_at', k.answered_at, 'ended_at', k.ended_at,
    'is_recorded', EXISTS (SELECT FROM call_recording r WHERE r.call_id = k.id)) AS data
FROM conversation c JOIN call k ON k.conversation_id = c.id
WHERE c.customer_id = $1
  AND ($2::timestamptz IS NULL OR (k.created_at, k.id) < ($2, $3::uuid))
ORDER BY k.created_at DESC, k.id DESC LIMIT $4
""",
    "visit": """
SELECT t.started_at AS at, t.id, 'visit' AS kind, jsonb_build_object(
    'ended_at', t.ended_at, 'page_count', t.page_count, 'furthest_step', t.furthest_step,
    'device', t.device) AS data
FROM visitor v JOIN visit t ON t.visitor_id = v.id
WHERE v.customer_id = $1
  AND ($2::timestamptz IS NULL OR (t.started_at, t.id) < ($2, $3::uuid))
ORDER BY t.started_at DESC, t.id DESC LIMIT $4
""",
    "order": """
SELECT o.placed_at AS at, o.id, 'order' AS kind, jsonb_build_object(
    'number', o.number, 'state', o.state, 'payment_state', o.payment_state,
    'shipment_state', o.shipment_state, 'total_minor', o.total_minor, 'currency', o.currency)
    AS data
FROM "order" o WHERE o.customer_id = $1
  AND ($2::timestamptz IS NULL OR (o.placed_at, o.id) < ($2, $3::uuid))
ORDER BY o.placed_at DESC, o.id DESC LIMIT $4
""",
    "order_entry": """
SELECT e.created_at AS at, e.id, 'order_entry' AS kind, jsonb_build_object(
    'order_id', o.id, 'number', o.number, 'entry', e.kind, 'tracking', o.tracking,
    'staff_name', (SELECT s.name FROM staff s WHERE s.id = e.staff_id)) AS data
FROM "order" o JOIN order_entry e ON e.order_id = o.id
WHERE o.customer_id = $1 AND e.kind <> 'placed'
  AND ($2::timestamptz IS NULL OR (e.created_at, e.id) < ($2, $3::uuid))
ORDER BY e.created_at DESC, e.id DESC LIMIT $4
""",
    "customer_note": """
SELECT n.created_at AS at, n.id, 'customer_note' AS kind, jsonb_build_object(
    'body', n.body, 'staff_name', (SELECT s.name FROM staff s WHERE s.id = n.staff_id)) AS data
FROM customer_note n WHERE n.customer_id = $1
  AND ($2::timestamptz IS NULL OR (n.created_at, n.id) < ($2, $3::uuid))
ORDER BY n.created_at DESC, n.id DESC LIMIT $4
""",
}

_SHOWN: dict[TimelineFilter, list[TimelineKind]] = {
    "all": list(_SOURCES),
    "messages": ["message"],
    "calls": ["call"],
    "orders": ["order", "order_entry"],
    "visits": ["visit"],
    "notes": ["note", "customer_note"],
}


async def customer_timeline(
    session: ReadSession,
    *,
    customer_id: UUID,
    show: TimelineFilter = "all",
    cursor: str | None = None,
    limit: int = 40,
) -> CustomerTimeline:
    """A page of the timeline, the newest first. `customer_id` is of one who was not merged."""
    key = decode_moment(cursor)
    union = " UNION ALL ".join(f"({_SOURCES[kind]})" for kind in _SHOWN[show])
    rows = await session.fetch(
        f"SELECT * FROM ({union}) items ORDER BY at DESC, id DESC LIMIT $4",
        customer_id,
        *(key or (None, None)),
        limit + 1,
    )
    items = [CustomerTimelineItem(**row) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return CustomerTimeline(
        items=items, next=encode_cursor(last.at.isoformat(), str(last.id)) if last else None
    )
