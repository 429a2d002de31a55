"""Placing an order exactly once.

    attempt recorded under its key -> authorise (undo: void) -> reserve, order, publish in one
    transaction -> capture as a job

The payment's provider is called between the transactions, never inside one. `place_order` may be
repeated with the same key as often as one likes: the attempt's row decides, so whoever locks it
first places the order and the others are told of it. What a crash leaves open, `finish_attempts`
undoes.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from stoa.commerce.cart.errors import NoCart
from stoa.commerce.cart.events import CartOrdered, topic_of
from stoa.commerce.cart.models import Cart
from stoa.commerce.cart.queries import load_cart
from stoa.commerce.cart.service import keep_step, lock_cart, lock_token_cart
from stoa.commerce.checkout.consents import record_consents
from stoa.commerce.checkout.errors import (
    AttemptFailed,
    CartIsEmpty,
    CheckoutIncomplete,
    LinesNotCovered,
    PaymentUnreachable,
    ReviewOutdated,
)
from stoa.commerce.checkout.models import PlacedOrder, Step
from stoa.commerce.checkout.queries import Checkout, checkout_of, order_of_cart
from stoa.commerce.checkout.rules import check_step, purchaser_of
from stoa.commerce.orders.models import CAPTURE_JOB
from stoa.commerce.orders.service import RecordedOrder, record_order
from stoa.commerce.payments.models import Authorisation, PaymentMethod, Purchase, Settlement
from stoa.commerce.payments.service import installed_payment, offered_payment
from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.database.session import Database, Session
from stoa.platform.errors import DomainError, InvalidInput
from stoa.platform.jobs.queue import enqueue
from stoa.platform.money.amount import Money
from stoa.platform.node import Node

AUTHORISE_TIMEOUT_SECONDS = 30.0
VOID_TIMEOUT_SECONDS = 15.0
ABANDONED_AFTER = timedelta(minutes=10)  # far beyond any timeout between the two transactions

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the customer sent from the review page: the cart they saw, and its fingerprint."""

    key: str
    cart_id: UUID
    shown: str


async def submit_step(
    session: Session,
    *,
    shop: Shop,
    token: str | None,
    locale: str,
    step: Step,
    form: Mapping[str, str],
) -> None:
    """The step's answer is kept with the cart of the visitor who holds the token.

    Raises:
        NoCart, CartIsEmpty: there is nothing to check out.
        InvalidInput: the form has problems; nothing was kept.
    """
    row = await lock_token_cart(session, shop=shop, token=token)
    cart = await load_cart(session, shop=shop, row=row, locale=locale)
    if not cart.lines:
        raise CartIsEmpty
    checkout = await checkout_of(session, shop=shop, cart=cart)
    submitted = check_step(
        step,
        form,
        shop_country=shop.country,
        countries=checkout.countries,
        methods=checkout.methods,
        payments=checkout.payments,
    )
    if submitted.problems:
        raise InvalidInput(submitted.problems)
    await keep_step(session, shop=shop, cart=cart, step=step, values=submitted.values)


async def place_order(
    database: Database, *, shop: Shop, visitor_id: UUID, locale: str, agreement: Agreement
) -> PlacedOrder:
    """The visitor's cart is an order, now or since an earlier call.

    Takes the database, not a session: it needs two transactions with the provider between them.

    Raises:
        CartIsEmpty, CheckoutIncomplete, LinesNotCovered, ReviewOutdated, OutOfStock,
        PaymentRefused, PaymentUnreachable, AttemptFailed: nothing was ordered or paid.
    """
    try:
        return await _attempt(
            database, shop=shop, visitor_id=visitor_id, locale=locale, agreement=agreement
        )
    except NoCart:
        # Ordered from another tab between two of our looks.
        async with database.read() as session:
            placed = await order_of_cart(session, cart_id=agreement.cart_id, visitor_id=visitor_id)
        if placed is None:
            raise
        return placed


async def _attempt(
    database: Database, *, shop: Shop, visitor_id: UUID, locale: str, agreement: Agreement
) -> PlacedOrder:
    async with database.begin() as session:
        started = await _start(
            session, shop=shop, visitor_id=visitor_id, locale=locale, agreement=agreement
        )
    if isinstance(started, PlacedOrder):
        return started
    method, purchase = started
    try:
        authorisation = await _authorise(method, purchase)
        async with database.begin() as session:
            placed = await _place(
                session,
                shop=shop,
                visitor_id=visitor_id,
                locale=locale,
                agreement=agreement,
                method=method,
                authorisation=authorisation,
            )
    except DomainError as error:
        await undo_attempt(database, key=agreement.key, problem=error.code)
        raise
    if not placed.is_new:
        await undo_attempt(database, key=agreement.key, problem=ReviewOutdated.code)
    log.info("order.placed", order_id=str(placed.order_id), is_new=placed.is_new)
    return placed


async def _start(
    session: Session, *, shop: Shop, visitor_id: UUID, locale: str, agreement: Agreement
) -> PlacedOrder | tuple[PaymentMethod, Purchase]:
    """The attempt is recorded; or its order is known already, or placed at once.

    Where no provider has to be asked, nothing can happen between two transactions, so one does.
    """
    if placed := await _look(session, visitor_id=visitor_id, agreement=agreement):
        return placed
    checkout = await _agreed_checkout(
        session, shop=shop, visitor_id=visitor_id, locale=locale, agreement=agreement
    )
    cart = checkout.cart
    offer = offered_payment(
        shop,
        code=cart.checkout[Step.PAYMENT]["method"],
        country=cart.checkout[Step.ADDRESS]["country"],
    )
    is_at_once = offer.method.settlement is not Settlement.BY_CAPTURE
    if not is_at_once:
        await _record_attempt(session, agreement=agreement, cart=cart, method=offer.method)
        amount = Money(cart.totals.total_minor, cart.currency)
        return offer.method, Purchase(key=agreement.key, amount=amount)
    order = await _complete(
        session,
        shop=shop,
        checkout=checkout,
        method=offer.method,
        key=agreement.key,
        authorisation=Authorisation(),
    )
    await _record_attempt(
        session, agreement=agreement, cart=cart, method=offer.method, order_id=order.id
    )
    return PlacedOrder(order.id, order.token, is_new=True)


async def _look(session: Session, *, visitor_id: UUID, agreement: Agreement) -> PlacedOrder | None:
    """What the cart has become already.

    Raises:
        AttemptFailed: this try has failed before.
    """
    row = await session.fetch_one(
        "SELECT a.state, a.problem, o.id AS order_id, o.token FROM (SELECT 1) AS one"
        " LEFT JOIN checkout_attempt a ON a.key = $1"
        ' LEFT JOIN "order" o ON o.cart_id = $2 AND o.visitor_id = $3',
        agreement.key,
        agreement.cart_id,
        visitor_id,
    )
    assert row is not None
    if row["order_id"] is not None:
        return PlacedOrder(row["order_id"], row["token"], is_new=False)
    if row["state"] not in (None, "started"):
        raise AttemptFailed(problem=row["problem"] or "error")
    return None


async def _record_attempt(
    session: Session,
    *,
    agreement: Agreement,
    cart: Cart,
    method: PaymentMethod,
    order_id: UUID | None = None,
) -> None:
    await session.execute(
        "INSERT INTO checkout_attempt (key, cart_id, state, payment_method, amount_minor, currency,"
        " order_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)"
        " ON CONFLICT (key) DO NOTHING",
        agreement.key,
        cart.id,
        "placed" if order_id else "started",
        method.code,
        cart.totals.total_minor,
        cart.currency,
        order_id,
        now(),
    )


async def _authorise(method: PaymentMethod, purchase: Purchase) -> Authorisation:
    try:
        async with asyncio.timeout(AUTHORISE_TIMEOUT_SECONDS):
            return await method.authorise(purchase)
    except OSError as error:  # a TimeoutError is one too
        log.warning("payment.unreachable", method=method.code, exc_info=error)
        raise PaymentUnreachable from error


async def _place(
    session: Session,
    *,
    shop: Shop,
    visitor_id: UUID,
    locale: str,
    agreement: Agreement,
    method: PaymentMethod,
    authorisation: Authorisation,
) -> PlacedOrder:
    """The order exists. Locks, in this order: attempt, cart, shop, stock."""
    await session.execute("SELECT FROM checkout_attempt WHERE key = $1 FOR UPDATE", agreement.key)
    if placed := await _look(session, visitor_id=visitor_id, agreement=agreement):
        return placed
    checkout = await _agreed_checkout(
        session, shop=shop, visitor_id=visitor_id, locale=locale, agreement=agreement
    )
    order = await _complete(
        session,
        shop=shop,
        checkout=checkout,
        method=method,
        key=agreement.key,
        authorisation=authorisation,
    )
    await session.execute(
        "UPDATE checkout_attempt SET state = 'placed', order_id = $2, updated_at = $3"
        " WHERE key = $1",
        agreement.key,
        order.id,
        now(),
    )
    await enqueue(session, CAPTURE_JOB, {"order_id": order.id})
    return PlacedOrder(order.id, order.token, is_new=True)


async def _agreed_checkout(
    session: Session, *, shop: Shop, visitor_id: UUID, locale: str, agreement: Agreement
) -> Checkout:
    """The checkout, locked, and just as the customer saw it."""
    row = await lock_cart(session, shop=shop, visitor_id=visitor_id)
    cart = await load_cart(session, shop=shop, row=row, locale=locale)
    if not cart.lines:
        raise CartIsEmpty
    if not all(line.is_covered for line in cart.lines):
        raise LinesNotCovered
    checkout = await checkout_of(session, shop=shop, cart=cart)
    if checkout.open_step is not Step.REVIEW:
        raise CheckoutIncomplete(step=checkout.open_step)
    if cart.id != agreement.cart_id or checkout.fingerprint != agreement.shown:
        raise ReviewOutdated
    return checkout


async def _complete(
    session: Session,
    *,
    shop: Shop,
    checkout: Checkout,
    method: PaymentMethod,
    key: str,
    authorisation: Authorisation,
) -> RecordedOrder:
    """The order is recorded and the cart closed; personal data of its checkout lives on in the
    order alone."""
    cart = checkout.cart
    code = cart.checkout[Step.DELIVERY]["method"]
    order = await record_order(
        session,
        shop=shop,
        cart=cart,
        purchaser=purchaser_of(cart.checkout),
        shipping=next(shipping for shipping in checkout.methods if shipping.code == code),
        payment=method,
        payment_data={"key": key, "authorisation": dict(authorisation.data)},
    )
    await record_consents(session, shop=shop, cart=cart, order_id=order.id)
    await session.execute(
        "UPDATE cart SET order_id = $2, checkout = '{}', version = version + 1, updated_at = $3"
        " WHERE id = $1",
        cart.id,
        order.id,
        now(),
    )
    session.publish(
        CartOrdered(shop_id=shop.id, cart_id=cart.id, order_id=order.id),
        topics=[topic_of(cart.id)],
    )
    return order


async def undo_attempt(database: Database, *, key: str, problem: str) -> None:
    """Nothing of the attempt is left: whatever was authorised under its key is void.

    First nobody may place it any more, then it is voided, then it has failed; a crash in between
    leaves it `undoing`, which `finish_attempts` picks up.
    """
    async with database.begin() as session:
        row = await session.fetch_one(
            "UPDATE checkout_attempt SET state = 'undoing', problem = coalesce(problem, $2),"
            " updated_at = $3 WHERE key = $1 AND state IN ('started', 'undoing')"
            " RETURNING payment_method, amount_minor, currency",
            key,
            problem,
            now(),
        )
    if row is None:
        return
    purchase = Purchase(key=key, amount=Money(row["amount_minor"], row["currency"]))
    try:
        async with asyncio.timeout(VOID_TIMEOUT_SECONDS):
            await installed_payment(row["payment_method"]).void(purchase)
    except (OSError, DomainError) as error:
        log.warning("payment.void_failed", method=row["payment_method"], exc_info=error)
        return
    async with database.begin() as session:
        await session.execute(
            "UPDATE checkout_attempt SET state = 'failed', updated_at = $2"
            " WHERE key = $1 AND state = 'undoing'",
            key,
            now(),
        )


async def finish_attempts(database: Database) -> int:
    """Attempts that a crash left open are undone; returns how many there were."""
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT key FROM checkout_attempt WHERE state IN ('started', 'undoing')"
            " AND updated_at < $1 ORDER BY updated_at, key LIMIT 100",
            now() - ABANDONED_AFTER,
        )
    for row in rows:
        await undo_attempt(database, key=row["key"], problem="error")
    return len(rows)


async def finish_attempts_periodically(node: Node) -> None:
    """`finish_attempts`, as a periodic job."""
    await finish_attempts(node.database)
