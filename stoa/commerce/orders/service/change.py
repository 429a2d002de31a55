"""What happens to an order afterwards. Every change locks the order and publishes it."""

from uuid import UUID

from stoa.commerce.inventory import service as inventory
from stoa.commerce.orders.errors import (
    NoSuchOrder,
    OrderAlreadyPaid,
    OrderAlreadyShipped,
    OrderIsCancelled,
    OrderNotPaid,
)
from stoa.commerce.orders.events import (
    OrderCancelled,
    OrderPaid,
    OrderPaymentRefused,
    OrderShipped,
)
from stoa.commerce.orders.models import (
    VOID_JOB,
    OrderState,
    PaymentState,
    ShipmentState,
    Tracking,
)
from stoa.commerce.orders.service.history import add_entry
from stoa.platform.clock import now
from stoa.platform.database.session import Row, Session
from stoa.platform.jobs.queue import enqueue

EXPIRING_AT_ONCE = 100


async def mark_paid(
    session: Session,
    *,
    order_id: UUID,
    staff_id: UUID | None = None,
    note: str = "",
) -> None:
    """The order's money is there.

    Raises:
        NoSuchOrder, OrderIsCancelled, OrderAlreadyPaid: nothing was changed.
    """
    row = await _lock(session, order_id)
    if row["payment_state"] == PaymentState.PAID:
        raise OrderAlreadyPaid
    is_shipped = row["shipment_state"] != ShipmentState.WAITING
    await _update(
        session,
        order_id,
        state=OrderState.COMPLETED if is_shipped else OrderState.OPEN,
        payment_state=PaymentState.PAID,
        shipment_state=row["shipment_state"],
    )
    await session.execute(
        "UPDATE payment SET state = 'captured', updated_at = $2"
        " WHERE order_id = $1 AND state IN ('pending', 'authorised')",
        order_id,
        now(),
    )
    await add_entry(
        session,
        order_id=order_id,
        kind="paid",
        event=OrderPaid,
        staff_id=staff_id,
        data={"note": note} if note else {},
    )


async def refuse_payment(session: Session, *, order_id: UUID) -> None:
    """What was authorised could not be taken: the order waits for its money, and does not leave.

    Raises:
        NoSuchOrder, OrderIsCancelled, OrderAlreadyPaid: nothing was changed.
    """
    row = await _lock(session, order_id)
    if row["payment_state"] == PaymentState.PAID:
        raise OrderAlreadyPaid
    await _update(
        session,
        order_id,
        state=OrderState.OPEN,
        payment_state=PaymentState.AWAITING,
        shipment_state=row["shipment_state"],
    )
    await session.execute(
        "UPDATE payment SET state = 'refused', updated_at = $2"
        " WHERE order_id = $1 AND state = 'authorised'",
        order_id,
        now(),
    )
    await add_entry(session, order_id=order_id, kind="payment_refused", event=OrderPaymentRefused)


async def ship(
    session: Session,
    *,
    order_id: UUID,
    tracking: Tracking | None = None,
    staff_id: UUID | None = None,
) -> None:
    """The order has left the house, and with it the stock that was kept for it.

    Raises:
        NoSuchOrder, OrderIsCancelled, OrderAlreadyShipped, OrderNotPaid: nothing was changed.
    """
    row = await _lock(session, order_id)
    if row["shipment_state"] != ShipmentState.WAITING:
        raise OrderAlreadyShipped
    if row["payment_state"] not in (PaymentState.PAID, PaymentState.ON_DELIVERY):
        raise OrderNotPaid
    is_paid = row["payment_state"] == PaymentState.PAID
    await _update(
        session,
        order_id,
        state=OrderState.COMPLETED if is_paid else OrderState.OPEN,
        payment_state=row["payment_state"],
        shipment_state=ShipmentState.SHIPPED,
    )
    data = tracking.model_dump() if tracking else {}
    await session.execute('UPDATE "order" SET tracking = $2 WHERE id = $1', order_id, data or None)
    await inventory.take(session, shop_id=row["shop_id"], order_id=order_id)
    await add_entry(
        session,
        order_id=order_id,
        kind="shipped",
        event=OrderShipped,
        staff_id=staff_id,
        data=data,
    )


async def cancel(
    session: Session,
    *,
    order_id: UUID,
    reason: str = "",
    restock: bool = True,
    staff_id: UUID | None = None,
    has_expired: bool = False,
) -> None:
    """The order is off. `restock` False writes the goods off instead of offering them again.

    Money already paid stays recorded as paid: it has to be given back.

    Raises:
        NoSuchOrder, OrderIsCancelled, OrderAlreadyShipped: nothing was changed.
    """
    row = await _lock(session, order_id)
    if row["shipment_state"] != ShipmentState.WAITING:
        raise OrderAlreadyShipped
    is_paid = row["payment_state"] == PaymentState.PAID
    await _update(
        session,
        order_id,
        state=OrderState.CANCELLED,
        payment_state=PaymentState.PAID if is_paid else PaymentState.VOIDED,
        shipment_state=row["shipment_state"],
    )
    await session.execute(
        "UPDATE payment SET state = 'voided', updated_at = $2"
        " WHERE order_id = $1 AND state IN ('pending', 'authorised')",
        order_id,
        now(),
    )
    if row["payment_state"] == PaymentState.AUTHORISED:
        await enqueue(session, VOID_JOB, {"order_id": order_id})
    settle = inventory.release if restock else inventory.take
    await settle(session, shop_id=row["shop_id"], order_id=order_id)
    await add_entry(
        session,
        order_id=order_id,
        kind="expired" if has_expired else "cancelled",
        event=OrderCancelled,
        staff_id=staff_id,
        data={"reason": reason, "restock": restock},
    )


async def expire_unpaid(session: Session) -> int:
    """Orders whose money did not come in time are off, and their stock is free; returns how many.

    At most a hundred at once; orders somebody is working on wait for the next round.
    """
    rows = await session.fetch(
        'SELECT id FROM "order" WHERE expires_at < $1 AND state = $2 AND payment_state = $3'
        " ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED",
        now(),
        OrderState.OPEN,
        PaymentState.AWAITING,
        EXPIRING_AT_ONCE,
    )
    for row in rows:
        await cancel(session, order_id=row["id"], has_expired=True)
    return len(rows)


async def _lock(session: Session, order_id: UUID) -> Row:
    row = await session.fetch_one(
        'SELECT shop_id, state, payment_state, shipment_state FROM "order" WHERE id = $1'
        " FOR UPDATE",
        order_id,
    )
    if row is None:
        raise NoSuchOrder
    if row["state"] == OrderState.CANCELLED:
        raise OrderIsCancelled
    return row


async def _update(
    session: Session,
    order_id: UUID,
    *,
    state: OrderState,
    payment_state: PaymentState,
    shipment_state: ShipmentState,
) -> None:
    await session.execute(
        'UPDATE "order" SET state = $2, payment_state = $3, shipment_state = $4,'
        " version = version + 1, updated_at = $5 WHERE id = $1",
        order_id,
        state,
        payment_state,
        shipment_state,
        now(),
    )
