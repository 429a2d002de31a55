"""The last step of every change: the history and the event."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from stoa.commerce.orders.events import OrderCancelled, OrderEvent
from stoa.commerce.orders.queries import order_view
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id


async def add_entry(
    session: Session,
    *,
    order_id: UUID,
    kind: str,
    event: type[OrderEvent],
    staff_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """The change is in the order's history, and everybody who listens will hear of it."""
    await session.execute(
        "INSERT INTO order_entry (id, order_id, kind, staff_id, data, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(),
        order_id,
        kind,
        staff_id,
        dict(data or {}),
        now(),
    )
    fact = event.model_validate({"order": await order_view(session, order_id=order_id)})
    if isinstance(fact, OrderCancelled) and kind == "expired":
        fact = fact.model_copy(update={"has_expired": True})
    session.publish(fact, topics=fact.topics)
