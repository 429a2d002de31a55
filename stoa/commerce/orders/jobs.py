"""What happens to orders later: capturing, voiding, expiring."""

import asyncio
from uuid import UUID

from stoa.commerce.orders.service.change import expire_unpaid, mark_paid, refuse_payment
from stoa.commerce.orders.service.forgetting import forget_restricted
from stoa.commerce.payments.errors import PaymentRefused
from stoa.commerce.payments.models import Authorisation, Purchase
from stoa.commerce.payments.service import installed_payment
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.jobs.queue import Payload
from stoa.platform.money.amount import Money
from stoa.platform.node import Node

PROVIDER_TIMEOUT_SECONDS = 30.0


async def capture_payment(node: Node, payload: Payload) -> None:
    """The authorised money is taken and the order is paid, or the provider says that it never will
    be and the order waits for its money again. Twice is as good as once.

    An order cancelled meanwhile is left alone: its cancelling voids the payment.
    """
    order_id = UUID(payload["order_id"])
    async with node.database.read() as session:
        payment = await _payment(session, order_id)
    if payment is None or payment["state"] != "authorised":
        return
    method = installed_payment(payment["method"])
    is_refused = False
    try:
        async with asyncio.timeout(PROVIDER_TIMEOUT_SECONDS):
            authorisation = Authorisation(payment["data"]["authorisation"])
            await method.capture(_purchase(payment), authorisation)
    except PaymentRefused:
        is_refused = True
    async with node.database.begin() as session:
        # Held before its payment is looked at, by a statement of its own: what whoever is waited
        # for did to the payment would not be seen.
        await session.execute('SELECT FROM "order" WHERE id = $1 FOR UPDATE', order_id)
        state = await session.fetch_value("SELECT state FROM payment WHERE id = $1", payment["id"])
        if state != "authorised":
            return
        if is_refused:
            await refuse_payment(session, order_id=order_id)
        else:
            await mark_paid(session, order_id=order_id)


async def void_payment(node: Node, payload: Payload) -> None:
    """Nothing is held back for a cancelled order any more."""
    async with node.database.read() as session:
        payment = await _payment(session, UUID(payload["order_id"]))
    if payment is None:
        return
    async with asyncio.timeout(PROVIDER_TIMEOUT_SECONDS):
        await installed_payment(payment["method"]).void(_purchase(payment))


async def expire_unpaid_periodically(node: Node) -> None:
    """Orders whose payment did not come in time are cancelled, a hundred per transaction."""
    while True:
        async with node.database.begin() as session:
            if await expire_unpaid(session) == 0:
                return


async def forget_restricted_periodically(node: Node) -> None:
    """Orders of erased customers name nobody once the tax law no longer asks for it."""
    while True:
        async with node.database.begin() as session:
            if await forget_restricted(session, today=now().date()) == 0:
                return


async def _payment(session: ReadSession, order_id: UUID) -> Row | None:
    return await session.fetch_one(
        "SELECT id, method, state, amount_minor, currency, data FROM payment"
        " WHERE order_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
        order_id,
    )


def _purchase(payment: Row) -> Purchase:
    amount = Money(payment["amount_minor"], payment["currency"])
    return Purchase(key=payment["data"]["key"], amount=amount)
