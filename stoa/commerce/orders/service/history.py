"""The last step of every change: the history and the event."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from stoa.commerce.orders.events import OrderCancelled, OrderEvent, OrderView
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
    view: OrderView | None = None,
) -> None:
    """The change is in the order's history, and everybody who listens will hear of it.

    `view` is the order as it is now; read from the database unless it is given.
    """
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
    view = view or await order_view(session, order_id=order_id)
    fact = event.model_validate({"order": view})
    if isinstance(fact, OrderCancelled) and kind == "expired":
        fact = fact.model_copy(update={"has_expired": True})
    session.publish(fact, topics=fact.topics)
