"""Everything that is kept about one person, in one value: what an export is made of."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from stoa.people.customers.queries import get_customer, ids_of_person
from stoa.platform.database.session import ReadSession
from stoa.platform.i18n.locale import DEFAULT_LOCALE, Locale, as_locale
from stoa.platform.web.filenames import safe_name

# Each gives one column `data`, of these customers ($1) and their visitors ($2), from old to new.
_SECTIONS = {
    "contact_points": """SELECT jsonb_build_object('kind', kind, 'value', value, 'state', state,
        'source', source, 'undeliverable', undeliverable_code, 'since', created_at,
        'verified_at', verified_at) AS data
        FROM contact_point WHERE customer_id = ANY($1::uuid[]) AND $2::uuid[] IS NOT NULL
        ORDER BY created_at, id""",
    "consents": """SELECT jsonb_build_object('purpose', purpose, 'state', state, 'at', at,
        'how', how, 'channel', channel, 'address', point_key, 'wording', wording,
        'wording_version', wording_version, 'proof', proof) AS data
        FROM consent WHERE customer_id = ANY($1::uuid[]) OR visitor_id = ANY($2::uuid[])
        OR (point_kind, point_key) IN (SELECT kind, key FROM contact_point
            WHERE customer_id = ANY($1::uuid[]))
        ORDER BY at, id""",
    "consent_requests": """SELECT jsonb_build_object('purpose', purpose, 'address', point_value,
        'state', state, 'asked_at', asked_at, 'open_until', expires_at, 'answered_at', done_at,
        'where', source, 'wording', wording, 'wording_version', wording_version,
        'proof', proof) AS data
        FROM consent_request WHERE customer_id = ANY($1::uuid[]) OR visitor_id = ANY($2::uuid[])
        OR (point_kind, point_key) IN (SELECT kind, key FROM contact_point
            WHERE customer_id = ANY($1::uuid[]))
        ORDER BY asked_at, id""",
    "notes": """SELECT jsonb_build_object('at', created_at, 'text', body) AS data
        FROM customer_note WHERE customer_id = ANY($1::uuid[]) AND $2::uuid[] IS NOT NULL
        ORDER BY created_at, id""",
    "calls": """SELECT jsonb_build_object('at', k.created_at, 'direction', k.direction,
        'answered_at', k.answered_at, 'ended_at', k.ended_at, 'how_it_ended', k.end_reason,
        'call_back_to', k.callback_phone, 'recordings', (SELECT coalesce(jsonb_agg(
            jsonb_build_object('kind', r.kind, 'state', r.state, 'from', r.started_at,
                'milliseconds', r.duration_ms, 'kept_until', r.delete_after)
            ORDER BY r.started_at, r.id), '[]') FROM call_recording r WHERE r.call_id = k.id))
        AS data FROM call k JOIN conversation c ON c.id = k.conversation_id
        WHERE c.customer_id = ANY($1::uuid[]) OR k.visitor_id = ANY($2::uuid[])
        ORDER BY k.created_at, k.id""",
    "ratings": """SELECT jsonb_build_object('asked_at', r.asked_at, 'rated_at', r.rated_at,
        'score', r.score, 'words', r.words) AS data
        FROM rating r JOIN conversation c ON c.id = r.conversation_id
        WHERE c.customer_id = ANY($1::uuid[]) OR c.visitor_id = ANY($2::uuid[])
        ORDER BY r.asked_at, r.id""",
    "visits": """SELECT jsonb_build_object('from', started_at, 'to', ended_at,
        'pages', page_count, 'came_to', furthest_step, 'device', device, 'came_from', referrer)
        AS data FROM visit WHERE visitor_id = ANY($2::uuid[]) AND $1::uuid[] IS NOT NULL
        ORDER BY started_at, id""",
    "orders": """SELECT jsonb_build_object('number', o.number, 'placed_at', o.placed_at,
        'state', o.state, 'payment', o.payment_state, 'shipment', o.shipment_state,
        'email', o.email, 'phone', o.phone, 'shipping_address', o.shipping_address,
        'billing_address', o.billing_address, 'note', o.note, 'shipping', o.shipping_name,
        'payment_method', o.payment_method, 'tracking', o.tracking, 'currency', o.currency,
        'total_minor', o.total_minor, 'totals', o.totals,
        'lines', (SELECT coalesce(jsonb_agg(jsonb_build_object('sku', l.sku, 'name', l.name,
            'options', l.options, 'quantity', l.quantity, 'unit_price_minor', l.unit_price_minor,
            'total_minor', l.total_minor, 'vat_basis_points', l.vat_basis_points)
            ORDER BY l.position, l.id), '[]') FROM order_line l WHERE l.order_id = o.id),
        'payments', (SELECT coalesce(jsonb_agg(jsonb_build_object('method', p.method,
            'state', p.state, 'amount_minor', p.amount_minor, 'currency', p.currency,
            'reference', p.reference, 'at', p.created_at) ORDER BY p.created_at, p.id), '[]')
            FROM payment p WHERE p.order_id = o.id),
        'history', (SELECT coalesce(jsonb_agg(jsonb_build_object('what', e.kind,
            'at', e.created_at, 'details', e.data) ORDER BY e.created_at, e.id), '[]')
            FROM order_entry e WHERE e.order_id = o.id)) AS data
        FROM "order" o WHERE o.customer_id = ANY($1::uuid[]) OR o.visitor_id = ANY($2::uuid[])
        ORDER BY o.placed_at, o.id""",
}
_CONVERSATIONS = """
SELECT c.id, jsonb_build_object('began_at', c.created_at, 'closed_at', c.closed_at,
    'channel', c.channel, 'subject', c.subject, 'name', c.contact_name,
    'email', c.contact_email, 'page', c.page_url) AS data
FROM conversation c
WHERE (c.customer_id = ANY($1::uuid[]) OR c.visitor_id = ANY($2::uuid[])) AND c.message_count > 0
ORDER BY c.created_at, c.id
"""
_MESSAGES = """
SELECT m.id, m.kind, m.created_at, m.sender_kind, m.body, m.card, m.attachments,
    coalesce(m.channel, '') AS channel,
    (SELECT s.name FROM staff s WHERE s.id = m.staff_id) AS staff_name
FROM message m WHERE m.conversation_id = $1 ORDER BY m.created_at, m.id
"""
_FILES = """
SELECT a.id, a.message_id, a.file_name, b.key FROM attachment a JOIN blob b ON b.id = a.blob_id
WHERE a.conversation_id = ANY($1::uuid[]) ORDER BY a.created_at, a.id
"""
_ORIGINALS = """
SELECT i.id, i.conversation_id, b.key FROM inbound i JOIN blob b ON b.id = i.blob_id
WHERE i.conversation_id = ANY($1::uuid[]) ORDER BY i.received_at, i.id
"""


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A file of the export: where it is in the zip, and which blob it is."""

    path: str
    key: str


@dataclass(frozen=True, slots=True)
class Person:
    locale: Locale
    data: dict[str, Any]
    files: list[PersonFile] = field(default_factory=list)


async def read_person(session: ReadSession, *, customer_id: UUID) -> Person:
    """Everything at one moment.

    Raises:
        NotFound: no such customer.
    """
    async with session.connection.transaction(isolation="repeatable_read", readonly=True):
        customer = await get_customer(session, customer_id=customer_id)
        ids = await ids_of_person(session, customer_id=customer.id)
        visitors = await session.fetch(
            "SELECT id FROM visitor WHERE customer_id = ANY($1::uuid[]) ORDER BY id", ids
        )
        visitor_ids = [row["id"] for row in visitors]
        data: dict[str, Any] = {
            "profile": {
                "id": customer.id,
                "name": customer.name,
                "language": customer.locale,
                "preferred_channel": customer.preferred_channel,
                "known_since": customer.created_at,
                "browsers": len(visitor_ids),
            }
        }
        for name, sql in _SECTIONS.items():
            rows = await session.fetch(sql, ids, visitor_ids)
            data[name] = [row["data"] for row in rows]
        files: list[PersonFile] = []
        data["conversations"] = await _conversations(session, ids, visitor_ids, files)
    return Person(as_locale(customer.locale) or DEFAULT_LOCALE, data, files)


async def _conversations(
    session: ReadSession, ids: list[UUID], visitor_ids: list[UUID], files: list[PersonFile]
) -> list[dict[str, Any]]:
    rows = await session.fetch(_CONVERSATIONS, ids, visitor_ids)
    conversation_ids = [row["id"] for row in rows]
    sent: dict[UUID, list[str]] = {}
    for row in await session.fetch(_FILES, conversation_ids):
        path = f"files/{row['id']}-{safe_name(row['file_name'])}"
        files.append(PersonFile(path, row["key"]))
        sent.setdefault(row["message_id"], []).append(path)
    originals: dict[UUID, list[str]] = {}
    for row in await session.fetch(_ORIGINALS, conversation_ids):
        path = f"originals/{row['id']}"
        files.append(PersonFile(path, row["key"]))
        originals.setdefault(row["conversation_id"], []).append(path)
    found = []
    for row in rows:
        messages = await session.fetch(_MESSAGES, row["id"])
        found.append(
            {
                **row["data"],
                "originals": originals.get(row["id"], []),
                "messages": [
                    {
                        "at": message["created_at"],
                        "kind": message["kind"],
                        "from": message["staff_name"] or message["sender_kind"],
                        "channel": message["channel"],
                        "text": message["body"],
                        "card": message["card"],
                        "files": sent.get(message["id"], []),
                    }
                    for message in messages
                ],
            }
        )
    return found
