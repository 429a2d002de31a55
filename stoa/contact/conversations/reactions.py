"""Conversations follow their customers: who becomes known, who is merged, who is parted again."""

from uuid import UUID

from stoa.contact.conversations.service import publish_change
from stoa.people.customers.events import CustomerMerged, CustomerUnmerged, VisitorKnown
from stoa.people.customers.models import MoveKind, Point, PointKind
from stoa.people.customers.queries import key_of, moved_ids
from stoa.people.customers.service import record_moves
from stoa.platform.database.session import Session


async def know_customer(session: Session, event: VisitorKnown) -> None:
    """What the visitor said before is the customer's as well."""
    rows = await session.fetch(
        "UPDATE conversation SET customer_id = $2, version = version + 1"
        " WHERE visitor_id = $1 AND customer_id IS NULL RETURNING id",
        event.visitor_id,
        event.customer_id,
    )
    await _show(session, [row["id"] for row in rows])


async def follow_merge(session: Session, event: CustomerMerged) -> None:
    rows = await session.fetch(
        "UPDATE conversation SET customer_id = $2, version = version + 1"
        " WHERE customer_id = $1 RETURNING id",
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
    rows = await session.fetch(
        "UPDATE conversation SET customer_id = $1, version = version + 1"
        " WHERE customer_id = $2 AND id = ANY($3::uuid[]) RETURNING id",
        event.from_id,
        event.into_id,
        list(back),
    )
    await _show(session, [row["id"] for row in rows])


async def _show(session: Session, conversation_ids: list[UUID]) -> None:
    for conversation_id in sorted(conversation_ids):
        await publish_change(session, conversation_id=conversation_id)
