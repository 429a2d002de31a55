"""Orders follow their customers when those are merged and parted again."""

from uuid import UUID

from stoa.commerce.orders.events import OrderReassigned
from stoa.commerce.orders.queries import order_view
from stoa.people.customers.events import CustomerMerged, CustomerUnmerged, VisitorKnown
from stoa.people.customers.models import MoveKind
from stoa.people.customers.queries import moved_ids
from stoa.people.customers.service import record_moves
from stoa.platform.database.session import Session


async def know_customer(session: Session, event: VisitorKnown) -> None:
    """What the visitor ordered before is the customer's as well."""
    rows = await session.fetch(
        'UPDATE "order" SET customer_id = $2, version = version + 1'
        " WHERE visitor_id = $1 AND customer_id IS NULL RETURNING id",
        event.visitor_id,
        event.customer_id,
    )
    await _show(session, [row["id"] for row in rows])


async def follow_merge(session: Session, event: CustomerMerged) -> None:
    rows = await session.fetch(
        'UPDATE "order" SET customer_id = $2, version = version + 1'
        " WHERE customer_id = $1 RETURNING id",
        event.from_id,
        event.into_id,
    )
    ids = [row["id"] for row in rows]
    await record_moves(session, merge_id=event.merge_id, kind=MoveKind.ORDER, ids=ids)
    await _show(session, ids)


async def follow_unmerge(session: Session, event: CustomerUnmerged) -> None:
    """What was moved goes back, and what was ordered since in a browser that goes back."""
    rows = await session.fetch(
        'UPDATE "order" SET customer_id = $1, version = version + 1 WHERE customer_id = $2'
        " AND (id = ANY($3::uuid[]) OR (placed_at > $4 AND visitor_id = ANY($5::uuid[])))"
        " RETURNING id",
        event.from_id,
        event.into_id,
        await moved_ids(session, merge_id=event.merge_id, kind=MoveKind.ORDER),
        event.merged_at,
        event.visitor_ids,
    )
    await _show(session, [row["id"] for row in rows])


async def _show(session: Session, order_ids: list[UUID]) -> None:
    for order_id in sorted(order_ids):
        fact = OrderReassigned(order=await order_view(session, order_id=order_id))
        session.publish(fact, topics=fact.topics)
