"""What is found, out of the tables it is written in. The triggers of `search_due` name the columns
that are read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stoa.platform.database.session import ReadSession

# Each gives id, conversation_id, at and the texts to find it by; what is gone gives no row.
SOURCES: dict[str, str] = {
    "message": """
        SELECT m.id, m.conversation_id, m.created_at AS at, ARRAY[m.body]
            || ARRAY(SELECT a ->> 'file_name' FROM jsonb_array_elements(m.attachments) a) AS texts
        FROM message m WHERE m.id = ANY($1::uuid[])
        AND (m.body <> '' OR m.attachments <> '[]')
    """,
    "conversation": """
        SELECT c.id, c.id AS conversation_id, c.created_at AS at,
            ARRAY[c.subject, c.contact_name, coalesce(c.contact_email, '')] AS texts
        FROM conversation c WHERE c.id = ANY($1::uuid[])
    """,
    "order": """
        SELECT o.id, NULL::uuid AS conversation_id, o.placed_at AS at,
            -- Of an order whose customer was erased only the number is left to look for.
            CASE WHEN o.restricted_until IS NULL
                THEN ARRAY[o.number, o.email, o.phone, o.shipping_address ->> 'name',
                    o.billing_address ->> 'name', o.search_text]
                ELSE ARRAY[o.number] END AS texts
        FROM "order" o WHERE o.id = ANY($1::uuid[])
    """,
    "customer": """
        SELECT k.id, NULL::uuid AS conversation_id, k.created_at AS at,
            ARRAY[k.name, k.email, k.phone] || ARRAY(
                SELECT v.text FROM contact_point p, unnest(ARRAY[p.value, p.key]) AS v (text)
                WHERE p.customer_id = k.id ORDER BY p.created_at, p.id LIMIT 100)
            -- A number is asked for without its country as well, and by its last digits.
            || ARRAY(SELECT right(p.key, n) FROM contact_point p, generate_series(6, 12) AS n
                WHERE p.customer_id = k.id AND p.kind IN ('phone', 'fax')
                AND n < length(ltrim(p.key, '+')) ORDER BY p.created_at, p.id, n LIMIT 100)
            || ARRAY(SELECT n.body FROM customer_note n WHERE n.customer_id = k.id
                ORDER BY n.created_at DESC, n.id DESC LIMIT 50) AS texts
        FROM customer k WHERE k.id = ANY($1::uuid[])
        AND k.merged_into IS NULL AND k.erased_at IS NULL
    """,
}


@dataclass(frozen=True, slots=True)
class Source:
    id: UUID
    conversation_id: UUID | None
    at: datetime
    texts: tuple[str, ...]


async def read_sources(session: ReadSession, *, kind: str, ids: Sequence[UUID]) -> list[Source]:
    """Those of the ids that are there and have words."""
    rows = await session.fetch(SOURCES[kind], list(ids))
    return [
        Source(
            row["id"],
            row["conversation_id"],
            row["at"],
            tuple(text for text in row["texts"] if text),
        )
        for row in rows
    ]
