"""Conversations follow their customers: known, merged, parted again, and forgotten."""

from uuid import UUID

from stoa.contact.conversations.events import (
    DESK_TOPIC,
    ConversationListed,
    conversation_topic,
    notes_topic,
)
from stoa.contact.conversations.queries import conversation_ids_of, get_row
from stoa.contact.conversations.service import hand_to_customer, publish_change
from stoa.people.customers.events import (
    CustomerErased,
    CustomerMerged,
    CustomerUnmerged,
    VisitorKnown,
)
from stoa.people.customers.models import MoveKind, Point, PointKind
from stoa.people.customers.queries import key_of, moved_ids
from stoa.people.customers.service import record_moves
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.jobs.dropping import drop_soon
from stoa.platform.jobs.forgetting import forget_soon


async def know_customer(session: Session, event: VisitorKnown) -> None:
    """What the visitor said before is the customer's as well."""
    rows = await session.fetch(
        "UPDATE conversation SET customer_id = $2, version = version + 1 WHERE id IN"
        " (SELECT id FROM conversation WHERE visitor_id = $1 AND customer_id IS NULL"
        " ORDER BY id FOR NO KEY UPDATE) RETURNING id",
        event.visitor_id,
        event.customer_id,
    )
    await _show(session, [row["id"] for row in rows])


async def follow_merge(session: Session, event: CustomerMerged) -> None:
    rows = await session.fetch(
        "UPDATE conversation SET customer_id = $2, version = version + 1 WHERE id IN"
        " (SELECT id FROM conversation WHERE customer_id = $1 ORDER BY id FOR NO KEY UPDATE)"
        " RETURNING id",
        event.from_id,
        event.into_id,
    )
    ids = [row["id"] for row in rows]
    await record_moves(session, merge_id=event.merge_id, kind=MoveKind.CONVERSATION, ids=ids)
    await _show(session, ids)


async def follow_unmerge(session: Session, event: CustomerUnmerged) -> None:
    """What was moved goes back, and what has come since from what goes back."""
    back = set(await moved_ids(session, merge_id=event.merge_id, kind=MoveKind.CONVERSATION))
    since = await session.fetch(
        "SELECT id, visitor_id, contact_email FROM conversation"
        " WHERE customer_id = $1 AND created_at > $2",
        event.into_id,
        event.merged_at,
    )
    emails = {key for kind, key in event.points if kind is PointKind.EMAIL}
    for row in since:
        if row["visitor_id"] is not None:
            goes_back = row["visitor_id"] in event.visitor_ids
        else:
            email = row["contact_email"] or ""
            goes_back = key_of(Point(PointKind.EMAIL, email)) in emails
        if goes_back:
            back.add(row["id"])
    await hand_to_customer(
        session, conversation_ids=list(back), from_id=event.into_id, to_id=event.from_id
    )


async def hold_person(session: Session, event: CustomerErased) -> None:
    """Whoever is writing into a conversation of theirs has ended, and nobody else begins: what is
    left of it elsewhere (by rules, in webhooks, as mail) can be looked for and is all there is."""
    ids = await conversation_ids_of(
        session, customer_ids=event.customer_ids, visitor_ids=event.visitor_ids
    )
    await session.execute(
        "SELECT id FROM conversation WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", ids
    )


async def forget_person(session: Session, event: CustomerErased) -> None:
    """Nothing is left of what was said but that there were conversations, when, and who answered:
    no list shows them any more. Whoever refers to a message forgets that before, and `hold_person`
    was called."""
    ids = await conversation_ids_of(
        session, customer_ids=event.customer_ids, visitor_ids=event.visitor_ids
    )
    files = await session.fetch(
        "DELETE FROM attachment WHERE conversation_id = ANY($1::uuid[])"
        " OR visitor_id = ANY($2::uuid[]) RETURNING blob_id, preview_blob_id",
        ids,
        event.visitor_ids,
    )
    await drop_soon(
        session,
        blob_ids=[row[name] for row in files for name in ("blob_id", "preview_blob_id")],
    )
    await session.execute("DELETE FROM message WHERE conversation_id = ANY($1::uuid[])", ids)
    await session.execute("DELETE FROM search_entry WHERE conversation_id = ANY($1::uuid[])", ids)
    await session.execute(
        "UPDATE conversation SET contact_name = '', contact_email = NULL, consent = NULL,"
        " subject = '', last_message_preview = '', page_url = '', message_count = 0,"
        " unread_count = 0, waiting_since = NULL, state = 'closed', snoozed_at = NULL,"
        " snoozed_until = NULL, woke_by = NULL, customer_id = NULL,"
        " closed_at = coalesce(closed_at, $2), version = version + 1 WHERE id = ANY($1::uuid[])",
        ids,
        now(),
    )
    for id_ in ids:
        row = await get_row(session, conversation_id=id_)
        session.publish(ConversationListed(conversation=row), topics=[DESK_TOPIC])
    topics = [topic for id_ in ids for topic in (conversation_topic(id_), notes_topic(id_))]
    await forget_soon(session, topics=[DESK_TOPIC, *topics])


async def _show(session: Session, conversation_ids: list[UUID]) -> None:
    for conversation_id in sorted(conversation_ids):
        await publish_change(session, conversation_id=conversation_id)
