"""Searching, under a tenth of a second however much there is.

What few have is taken from the index of words and put in order; of what many have, the newest are
looked through until a page is full. How many have it is estimated before (`_is_common`), and the
first way gives up in time when the estimate was wrong.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import orjson

from stoa.contact.conversations.queries import condition_of, rows_by_ids
from stoa.contact.conversations.schemas import ConversationRow
from stoa.contact.conversations.schemas.desk import Filters
from stoa.desk.search.rules import Term, has_hit, query_of, snippet_of, terms_of
from stoa.desk.search.schemas import (
    ConversationHit,
    CustomerHit,
    OrderHit,
    SearchQuery,
    SearchResults,
    SnippetPiece,
)
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.web.paging import decode_moment, encode_cursor

# More than this cannot be put in order in time.
FEW = 8_000
# The newest that are looked through before the index of words is asked after all.
NEWEST = 15_000
KNOWN_MAX = 6

# What was found, each conversation at its newest place.
_RARE = """
WITH hits AS MATERIALIZED (
    SELECT e.id, e.kind, e.conversation_id, e.at FROM search_entry e
    WHERE e.document @@ $1::text::tsquery AND e.conversation_id IS NOT NULL {period} LIMIT {few}
), newest AS (
    SELECT DISTINCT ON (conversation_id) * FROM hits ORDER BY conversation_id, at DESC, id DESC
)
SELECT n.id, n.kind, n.conversation_id, n.at, (SELECT count(*) FROM hits) AS seen
FROM newest n JOIN conversation c ON c.id = n.conversation_id
WHERE {condition} {after} ORDER BY n.at DESC, n.id DESC LIMIT {limit}
"""
_COMMON = """
SELECT n.id, n.kind, n.conversation_id, n.at, 0 AS seen
FROM (SELECT e.* FROM search_entry e WHERE e.conversation_id IS NOT NULL {period} {window}) n
JOIN conversation c ON c.id = n.conversation_id
WHERE n.document @@ $1::text::tsquery AND {condition} {after}
AND NOT EXISTS (SELECT FROM search_entry e WHERE e.conversation_id = n.conversation_id
    AND (e.at, e.id) > (n.at, n.id) AND e.document @@ $1::text::tsquery {period})
ORDER BY n.at DESC, n.id DESC LIMIT {limit}
"""
_KNOWN = """
WITH hits AS MATERIALIZED (
    SELECT e.id, e.at FROM search_entry e WHERE e.document @@ $1::text::tsquery
    AND e.conversation_id IS NULL AND e.kind = $2 LIMIT {few}
)
SELECT id FROM hits ORDER BY at DESC, id DESC LIMIT {limit}
"""


async def search(session: ReadSession, *, query: SearchQuery, staff_id: UUID) -> SearchResults:
    """Conversations by the newest place that has all that is looked for, orders, customers."""
    terms = terms_of(query.q)
    if not terms:
        return SearchResults(conversations=[], next=None, orders=[], customers=[])
    async with session.connection.transaction(readonly=True):
        # Each wish has a plan of its own: how rare its words are decides.
        await session.connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        found = await _conversations(session, query, terms, staff_id)
        page = found[: query.limit]
        is_first = query.cursor is None
        orders = await _known(session, "order", terms) if is_first else []
        customers = await _known(session, "customer", terms) if is_first else []
        last = page[-1] if len(found) > query.limit else None
        return SearchResults(
            conversations=await _conversation_hits(session, page, terms),
            next=encode_cursor(last["at"].isoformat(), str(last["id"])) if last else None,
            orders=await _order_hits(session, orders, terms),
            customers=await _customer_hits(session, customers, terms),
        )


# ---- conversations ------------------------------------------------------------------------------


async def _conversations(
    session: ReadSession, query: SearchQuery, terms: Sequence[Term], staff_id: UUID
) -> list[Row]:
    values: list[object] = [query_of(terms)]
    condition = condition_of(_filters(query), staff_id=staff_id, values=values)
    parts = {
        "condition": condition,
        "period": _period(query, values),
        "after": _after(query, values),
        "limit": query.limit + 1,
    }
    if await _is_common(session, str(values[0])):
        window = f"ORDER BY e.at DESC, e.id DESC LIMIT {NEWEST}"
        found = await session.fetch(_COMMON.format(window=window, **parts), *values)
        if len(found) > query.limit:
            return found
    found = await session.fetch(_RARE.format(few=FEW, **parts), *values)
    if not found or found[0]["seen"] < FEW:
        return found
    await session.connection.execute("SET LOCAL enable_bitmapscan = off")
    return await session.fetch(_COMMON.format(window="", **parts), *values)


def _filters(query: SearchQuery) -> Filters:
    return Filters(
        shop_id=query.shop_id,
        state=query.state,
        channels=[query.channel] if query.channel else [],
        tag_ids=[query.tag_id] if query.tag_id else [],
        assignee=query.assignee,
        locales=[query.locale] if query.locale else [],
    )


def _period(query: SearchQuery, values: list[object]) -> str:
    sql = ""
    if query.since is not None:
        values.append(datetime.combine(query.since, time(), UTC))
        sql += f" AND e.at >= ${len(values)}"
    if query.until is not None:
        values.append(datetime.combine(query.until, time(), UTC) + timedelta(days=1))
        sql += f" AND e.at < ${len(values)}"
    return sql


def _after(query: SearchQuery, values: list[object]) -> str:
    key = decode_moment(query.cursor)
    if key is None:
        return ""
    values += key
    return f"AND (n.at, n.id) < (${len(values) - 1}, ${len(values)})"


async def _is_common(session: ReadSession, wish: str) -> bool:
    """Whether so many have it that the newest of them are soon found. The words of `wish` are
    letters and digits only (`query_of`); EXPLAIN takes no parameters everywhere."""
    literal = wish.replace("'", "''")
    plan = await session.fetch_value(
        "EXPLAIN (FORMAT JSON) SELECT FROM search_entry"
        f" WHERE document @@ '{literal}'::tsquery AND conversation_id IS NOT NULL"
    )
    explained: list[dict[str, Any]] = orjson.loads(plan) if isinstance(plan, str) else plan
    return bool(explained[0]["Plan"]["Plan Rows"] >= FEW)


async def _conversation_hits(
    session: ReadSession, page: Sequence[Row], terms: Sequence[Term]
) -> list[ConversationHit]:
    ids = [row["conversation_id"] for row in page]
    conversations = await rows_by_ids(session, conversation_ids=ids)
    messages = await session.fetch(
        "SELECT m.id, m.body, m.kind, m.attachments FROM message m WHERE m.id = ANY($1::uuid[])",
        [row["id"] for row in page],
    )
    said = {row["id"]: row for row in messages}
    return [
        _hit(row, conversations[row["conversation_id"]], said.get(row["id"]), terms)
        for row in page
        if row["conversation_id"] in conversations
    ]


def _hit(
    row: Row, conversation: ConversationRow, said: Row | None, terms: Sequence[Term]
) -> ConversationHit:
    if said is None:
        head = (conversation.subject, conversation.contact_name, conversation.contact_email or "")
        return ConversationHit(
            conversation=conversation,
            message_id=None,
            where="head",
            at=row["at"],
            snippet=_pieces(" · ".join(text for text in head if text), terms),
        )
    files = ", ".join(file["file_name"] for file in said["attachments"])
    is_file = bool(files) and not has_any(said["body"], terms)
    return ConversationHit(
        conversation=conversation,
        message_id=row["id"],
        where="file" if is_file else "note" if said["kind"] == "note" else "message",
        at=row["at"],
        snippet=_pieces(files if is_file else said["body"], terms),
    )


def has_any(text: str, terms: Sequence[Term]) -> bool:
    return any(has_hit(text, [term]) for term in terms)


def _pieces(text: str, terms: Sequence[Term]) -> list[SnippetPiece]:
    return [SnippetPiece(text=piece.text, is_hit=piece.is_hit) for piece in snippet_of(text, terms)]


# ---- orders and customers -----------------------------------------------------------------------


async def _known(session: ReadSession, kind: str, terms: Sequence[Term]) -> list[UUID]:
    rows = await session.fetch(_KNOWN.format(few=FEW, limit=KNOWN_MAX), query_of(terms), kind)
    return [row["id"] for row in rows]


async def _order_hits(
    session: ReadSession, ids: Sequence[UUID], terms: Sequence[Term]
) -> list[OrderHit]:
    if not ids:
        return []
    rows = await session.fetch(
        "SELECT o.id, o.number, o.email, o.state, o.total_minor, o.currency, o.placed_at,"
        " coalesce(o.shipping_address ->> 'name', '') AS name"
        ' FROM "order" o WHERE o.id = ANY($1::uuid[]) ORDER BY o.placed_at DESC, o.id DESC',
        ids,
    )
    return [
        OrderHit(
            id=row["id"],
            number=_pieces(row["number"], terms),
            name=_pieces(row["name"], terms),
            email=_pieces(row["email"], terms),
            state=row["state"],
            total_minor=row["total_minor"],
            currency=row["currency"],
            placed_at=row["placed_at"],
        )
        for row in rows
    ]


async def _customer_hits(
    session: ReadSession, ids: Sequence[UUID], terms: Sequence[Term]
) -> list[CustomerHit]:
    if not ids:
        return []
    rows = await session.fetch(
        "SELECT k.id, k.name, ARRAY(SELECT p.value FROM contact_point p"
        " WHERE p.customer_id = k.id ORDER BY p.created_at, p.id LIMIT 20)"
        " || ARRAY[k.email, k.phone] AS points,"
        " (SELECT c.id FROM conversation c WHERE c.customer_id = k.id AND c.message_count > 0"
        " ORDER BY c.last_message_at DESC, c.id DESC LIMIT 1) AS conversation_id"
        " FROM customer k WHERE k.id = ANY($1::uuid[]) ORDER BY k.created_at DESC, k.id DESC",
        ids,
    )
    return [
        CustomerHit(
            id=row["id"],
            name=_pieces(row["name"], terms),
            points=[_pieces(point, terms) for point in dict.fromkeys(row["points"]) if point][:4],
            conversation_id=row["conversation_id"],
        )
        for row in rows
    ]
