"""Searching, under a tenth of a second however much there is.

The newest are looked through first: they cost a few milliseconds, and fill a page with what many
have. What fewer have is taken from the index of words and put in order. The planner is not asked:
it takes words for independent of each other, and is wrong by a factor of six where they are not.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from stoa.contact.conversations.queries import condition_of, rows_by_ids
from stoa.contact.conversations.schemas import ConversationRow
from stoa.contact.conversations.schemas.desk import Filters
from stoa.desk.search.rules import Term, has_hit, number_of, query_of, snippet_of, terms_of
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
FEW = 6_000
# The newest that are looked through before the index of words is asked.
NEWEST = 40_000
# So many conversations can be looked through one by one.
WITHIN = 3_000
KNOWN_MAX = 6

# What was found, each conversation at its newest place.
_FEW = """
WITH hits AS MATERIALIZED (
    SELECT e.id, e.kind, e.conversation_id, e.at FROM search_entry e
    WHERE e.document @@ $1::text::tsquery AND e.conversation_id IS NOT NULL {period} LIMIT {few}
), newest AS (
    SELECT DISTINCT ON (conversation_id) * FROM hits WHERE (SELECT count(*) FROM hits) < {few}
    ORDER BY conversation_id, at DESC, id DESC
), page AS (
    SELECT n.id, n.kind, n.conversation_id, n.at
    FROM newest n JOIN conversation c ON c.id = n.conversation_id
    WHERE {condition} {after} ORDER BY n.at DESC, n.id DESC LIMIT {limit}
)
SELECT *, NULL::bigint AS seen FROM page
UNION ALL SELECT NULL, NULL, NULL, NULL, count(*) FROM hits
ORDER BY at DESC NULLS LAST, id DESC
"""
# LIMIT keeps the planner on the indexes: it must hash neither the conversations nor what a common
# word finds for the sake of a page.
_NEWEST = """
SELECT n.id, n.kind, n.conversation_id, n.at
FROM (SELECT e.* FROM search_entry e WHERE e.conversation_id IS NOT NULL {period} {window}) n
CROSS JOIN LATERAL (
    SELECT FROM conversation c WHERE c.id = n.conversation_id AND {condition} LIMIT 1
) c
LEFT JOIN LATERAL (
    SELECT true AS is_there FROM search_entry e WHERE e.conversation_id = n.conversation_id
    AND (e.at, e.id) > (n.at, n.id) AND e.document @@ $1::text::tsquery {period} LIMIT 1
) newer ON true
WHERE n.document @@ $1::text::tsquery AND newer.is_there IS NULL {after}
ORDER BY n.at DESC, n.id DESC LIMIT {limit}
"""
# In the conversations of somebody, or of a tag, when there are few of them.
_WITHIN = """
WITH few AS MATERIALIZED (
    SELECT c.id FROM conversation c WHERE {condition} LIMIT {within}
)
SELECT n.id, n.kind, n.conversation_id, n.at, (SELECT count(*) FROM few) AS seen
FROM few CROSS JOIN LATERAL (
    SELECT e.* FROM search_entry e WHERE e.conversation_id = few.id
    AND e.document @@ $1::text::tsquery {period} ORDER BY e.at DESC, e.id DESC LIMIT 1
) n
WHERE true {after} ORDER BY n.at DESC, n.id DESC LIMIT {limit}
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
        orders = await _known(session, "order", query_of(terms)) if is_first else []
        customers = await _customers(session, query.q, terms) if is_first else []
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
    if query.assignee != "any" or query.tag_id is not None:
        within = await session.fetch(_WITHIN.format(within=WITHIN, **parts), *values)
        if within and within[0]["seen"] < WITHIN:
            return within
    newest = f"ORDER BY e.at DESC, e.id DESC LIMIT {NEWEST}"
    found = await session.fetch(_NEWEST.format(window=newest, **parts), *values)
    if len(found) > query.limit:
        return found
    *found, counted = await session.fetch(_FEW.format(few=FEW, **parts), *values)
    if counted["seen"] < FEW:
        return found
    # Many have it, but none of the newest: whatever the planner thinks of it, by time it is found.
    for way in ("bitmapscan", "seqscan", "sort"):
        await session.connection.execute(f"SET LOCAL enable_{way} = off")
    return await session.fetch(_NEWEST.format(window="", **parts), *values)


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


async def _customers(session: ReadSession, wish: str, terms: Sequence[Term]) -> list[UUID]:
    """A telephone number finds its customer however it is written."""
    number = number_of(wish)
    asked = query_of(terms)
    return await _known(session, "customer", asked if number is None else f"{asked} | '{number}':*")


async def _known(session: ReadSession, kind: str, asked: str) -> list[UUID]:
    rows = await session.fetch(_KNOWN.format(few=FEW, limit=KNOWN_MAX), asked, kind)
    return [row["id"] for row in rows]


async def _order_hits(
    session: ReadSession, ids: Sequence[UUID], terms: Sequence[Term]
) -> list[OrderHit]:
    if not ids:
        return []
    rows = await session.fetch(
        "SELECT o.id, o.number, o.state, o.total_minor, o.currency, o.placed_at,"
        " CASE WHEN o.restricted_until IS NULL THEN o.email ELSE '' END AS email,"
        " CASE WHEN o.restricted_until IS NULL"
        " THEN coalesce(o.shipping_address ->> 'name', '') ELSE '' END AS name"
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
        " ARRAY(SELECT n.body FROM customer_note n WHERE n.customer_id = k.id"
        " ORDER BY n.created_at DESC, n.id DESC LIMIT 50) AS notes,"
        " (SELECT c.id FROM conversation c WHERE c.customer_id = k.id AND c.message_count > 0"
        " ORDER BY c.last_message_at DESC, c.id DESC LIMIT 1) AS conversation_id"
        " FROM customer k WHERE k.id = ANY($1::uuid[]) ORDER BY k.created_at DESC, k.id DESC",
        ids,
    )
    return [_customer_hit(row, terms) for row in rows]


def _customer_hit(row: Row, terms: Sequence[Term]) -> CustomerHit:
    points = [point for point in dict.fromkeys(row["points"]) if point]
    is_known = any(has_any(text, terms) for text in (row["name"], *points))
    note = next((body for body in row["notes"] if has_any(body, terms)), "")
    return CustomerHit(
        id=row["id"],
        name=_pieces(row["name"], terms),
        points=[_pieces(point, terms) for point in points[:4]],
        note=[] if is_known or not note else _pieces(note, terms),
        conversation_id=row["conversation_id"],
    )
