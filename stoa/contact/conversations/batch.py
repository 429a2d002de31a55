"""The hot path: messages are stored by group commit, one statement for each batch.

The statement locks the conversations in the order of their ids, leaves out what is not the sender's
to write to and what is stored already, moves each conversation's counters, notes how long the
customer waited, gives every message the next number of its topic, and writes messages and events.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import orjson

from stoa.contact.conversations.columns import ROW_JSON, VIEW_JSON, WAIT_CHANNEL
from stoa.contact.conversations.errors import AttachmentUnknown
from stoa.contact.conversations.events import (
    DESK_TOPIC,
    ConversationChanged,
    conversation_topic,
    notes_topic,
)
from stoa.contact.conversations.models import Draft
from stoa.contact.conversations.schemas import ConversationView, Sent
from stoa.platform.clock import now
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from stoa.platform.outbox.event import LoggedEvent

WRITE = f"""
WITH input AS (
    SELECT * FROM unnest(
        $1::int[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[],
        $8::uuid[], $9::text[], $10::text[], $11::jsonb[], $12::text[], $13::timestamptz[],
        $14::jsonb[], $15::uuid[])
    AS i (ord, id, conversation_id, client_id, kind, sender_kind, staff_id,
          visitor_id, body, preview, card, attachments, created_at, data, answer_id)
), locked AS MATERIALIZED (
    SELECT c.id, c.shop_id, {WAIT_CHANNEL} AS channel, c.visitor_id, c.waiting_since, c.state,
        c.assignee_id
    FROM conversation c WHERE c.id IN (SELECT conversation_id FROM input)
    ORDER BY c.id FOR NO KEY UPDATE
), allowed AS MATERIALIZED (
    -- From here on nothing is joined with another list of the batch: the planner cannot know how
    -- long they are, and would walk each of them once for every row of the other.
    SELECT i.*, l.shop_id, l.channel, l.waiting_since, l.state AS old_state,
        l.assignee_id AS old_assignee_id, m.id AS stored_id, m.seq AS stored_seq,
        (CASE i.kind WHEN 'note' THEN 'notes:' ELSE 'conversation:' END) || i.conversation_id
        AS topic
    FROM input i
    JOIN locked l ON l.id = i.conversation_id
        AND (i.staff_id IS NOT NULL OR l.visitor_id = i.visitor_id)
    -- LIMIT keeps the planner on the index: it must never hash the whole table for a batch.
    LEFT JOIN LATERAL (
        SELECT m.id, m.seq FROM message m
        WHERE m.conversation_id = i.conversation_id AND m.client_id = i.client_id LIMIT 1
    ) m ON true
), fresh AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY topic ORDER BY ord) AS ordinal,
        min(ord) FILTER (WHERE sender_kind = 'agent') OVER (PARTITION BY topic) AS first_answer,
        max(ord) FILTER (WHERE sender_kind = 'agent') OVER (PARTITION BY topic) AS last_answer
    FROM allowed WHERE stored_id IS NULL
), summary AS MATERIALIZED (
    -- By conversation: who spoke last, and since when the customer waits for an answer.
    SELECT conversation_id, shop_id, channel, waiting_since, old_state, old_assignee_id,
        count(*) AS added,
        count(*) FILTER (WHERE sender_kind = 'customer') AS unread,
        max(created_at) AS last_at,
        (array_agg(preview ORDER BY ord DESC))[1] AS last_preview,
        (array_agg(sender_kind ORDER BY ord DESC))[1] AS last_sender_kind,
        (array_agg(staff_id) FILTER (WHERE ord = first_answer))[1] AS answer_staff_id,
        (array_agg(answer_id) FILTER (WHERE ord = first_answer))[1] AS answer_id,
        min(created_at) FILTER (WHERE ord = first_answer) AS answered_at,
        min(created_at) FILTER (WHERE sender_kind = 'customer' AND ord < first_answer) AS asked_at,
        min(created_at) FILTER (WHERE sender_kind = 'customer'
            AND ord > coalesce(last_answer, -1)) AS asking_since
    FROM fresh WHERE kind <> 'note'
    GROUP BY conversation_id, shop_id, channel, waiting_since, old_state, old_assignee_id
), touched AS (
    UPDATE conversation c SET
        state = 'open', closed_at = NULL,
        message_count = c.message_count + s.added,
        unread_count = c.unread_count + s.unread,
        last_message_at = s.last_at,
        last_message_preview = s.last_preview,
        last_sender_kind = s.last_sender_kind,
        waiting_since = CASE WHEN s.answer_id IS NULL
            THEN coalesce(c.waiting_since, s.asking_since) ELSE s.asking_since END,
        assignee_id = coalesce(c.assignee_id, s.answer_staff_id),
        -- Whoever writes in the chat is there again.
        answer_channel = CASE WHEN s.last_sender_kind = 'agent' THEN c.answer_channel END,
        snoozed_at = CASE WHEN s.unread = 0 THEN c.snoozed_at END,
        snoozed_until = CASE WHEN s.unread = 0 THEN c.snoozed_until END,
        woke_by = CASE WHEN s.unread > 0 AND c.snoozed_at IS NOT NULL THEN 'customer'
            WHEN s.answer_id IS NULL THEN c.woke_by END,
        version = c.version + 1
    FROM summary s WHERE c.id = s.conversation_id
    RETURNING c.*, s.old_state = 'closed' OR s.old_assignee_id IS DISTINCT FROM c.assignee_id
        AS is_view_changed
), answered AS (
    INSERT INTO answer_time
        (id, shop_id, conversation_id, channel, asked_at, answered_at, was_first, staff_id)
    SELECT s.answer_id, s.shop_id, s.conversation_id, s.channel,
        coalesce(s.waiting_since, s.asked_at), s.answered_at,
        NOT EXISTS (SELECT FROM answer_time t WHERE t.conversation_id = s.conversation_id),
        s.answer_staff_id
    FROM summary s
    WHERE s.answer_id IS NOT NULL AND coalesce(s.waiting_since, s.asked_at) IS NOT NULL
), listed AS MATERIALIZED (
    SELECT c.id, row_number() OVER (ORDER BY c.id) AS ordinal,
        jsonb_build_object('conversation', {ROW_JSON}) AS data,
        CASE WHEN c.is_view_changed THEN jsonb_build_object('conversation', {VIEW_JSON}) END
        AS view
    FROM touched c
), wanted AS MATERIALIZED (
    SELECT name, count(*) AS count FROM (
        SELECT topic AS name FROM fresh
        UNION ALL SELECT 'conversation:' || id FROM listed WHERE view IS NOT NULL
        UNION ALL SELECT '{DESK_TOPIC}' FROM listed
    ) n GROUP BY name
), counted AS (
    INSERT INTO topic AS t (name, seq) SELECT name, count FROM wanted ORDER BY name
    ON CONFLICT (name) DO UPDATE SET seq = t.seq + EXCLUDED.seq
    RETURNING t.name, t.seq
), positions AS MATERIALIZED (
    -- As maps, for looking up a name in one costs the same however long the batch is.
    SELECT (SELECT jsonb_object_agg(name, seq) FROM counted) AS ends,
        (SELECT jsonb_object_agg(name, count) FROM wanted) AS counts
), numbered AS MATERIALIZED (
    SELECT f.*, (p.ends ->> f.topic)::bigint - (p.counts ->> f.topic)::bigint + f.ordinal AS seq
    FROM positions p, fresh f
), desk AS MATERIALIZED (
    -- What the customer sees of the conversation comes after its messages.
    SELECT l.id, '{DESK_TOPIC}' AS topic, 'conversation.listed' AS type, l.data,
        (p.ends ->> '{DESK_TOPIC}')::bigint - (p.counts ->> '{DESK_TOPIC}')::bigint + l.ordinal
        AS seq
    FROM positions p, listed l
    UNION ALL
    SELECT l.id, 'conversation:' || l.id, 'conversation.changed', l.view,
        (p.ends ->> ('conversation:' || l.id))::bigint
    FROM positions p, listed l WHERE l.view IS NOT NULL
), logged AS (
    INSERT INTO event (topic, seq, type, data, created_at)
    SELECT topic, seq, 'message.added', data, created_at FROM numbered
    UNION ALL SELECT topic, seq, type, data, $16 FROM desk
), stored AS (
    INSERT INTO message (id, conversation_id, seq, client_id, kind, sender_kind, staff_id, body,
        card, attachments, created_at)
    SELECT id, conversation_id, seq, client_id, kind, sender_kind, staff_id, body, card,
        attachments::jsonb, created_at FROM numbered
)
SELECT ord, id, seq, true AS is_fresh, NULL AS topic, NULL AS type, NULL::jsonb AS data
FROM numbered
UNION ALL SELECT ord, stored_id, stored_seq, false, NULL, NULL, NULL
FROM allowed WHERE stored_id IS NOT NULL
UNION ALL SELECT NULL, NULL, seq, true, topic, type, data FROM desk
"""

ONE_TICK = timedelta(microseconds=1)
ADDED = "message.added"


async def write_messages(session: Session, drafts: Sequence[Draft]) -> list[Sent | Exception]:
    """The batch writer for `GroupCommit`: each draft is stored once, however often it is sent.

    The result of a draft that its sender may not send, or that has no conversation, is `NotFound`.
    A message reopens a closed conversation; the first answer takes an unassigned one.
    """
    by_key: dict[tuple[UUID, str], Draft] = {}
    for draft in drafts:
        by_key.setdefault((draft.conversation_id, draft.client_id), draft)
    unique = list(by_key.values())
    moment = now()
    times = [moment + index * ONE_TICK for index in range(len(unique))]
    data = [
        {"message": message_json(draft, created_at=at)}
        for draft, at in zip(unique, times, strict=True)
    ]
    rows = await session.fetch(
        WRITE, *_columns(unique), times, data, [new_id() for _ in unique], moment
    )
    sent: dict[tuple[UUID, str], Sent] = {}
    logged: list[LoggedEvent] = []
    for row in rows:
        if row["ord"] is None:
            event = LoggedEvent(row["topic"], row["seq"], row["type"], row["data"], moment)
            logged.append(event)
            continue
        draft, at = unique[row["ord"]], times[row["ord"]]
        sent[draft.conversation_id, draft.client_id] = Sent.model_construct(
            id=row["id"], conversation_id=draft.conversation_id, seq=row["seq"]
        )
        if row["is_fresh"]:
            logged.append(LoggedEvent(topic_of(draft), row["seq"], ADDED, data[row["ord"]], at))
            if draft.attachments:
                await take_attachments(session, draft)
    session.add_logged(logged)
    return [sent.get((draft.conversation_id, draft.client_id)) or NotFound() for draft in drafts]


def needs_one_statement(drafts: Sequence[Draft]) -> bool:
    """`write_messages` runs nothing besides its statement for these."""
    return not any(draft.attachments for draft in drafts)


async def store_message(messages: GroupCommit[Draft, Sent], draft: Draft) -> Sent:
    """The message is committed: by this call, or by an earlier one with the same client id.

    Raises:
        NotFound: no such conversation, or not this sender's.
        TooBusy: too many messages wait already; nothing was written.
    """
    try:
        return await messages.submit(draft)
    except asyncpg.UniqueViolationError:
        # Another node stored the same message between our look and our write. Now it can be seen.
        return await messages.submit(draft)


def _columns(drafts: Sequence[Draft]) -> list[list[object]]:
    return [
        list(range(len(drafts))),
        [draft.id for draft in drafts],
        [draft.conversation_id for draft in drafts],
        [draft.client_id for draft in drafts],
        [draft.kind for draft in drafts],
        [draft.sender.kind for draft in drafts],
        [draft.sender.staff_id for draft in drafts],
        [draft.sender.visitor_id for draft in drafts],
        [draft.body for draft in drafts],
        [draft.preview for draft in drafts],
        [draft.card for draft in drafts],
        # As text: asyncpg would take a list within a list for one more dimension of the array.
        [orjson.dumps(draft.attachments).decode() for draft in drafts],
    ]


def topic_of(draft: Draft) -> str:
    """Notes have a topic of their own, which the customer cannot hear."""
    if draft.kind == "note":
        return notes_topic(draft.conversation_id)
    return conversation_topic(draft.conversation_id)


def message_json(draft: Draft, *, created_at: datetime) -> dict[str, object]:
    """The draft as `MessageBody`, without the cost of building one on the hot path."""
    staff_id = draft.sender.staff_id
    return {
        "id": str(draft.id),
        "conversation_id": str(draft.conversation_id),
        "client_id": draft.client_id,
        "kind": draft.kind,
        "sender_kind": draft.sender.kind,
        "staff_id": str(staff_id) if staff_id else None,
        "staff_name": draft.sender.staff_name,
        "body": draft.body,
        "card": draft.card,
        "attachments": draft.attachments,
        "channel": None,
        "delivery": None,
        "created_at": created_at.isoformat(),
    }


async def take_attachments(session: Session, draft: Draft) -> None:
    """The files belong to the message now.

    Raises:
        AttachmentUnknown: one was taken by another message meanwhile.
    """
    ids = [UUID(str(item["id"])) for item in draft.attachments]
    count = await session.execute(
        "UPDATE attachment SET conversation_id = $2, message_id = $3"
        " WHERE id = ANY($1::uuid[]) AND message_id IS NULL",
        ids,
        draft.conversation_id,
        draft.id,
    )
    if count != len(ids):
        raise AttachmentUnknown()


async def publish_views(session: Session, *, conversation_ids: Sequence[UUID]) -> None:
    """The customers will see how their conversations stand."""
    rows = await session.fetch(
        f"SELECT {VIEW_JSON} AS view FROM conversation c WHERE c.id = ANY($1::uuid[])"
        " ORDER BY c.id",
        conversation_ids,
    )
    for row in rows:
        view = ConversationView.model_validate(row["view"])
        session.publish(
            ConversationChanged(conversation=view), topics=[conversation_topic(view.id)]
        )
