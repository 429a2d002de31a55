"""Reads about conversations: rows, snapshots, timelines, recent answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stoa.contact.conversations.attachments import (
    conversation_of_key as conversation_of_key,  # it opens the customer's own voicemail as well
)
from stoa.contact.conversations.attendance import is_here as is_here
from stoa.contact.conversations.columns import MESSAGE_JSON, VIEW_JSON
from stoa.contact.conversations.columns import ROW_JSON as ROW_JSON
from stoa.contact.conversations.columns import WAIT_CHANNEL as WAIT_CHANNEL
from stoa.contact.conversations.events import DESK_TOPIC, conversation_topic, notes_topic
from stoa.contact.conversations.listing import BUILT_IN as BUILT_IN
from stoa.contact.conversations.listing import OPEN as OPEN
from stoa.contact.conversations.listing import ListView as ListView
from stoa.contact.conversations.listing import condition_of as condition_of
from stoa.contact.conversations.listing import count_rows as count_rows
from stoa.contact.conversations.listing import count_views as count_views
from stoa.contact.conversations.listing import list_rows as list_rows
from stoa.contact.conversations.macros import list_macros as list_macros
from stoa.contact.conversations.saved_views import find_view as find_view
from stoa.contact.conversations.saved_views import list_views as list_views
from stoa.contact.conversations.schemas import (
    ConversationRow,
    ConversationView,
    MessageView,
    SavedReplyView,
    Timeline,
)
from stoa.contact.conversations.tags import list_tags as list_tags
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound
from stoa.platform.web.paging import decode_moment, encode_cursor

SAVED_REPLY = "id, shop_id, shortcut, title, bodies, updated_at"
TIMELINE_PAGE = 50


@dataclass(frozen=True, slots=True)
class ConversationSnapshot:
    """A conversation at one moment, with where its topics stood."""

    row: ConversationRow
    view: ConversationView
    timeline: Timeline
    seq: int
    notes_seq: int


async def get_row(session: ReadSession, *, conversation_id: UUID) -> ConversationRow:
    """Raises:
    NotFound: no such conversation.
    """
    data = await session.fetch_value(
        f"SELECT {ROW_JSON} FROM conversation c WHERE c.id = $1", conversation_id
    )
    if data is None:
        raise NotFound()
    return ConversationRow.model_validate(data)


async def rows_by_ids(
    session: ReadSession, *, conversation_ids: Sequence[UUID]
) -> dict[UUID, ConversationRow]:
    """Those of the conversations that are there."""
    rows = await session.fetch(
        f"SELECT {ROW_JSON} AS row FROM conversation c WHERE c.id = ANY($1::uuid[])",
        list(conversation_ids),
    )
    found = [ConversationRow.model_validate(row["row"]) for row in rows]
    return {row.id: row for row in found}


async def get_message(session: ReadSession, *, message_id: UUID) -> MessageView:
    """Raises:
    NotFound: no such message.
    """
    data = await session.fetch_value(
        f"SELECT {MESSAGE_JSON} FROM message m WHERE m.id = $1", message_id
    )
    if data is None:
        raise NotFound()
    return MessageView.model_validate(data)


async def owner_of(session: ReadSession, *, conversation_id: UUID) -> UUID | None:
    """The visitor whose conversation it is; None when it does not exist or has no visitor."""
    owner: UUID | None = await session.fetch_value(
        "SELECT visitor_id FROM conversation WHERE id = $1", conversation_id
    )
    return owner


async def exists(session: ReadSession, *, conversation_id: UUID) -> bool:
    return bool(
        await session.fetch_value(
            "SELECT EXISTS (SELECT FROM conversation WHERE id = $1)", conversation_id
        )
    )


async def newest_of_visitor(
    session: ReadSession, *, visitor_id: UUID, shop_id: UUID
) -> UUID | None:
    """The visitor's conversation that was spoken in last, an open one before a closed one."""
    found: UUID | None = await session.fetch_value(
        "SELECT id FROM conversation WHERE visitor_id = $1 AND shop_id = $2 AND message_count > 0"
        " ORDER BY state = 'open' DESC, last_message_at DESC, id DESC LIMIT 1",
        visitor_id,
        shop_id,
    )
    return found


async def get_timeline(
    session: ReadSession,
    *,
    conversation_id: UUID,
    with_notes: bool,
    before: str | None = None,
    limit: int = TIMELINE_PAGE,
) -> Timeline:
    """The last `limit` messages before the cursor, oldest first."""
    key = decode_moment(before)
    rows = await session.fetch(
        f"SELECT {MESSAGE_JSON} AS message FROM message m WHERE m.conversation_id = $1"
        " AND ($2::timestamptz IS NULL OR (m.created_at, m.id) < ($2, $3::uuid))"
        + ("" if with_notes else " AND m.kind <> 'note'")
        + " ORDER BY m.created_at DESC, m.id DESC LIMIT $4",
        conversation_id,
        *(key or (None, None)),
        limit + 1,
    )
    messages = [MessageView.model_validate(row["message"]) for row in rows[:limit]]
    oldest = messages[-1] if len(rows) > limit else None
    return Timeline(
        messages=messages[::-1],
        before=encode_cursor(oldest.created_at.isoformat(), str(oldest.id)) if oldest else None,
    )


async def get_snapshot(
    session: ReadSession, *, conversation_id: UUID, with_notes: bool
) -> ConversationSnapshot:
    """The conversation and its newest messages at one moment.

    Raises:
        NotFound: no such conversation.
    """
    async with session.connection.transaction(isolation="repeatable_read", readonly=True):
        head = await session.fetch_one(
            f"SELECT {ROW_JSON} AS row, {VIEW_JSON} AS view,"
            " coalesce((SELECT seq FROM topic WHERE name = $2), 0) AS seq,"
            " coalesce((SELECT seq FROM topic WHERE name = $3), 0) AS notes_seq"
            " FROM conversation c WHERE c.id = $1",
            conversation_id,
            conversation_topic(conversation_id),
            notes_topic(conversation_id),
        )
        if head is None:
            raise NotFound()
        timeline = await get_timeline(
            session, conversation_id=conversation_id, with_notes=with_notes
        )
    return ConversationSnapshot(
        row=ConversationRow.model_validate(head["row"]),
        view=ConversationView.model_validate(head["view"]),
        timeline=timeline,
        seq=head["seq"],
        notes_seq=head["notes_seq"],
    )


async def desk_seq(session: ReadSession) -> int:
    """Where the topic of the agents' list stands."""
    seq: int = await session.fetch_value(
        "SELECT coalesce((SELECT seq FROM topic WHERE name = $1), 0)", DESK_TOPIC
    )
    return seq


async def earlier_rows(
    session: ReadSession, *, conversation_id: UUID, limit: int = 10
) -> list[ConversationRow]:
    """Other conversations of the same visitor or customer, newest first."""
    rows = await session.fetch(
        f"SELECT {ROW_JSON} AS row FROM conversation c"
        " JOIN conversation this ON this.id = $1"
        " WHERE c.id <> $1 AND c.message_count > 0"
        " AND (c.visitor_id = this.visitor_id OR c.customer_id = this.customer_id)"
        " ORDER BY c.last_message_at DESC, c.id DESC LIMIT $2",
        conversation_id,
        limit,
    )
    return [ConversationRow.model_validate(row["row"]) for row in rows]


async def recent_answers(
    session: ReadSession,
    *,
    shop_id: UUID,
    channel: str,
    since: datetime,
    locale: str | None = None,
    limit: int = 50,
) -> list[tuple[datetime, datetime]]:
    """When the newest answers after `since` were asked for and given, at most `limit` of them; of
    customers of one language, if it is given."""
    rows = await session.fetch(
        "SELECT asked_at, answered_at FROM answer_time"
        " WHERE shop_id = $1 AND channel = $2 AND answered_at > $3"
        " AND ($5::text IS NULL OR"
        " (SELECT c.locale FROM conversation c WHERE c.id = conversation_id) = $5)"
        " ORDER BY answered_at DESC, id LIMIT $4",
        shop_id,
        channel,
        since,
        limit,
        locale,
    )
    return [(row["asked_at"], row["answered_at"]) for row in rows]


async def open_conversations_of(
    session: ReadSession, *, visitor_ids: list[UUID]
) -> dict[UUID, UUID]:
    """The newest open conversation of each of these visitors who has one."""
    rows = await session.fetch(
        "SELECT DISTINCT ON (visitor_id) visitor_id, id FROM conversation"
        " WHERE visitor_id = ANY($1::uuid[]) AND state = 'open' AND message_count > 0"
        " ORDER BY visitor_id, last_message_at DESC, id DESC",
        visitor_ids,
    )
    return {row["visitor_id"]: row["id"] for row in rows}


async def list_saved_replies(
    session: ReadSession, *, shop_id: UUID | None = None
) -> list[SavedReplyView]:
    """The shop's replies (of all shops without one), by shortcut."""
    rows = await session.fetch(
        f"SELECT {SAVED_REPLY} FROM saved_reply WHERE $1::uuid IS NULL OR shop_id = $1"
        " ORDER BY shortcut, id",
        shop_id,
    )
    return [SavedReplyView.model_validate(dict(row)) for row in rows]


async def waiting_count(session: ReadSession, *, shop_id: UUID, locale: str | None = None) -> int:
    """How many customers wait for an answer at the shop's counter; of a language, if one is given.
    Letters do not count: nobody stands there for them."""
    count: int = await session.fetch_value(
        f"SELECT count(*) FROM conversation c WHERE {OPEN} AND c.waiting_since IS NOT NULL"
        " AND c.shop_id = $1 AND c.inbox_id IS NULL AND NOT c.is_offline"
        " AND ($2::text IS NULL OR c.locale = $2)",
        shop_id,
        locale,
    )
    return count


async def shop_name_of(session: ReadSession, *, conversation_id: UUID) -> str:
    name: str = await session.fetch_value(
        "SELECT s.name FROM conversation c JOIN shop s ON s.id = c.shop_id WHERE c.id = $1",
        conversation_id,
    )
    return name


async def public_messages(
    session: ReadSession,
    *,
    conversation_id: UUID,
    after: int = 0,
    up_to: int | None = None,
    of_agents: bool = False,
) -> list[MessageView]:
    """What the customer may see of a conversation, oldest first; `of_agents`: only answers, those
    of the house itself among them."""
    rows = await session.fetch(
        f"SELECT {MESSAGE_JSON} AS message FROM message m WHERE m.conversation_id = $1"
        " AND m.kind <> 'note' AND m.seq > $2 AND ($3::bigint IS NULL OR m.seq <= $3)"
        " AND (NOT $4 OR m.sender_kind = 'agent' OR m.sender_kind = 'system' AND m.kind = 'text')"
        " ORDER BY m.seq",
        conversation_id,
        after,
        up_to,
        of_agents,
    )
    return [MessageView.model_validate(row["message"]) for row in rows]


async def conversation_ids_of(
    session: ReadSession, *, customer_ids: list[UUID], visitor_ids: list[UUID]
) -> list[UUID]:
    """Every conversation of these people, those nothing was said in as well."""
    rows = await session.fetch(
        "SELECT id FROM conversation WHERE customer_id = ANY($1::uuid[])"
        " OR visitor_id = ANY($2::uuid[]) ORDER BY id",
        customer_ids,
        visitor_ids,
    )
    return [row["id"] for row in rows]
