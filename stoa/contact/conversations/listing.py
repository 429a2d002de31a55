"""The agents' lists: what each shows, in which order, and how many there are of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from stoa.contact.conversations.columns import ROW_JSON
from stoa.contact.conversations.schemas.desk import Filters, SavedViewView, ViewCount
from stoa.platform.database.session import ReadSession
from stoa.platform.web.paging import Page, decode_moment, encode_cursor

ListView = Literal["mine", "unassigned", "all", "due", "snoozed", "closed"]
BUILT_IN: dict[ListView, Filters] = {
    "mine": Filters(assignee="me"),
    "unassigned": Filters(assignee="nobody"),
    "all": Filters(),
    "due": Filters(is_waiting=True),
    "snoozed": Filters(state="snoozed"),
    "closed": Filters(state="closed"),
}
# Counted up to here: whoever has more in a list does not need to know how many.
COUNT_MAX = 1_000

# In the words of the partial indexes, so that the planner sees that they hold.
OPEN = "c.state = 'open' AND c.message_count > 0 AND c.snoozed_at IS NULL"
_SNOOZED = "c.snoozed_at IS NOT NULL AND c.message_count > 0"
_CLOSED = "c.state = 'closed' AND c.message_count > 0"
_STATES = {"open": OPEN, "snoozed": _SNOOZED, "closed": _CLOSED, "any": "c.message_count > 0"}
# A list of any state is put together of three, each read in the order of its index.
_BRANCHES = {**{state: (one,) for state, one in _STATES.items()}, "any": (OPEN, _SNOOZED, _CLOSED)}
# Looked up by the tag: for whoever comes from elsewhere, and asks about this conversation.
_TAGGED = """EXISTS (SELECT FROM conversation_tag t WHERE t.conversation_id = c.id AND t.tag_id =
    (SELECT coalesce(g.merged_into, g.id) FROM tag g WHERE g.id = {tag_id}))"""
# Read in the row, and so in the lists' indexes; a row keeps the id of a tag that was merged.
_SHOWS_TAG = """c.tag_ids && ARRAY(SELECT m.id FROM tag g JOIN tag m
    ON coalesce(m.merged_into, m.id) = coalesce(g.merged_into, g.id)
    WHERE g.id = {tag_id} AND m.removed_at IS NULL)"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Up to `COUNT_MAX` each."""

    mine: int
    unassigned: int
    all: int
    waiting: int


def condition_of(filters: Filters, *, staff_id: UUID, values: list[object]) -> str:
    """SQL about a conversation `c`; its parameters are appended to `values`."""
    parts = [_STATES[filters.state], *_wishes(filters, _TAGGED, staff_id=staff_id, values=values)]
    return " AND ".join(parts)


def _wishes(filters: Filters, tagged: str, *, staff_id: UUID, values: list[object]) -> list[str]:
    """All that is asked beside the state."""

    def value(item: object) -> str:
        values.append(item)
        return f"${len(values)}"

    parts = []
    if filters.shop_id is not None:
        parts.append(f"c.shop_id = {value(filters.shop_id)}")
    if filters.assignee == "nobody":
        parts.append("c.assignee_id IS NULL")
    elif filters.assignee != "any":
        wanted = staff_id if filters.assignee == "me" else filters.assignee
        parts.append(f"c.assignee_id = {value(wanted)} AND c.assignee_id IS NOT NULL")
    if filters.channels:
        parts.append(f"c.channel = ANY({value(filters.channels)}::text[])")
    if filters.locales:
        parts.append(f"c.locale = ANY({value(filters.locales)}::text[])")
    if filters.team_ids:
        parts.append(f"c.team_id = ANY({value(filters.team_ids)}::uuid[])")
    if filters.queue_ids:
        parts.append(f"c.queue_id = ANY({value(filters.queue_ids)}::uuid[])")
    if filters.is_waiting:
        parts.append("c.waiting_since IS NOT NULL")
    parts += [tagged.format(tag_id=value(tag_id)) for tag_id in filters.tag_ids]
    return parts


# What is due first; whom nothing was promised comes after them, as long as they wait.
_DUE = """coalesce(CASE WHEN c.due_for = c.waiting_since THEN c.due_at END,
    c.waiting_since + interval '100 years')"""


def list_query(
    filters: Filters,
    *,
    staff_id: UUID,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
    is_by_due: bool = False,
) -> tuple[str, list[object]]:
    """The statement of a page and one row more, and its values.

    Until the page is found only what a list's index holds is asked: what finds little reads an
    index to its end, and no row.
    """
    values: list[object] = []
    parts = _wishes(filters, _SHOWS_TAG, staff_id=staff_id, values=values)
    place, beyond, way = (_DUE, ">", "ASC") if is_by_due else ("c.listed_at", "<", "DESC")
    if after is not None:
        values += after
        parts.append(f"({place}, c.id) {beyond} (${len(values) - 1}, ${len(values)})")
    found = " UNION ALL ".join(
        f"(SELECT {place} AS place, c.id FROM conversation c WHERE {' AND '.join([state, *parts])}"
        f" ORDER BY {place} {way}, c.id {way} LIMIT {limit + 1})"
        for state in _BRANCHES[filters.state]
    )
    query = (
        f"SELECT n.place, c.id, {ROW_JSON} AS row FROM ({found}) n JOIN conversation c USING (id)"
        f" ORDER BY n.place {way}, c.id {way} LIMIT {limit + 1}"
    )
    return query, values


async def list_rows(
    session: ReadSession,
    *,
    filters: Filters,
    staff_id: UUID,
    cursor: str | None,
    limit: int,
    is_by_due: bool = False,
) -> Page[dict[str, Any]]:
    """`ConversationRow`s as JSON: what was said last or came back last is first, or what is due
    first, of those who wait."""
    query, values = list_query(
        filters,
        staff_id=staff_id,
        limit=limit,
        after=decode_moment(cursor),
        is_by_due=is_by_due,
    )
    rows = await session.fetch(query, *values)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        [row["row"] for row in rows[:limit]],
        encode_cursor(last["place"].isoformat(), str(last["id"])) if last else None,
    )


def _count(condition: str) -> str:
    return (
        f"(SELECT count(*) FROM (SELECT FROM conversation c WHERE {condition} LIMIT {COUNT_MAX}) n)"
    )


async def count_rows(
    session: ReadSession, *, staff_id: UUID, foreign_team_ids: Collection[UUID] = ()
) -> Counts:
    """How many open conversations each view holds, and in how many of those that are this person's
    or nobody's a customer waits; what these teams are to take is not for this person."""
    waiting = f"{OPEN} AND c.waiting_since IS NOT NULL"
    theirs = "c.assignee_id IS NULL AND (c.team_id IS NULL OR c.team_id <> ALL($2::uuid[]))"
    row = await session.fetch_one(
        f"SELECT {_count(f'{OPEN} AND c.assignee_id = $1 AND c.assignee_id IS NOT NULL')} AS mine,"
        f" {_count(f'{OPEN} AND c.assignee_id IS NULL')} AS unassigned, {_count(OPEN)} AS all,"
        f" {_count(f'{waiting} AND (c.assignee_id = $1 OR {theirs})')} AS waiting",
        staff_id,
        list(foreign_team_ids),
    )
    assert row is not None
    return Counts(**row)


async def count_views(
    session: ReadSession, *, views: list[SavedViewView], staff_id: UUID
) -> list[ViewCount]:
    """How many conversations each view holds, up to `COUNT_MAX`."""
    counts = []
    for view in views:
        values: list[object] = []
        parts = _wishes(view.filters, _SHOWS_TAG, staff_id=staff_id, values=values)
        states = _BRANCHES[view.filters.state]
        counted = " + ".join(_count(" AND ".join([state, *parts])) for state in states)
        count: int = await session.fetch_value(f"SELECT least({counted}, {COUNT_MAX})", *values)
        counts.append(ViewCount(id=view.id, count=count))
    return counts
