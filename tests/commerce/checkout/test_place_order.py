"""An order is placed exactly once, or not at all and nothing is left of it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from stoa.commerce.cart.queries import visitor_cart
from stoa.commerce.cart.service import add_line
from stoa.commerce.checkout import service
from stoa.commerce.checkout.errors import (
    AttemptFailed,
    CheckoutIncomplete,
    LinesNotCovered,
    PaymentUnreachable,
    ReviewOutdated,
)
from stoa.commerce.checkout.models import PlacedOrder
from stoa.commerce.checkout.service import finish_attempts
from stoa.commerce.inventory.errors import OutOfStock
from stoa.commerce.orders.jobs import capture_payment, void_payment
from stoa.commerce.orders.models import OrderState, PaymentState, ShipmentState
from stoa.commerce.orders.queries import order_by_id
from stoa.commerce.orders.service import cancel
from stoa.commerce.payments.errors import PaymentRefused
from stoa.commerce.payments.models import Authorisation, Purchase
from stoa.commerce.payments.service import INSTALLED
from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.errors import DomainError
from stoa.platform.node import Node
from stoa.platform.outbox.log import events_after
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.checkout import FakeCard, agree, order_now, ready_visitor
from tests.factories.commerce import Goods, make_goods, make_shop
from tests.waiting import until

BLOCKED = """SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
    AND cardinality(pg_blocking_pids(pid)) > 0)"""


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> FakeCard:
    fake = FakeCard()
    monkeypatch.setitem(INSTALLED, "card", fake)
    return fake


async def setting(database: Database, *, stock: int = 10) -> tuple[Shop, Goods]:
    async with database.begin() as session:
        shop = await make_shop(session)
        return shop, await make_goods(session, shop, stock=stock)


async def orders_of(database: Database, shop: Shop) -> int:
    async with database.read() as session:
        count: int = await session.fetch_value(
            'SELECT count(*) FROM "order" WHERE shop_id = $1', shop.id
        )
    return count


async def reserved(database: Database, goods: Goods) -> int:
    async with database.read() as session:
        count: int = await session.fetch_value(
            "SELECT reserved FROM stock WHERE variant_id = $1", goods.variant_id
        )
    return count


async def attempt_state(database: Database, key: str) -> str | None:
    async with database.read() as session:
        state: str | None = await session.fetch_value(
            "SELECT state FROM checkout_attempt WHERE key = $1", key
        )
    return state


async def nothing_happened(database: Database, shop: Shop, goods: Goods, visitor: UUID) -> None:
    assert await orders_of(database, shop) == 0
    assert await reserved(database, goods) == 0
    async with database.read() as session:
        assert await visitor_cart(session, shop=shop, visitor_id=visitor) is not None
        number = await session.fetch_value(
            "SELECT next_order_number FROM shop WHERE id = $1", shop.id
        )
    assert number == 1


async def test_turns_the_cart_into_an_order(database: Database) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, quantity=2)
    placed = await order_now(database, shop, visitor)
    async with database.read() as session:
        order = await order_by_id(session, order_id=placed.order_id)
        assert await visitor_cart(session, shop=shop, visitor_id=visitor) is None
        events = await events_after(session, topic=f"order:{order.id}", after=0)
    assert order.number == "T-00001"
    assert order.state is OrderState.OPEN
    assert order.payment_state is PaymentState.AWAITING
    assert order.shipment_state is ShipmentState.WAITING
    assert order.payment_reference.startswith("RF")
    assert order.totals.total_minor == 5_000 + 490
    assert [(line.quantity, line.total_minor) for line in order.lines] == [(2, 5_000)]
    assert order.shipping_address.postal_code == "00-950"
    assert order.billing_address == order.shipping_address
    assert order.expires_at is not None
    assert [entry.kind for entry in order.entries] == ["placed"]
    assert [event.type for event in events] == ["order.placed"]
    assert await reserved(database, goods) == 2


@pytest.mark.race
async def test_places_once_however_often_one_clicks(database: Database, card: FakeCard) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    agreement = await agree(database, shop, visitor)
    placed = await asyncio.gather(
        *(order_now(database, shop, visitor, agreement) for _ in range(8))
    )
    placed.append(await order_now(database, shop, visitor, agreement))
    assert len({each.order_id for each in placed}) == 1
    assert sum(each.is_new for each in placed) == 1
    assert await orders_of(database, shop) == 1
    assert list(card.held) == [agreement.key]
    assert card.voided == []


@pytest.mark.race
async def test_places_once_from_two_review_pages(database: Database, card: FakeCard) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    agreements = [await agree(database, shop, visitor) for _ in range(5)]
    placed = await asyncio.gather(
        *(order_now(database, shop, visitor, agreement) for agreement in agreements)
    )
    assert len({each.order_id for each in placed}) == 1
    assert await orders_of(database, shop) == 1
    assert len(card.held) == 1
    states = [await attempt_state(database, agreement.key) for agreement in agreements]
    assert states.count("placed") == 1
    assert set(states) <= {"placed", "failed", None}


@pytest.mark.race
async def test_sells_the_last_ones_to_as_many_as_there_are(database: Database) -> None:
    shop, goods = await setting(database, stock=3)
    visitors = [await ready_visitor(database, shop, goods) for _ in range(12)]
    results = await asyncio.gather(
        *(order_now(database, shop, visitor) for visitor in visitors), return_exceptions=True
    )
    winners = [result for result in results if isinstance(result, PlacedOrder)]
    losers = [result for result in results if not isinstance(result, PlacedOrder)]
    assert len(winners) == 3
    assert all(isinstance(error, OutOfStock | LinesNotCovered) for error in losers)
    assert await reserved(database, goods) == 3
    async with database.read() as session:
        rows = await session.fetch(
            'SELECT number FROM "order" WHERE shop_id = $1 ORDER BY number', shop.id
        )
    assert [row["number"] for row in rows] == ["T-00001", "T-00002", "T-00003"]


async def test_shows_a_changed_price_instead_of_charging_it(
    database: Database, card: FakeCard
) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    agreement = await agree(database, shop, visitor)
    async with database.begin() as session:
        await session.execute(
            "UPDATE variant SET price_minor = 2600 WHERE id = $1", goods.variant_id
        )
    with pytest.raises(ReviewOutdated):
        await order_now(database, shop, visitor, agreement)
    await nothing_happened(database, shop, goods, visitor)
    assert card.held == {}


async def test_voids_when_the_price_changes_while_the_card_is_asked(
    database: Database, card: FakeCard
) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    agreement = await agree(database, shop, visitor)
    real = card.authorise

    async def slow(purchase: Purchase) -> Authorisation:
        async with database.begin() as session:
            await add_line(
                session, shop=shop, visitor_id=visitor, locale="en", variant_id=goods.variant_id
            )
        return await real(purchase)

    card.authorise = slow  # type: ignore[method-assign]  # the fake learns to be slow
    with pytest.raises(ReviewOutdated):
        await order_now(database, shop, visitor, agreement)
    await nothing_happened(database, shop, goods, visitor)
    assert card.held == {}
    assert card.voided == [agreement.key]
    assert await attempt_state(database, agreement.key) == "failed"


async def test_refuses_what_was_sold_meanwhile(database: Database) -> None:
    shop, goods = await setting(database, stock=1)
    first = await ready_visitor(database, shop, goods)
    second = await ready_visitor(database, shop, goods)
    await order_now(database, shop, first)
    with pytest.raises(LinesNotCovered):
        await order_now(database, shop, second)
    assert await orders_of(database, shop) == 1


def refuse() -> None:
    raise PaymentRefused


def time_out() -> None:
    raise TimeoutError


@pytest.mark.parametrize(
    ("failure", "error"), [(refuse, PaymentRefused), (time_out, PaymentUnreachable)]
)
async def test_leaves_nothing_of_a_payment_that_failed(
    database: Database, card: FakeCard, failure: Callable[[], None], error: type[DomainError]
) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    agreement = await agree(database, shop, visitor)
    card.before_authorising = failure
    with pytest.raises(error):
        await order_now(database, shop, visitor, agreement)
    await nothing_happened(database, shop, goods, visitor)
    assert card.voided == [agreement.key]
    card.before_authorising = lambda: None
    with pytest.raises(AttemptFailed) as again:
        await order_now(database, shop, visitor, agreement)
    assert again.value.problem == error.code
    assert (await order_now(database, shop, visitor)).is_new


async def test_refuses_to_skip_a_step(database: Database) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods)
    async with database.begin() as session:
        await session.execute(
            "UPDATE cart SET checkout = checkout - 'delivery' WHERE visitor_id = $1", visitor
        )
    with pytest.raises(CheckoutIncomplete) as refused:
        await order_now(database, shop, visitor)
    assert refused.value.step == "delivery"
    await nothing_happened(database, shop, goods, visitor)


class Crash(BaseException):
    """The process ends here."""


def crash() -> None:
    raise Crash


async def age_attempts(database: Database) -> None:
    async with database.begin() as session:
        await session.execute(
            "UPDATE checkout_attempt SET updated_at = $1", now() - timedelta(hours=1)
        )


async def test_undoes_what_a_crash_after_the_authorisation_left(
    database: Database, card: FakeCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    agreement = await agree(database, shop, visitor)

    async def crashing(*args: object, **named: object) -> None:
        crash()

    with monkeypatch.context() as patch:
        patch.setattr(service, "_place", crashing)
        with pytest.raises(Crash):
            await order_now(database, shop, visitor, agreement)
    assert list(card.held) == [agreement.key]
    assert await attempt_state(database, agreement.key) == "started"
    assert await finish_attempts(database) == 0
    await age_attempts(database)
    assert await finish_attempts(database) == 1
    assert card.held == {}
    assert await attempt_state(database, agreement.key) == "failed"
    await nothing_happened(database, shop, goods, visitor)
    assert (await order_now(database, shop, visitor)).is_new


async def test_goes_on_after_a_crash_when_the_customer_clicks_again(
    database: Database, card: FakeCard
) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    agreement = await agree(database, shop, visitor)
    card.before_authorising = crash
    with pytest.raises(Crash):
        await order_now(database, shop, visitor, agreement)
    card.before_authorising = lambda: None
    assert (await order_now(database, shop, visitor, agreement)).is_new
    await age_attempts(database)
    assert await finish_attempts(database) == 0
    assert list(card.held) == [agreement.key]


async def test_voids_again_when_voiding_crashed(database: Database, card: FakeCard) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    agreement = await agree(database, shop, visitor)
    card.before_authorising, card.before_voiding = refuse, crash
    with pytest.raises(Crash):
        await order_now(database, shop, visitor, agreement)
    assert await attempt_state(database, agreement.key) == "undoing"
    card.before_voiding = lambda: None
    await age_attempts(database)
    assert await finish_attempts(database) == 1
    assert card.voided == [agreement.key]
    assert await attempt_state(database, agreement.key) == "failed"


async def test_captures_once(database: Database, card: FakeCard, tmp_path: Path) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    placed = await order_now(database, shop, visitor)
    node = Node(Settings(data_dir=tmp_path), database, LocalBlobStore(tmp_path))
    for _ in range(2):
        await capture_payment(node, {"order_id": str(placed.order_id)})
    async with database.read() as session:
        order = await order_by_id(session, order_id=placed.order_id)
    assert order.payment_state is PaymentState.PAID
    assert [entry.kind for entry in order.entries] == ["placed", "paid"]
    assert len(card.taken) == 1


async def test_waits_for_its_money_again_when_it_cannot_be_taken(
    database: Database, card: FakeCard, tmp_path: Path
) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    placed = await order_now(database, shop, visitor)
    node = Node(Settings(data_dir=tmp_path), database, LocalBlobStore(tmp_path))
    card.refuses_capture = True
    for _ in range(2):
        await capture_payment(node, {"order_id": str(placed.order_id)})
    async with database.read() as session:
        order = await order_by_id(session, order_id=placed.order_id)
    assert order.payment_state is PaymentState.AWAITING
    assert [entry.kind for entry in order.entries] == ["placed", "payment_refused"]
    assert card.taken == {}


async def test_voids_the_card_of_a_cancelled_order(
    database: Database, card: FakeCard, tmp_path: Path
) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    placed = await order_now(database, shop, visitor)
    async with database.begin() as session:
        await cancel(session, order_id=placed.order_id)
        jobs = await session.fetch_value(
            "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'order.void'"
        )
    assert jobs == 1
    node = Node(Settings(data_dir=tmp_path), database, LocalBlobStore(tmp_path))
    await void_payment(node, {"order_id": str(placed.order_id)})
    await capture_payment(node, {"order_id": str(placed.order_id)})
    assert card.held == {}
    assert card.taken == {}


async def test_leaves_alone_what_is_cancelled_while_it_is_captured(
    database: Database, card: FakeCard, tmp_path: Path
) -> None:
    shop, goods = await setting(database)
    visitor = await ready_visitor(database, shop, goods, payment="card")
    placed = await order_now(database, shop, visitor)
    node = Node(Settings(data_dir=tmp_path), database, LocalBlobStore(tmp_path))
    async with database.begin() as session:
        await cancel(session, order_id=placed.order_id)
        capturing = asyncio.create_task(capture_payment(node, {"order_id": str(placed.order_id)}))

        async def is_blocked() -> bool:
            return capturing.done() or bool(await database.pool.fetchval(BLOCKED))

        await until(is_blocked)
    await capturing
    async with database.read() as reading:
        order = await order_by_id(reading, order_id=placed.order_id)
    assert (order.state, order.payment_state) == (OrderState.CANCELLED, PaymentState.VOIDED)
