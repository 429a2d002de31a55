"""Orders go forward by rule, and a refusal changes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from stoa.commerce.orders import service
from stoa.commerce.orders.errors import (
    NoSuchOrder,
    OrderAlreadyPaid,
    OrderAlreadyShipped,
    OrderIsCancelled,
    OrderNotPaid,
)
from stoa.commerce.orders.models import Order, OrderState, PaymentState, ShipmentState, Tracking
from stoa.commerce.orders.queries import (
    list_orders,
    order_by_id,
    order_by_token,
    order_view,
    orders_of_visitor,
)
from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.database.session import Database, Session
from stoa.platform.errors import DomainError, InvalidInput
from stoa.platform.ids import new_id
from stoa.platform.outbox.log import events_after
from tests.factories.checkout import order_now, ready_visitor
from tests.factories.commerce import Goods, make_goods, make_shop

Change = Callable[[Session, UUID], Awaitable[None]]


async def pay(session: Session, order_id: UUID) -> None:
    await service.mark_paid(session, order_id=order_id, note="Statement 17")


async def ship(session: Session, order_id: UUID) -> None:
    await service.ship(session, order_id=order_id, tracking=Tracking(carrier="DPD", number="1"))


async def cancel(session: Session, order_id: UUID) -> None:
    await service.cancel(session, order_id=order_id, reason="Changed their mind")


async def placed(
    database: Database, *, payment: str = "bank_transfer", stock: int = 10
) -> tuple[Shop, Goods, UUID]:
    async with database.begin() as session:
        shop = await make_shop(session)
        goods = await make_goods(session, shop, stock=stock)
    visitor = await ready_visitor(database, shop, goods, quantity=2, payment=payment)
    return shop, goods, (await order_now(database, shop, visitor)).order_id


async def apply(database: Database, order_id: UUID, *changes: Change) -> Order:
    for change in changes:
        async with database.begin() as session:
            await change(session, order_id)
    async with database.read() as session:
        return await order_by_id(session, order_id=order_id)


async def stock(database: Database, goods: Goods) -> tuple[int, int]:
    async with database.read() as session:
        row = await session.fetch_one(
            "SELECT on_hand, reserved FROM stock WHERE variant_id = $1", goods.variant_id
        )
    assert row is not None
    return row["on_hand"], row["reserved"]


@pytest.mark.parametrize(
    ("payment", "changes", "state", "payment_state", "shipment_state", "left"),
    [
        ("bank_transfer", (), "open", "awaiting", "waiting", (10, 2)),
        ("bank_transfer", (pay,), "open", "paid", "waiting", (10, 2)),
        ("bank_transfer", (pay, ship), "completed", "paid", "shipped", (8, 0)),
        ("bank_transfer", (cancel,), "cancelled", "voided", "waiting", (10, 0)),
        ("bank_transfer", (pay, cancel), "cancelled", "paid", "waiting", (10, 0)),
        ("cash_on_delivery", (ship,), "open", "on_delivery", "shipped", (8, 0)),
        ("cash_on_delivery", (ship, pay), "completed", "paid", "shipped", (8, 0)),
    ],
)
async def test_goes_its_way(
    database: Database,
    payment: str,
    changes: tuple[Change, ...],
    state: str,
    payment_state: str,
    shipment_state: str,
    left: tuple[int, int],
) -> None:
    _, goods, order_id = await placed(database, payment=payment)
    order = await apply(database, order_id, *changes)
    assert (order.state, order.payment_state, order.shipment_state) == (
        state,
        payment_state,
        shipment_state,
    )
    assert await stock(database, goods) == left
    assert len(order.entries) == 1 + len(changes)
    assert order.version == 1 + len(changes)
    async with database.read() as session:
        events = await events_after(session, topic=f"order:{order_id}", after=0)
        view = await order_view(session, order_id=order_id)
    assert len(events) == 1 + len(changes)
    assert events[-1].data["order"] == view.model_dump(mode="json")


@pytest.mark.parametrize(
    ("before", "change", "error"),
    [
        ((pay,), pay, OrderAlreadyPaid),
        ((), ship, OrderNotPaid),
        ((pay, ship), ship, OrderAlreadyShipped),
        ((pay, ship), cancel, OrderAlreadyShipped),
        ((cancel,), pay, OrderIsCancelled),
        ((cancel,), ship, OrderIsCancelled),
        ((cancel,), cancel, OrderIsCancelled),
    ],
)
async def test_refuses_what_does_not_follow(
    database: Database, before: tuple[Change, ...], change: Change, error: type[DomainError]
) -> None:
    _, goods, order_id = await placed(database)
    was = await apply(database, order_id, *before)
    left = await stock(database, goods)
    with pytest.raises(error):
        await apply(database, order_id, change)
    assert await apply(database, order_id) == was
    assert await stock(database, goods) == left


async def test_writes_goods_off_that_are_not_restocked(database: Database) -> None:
    _, goods, order_id = await placed(database)
    async with database.begin() as session:
        await service.cancel(session, order_id=order_id, restock=False)
    assert await stock(database, goods) == (8, 0)


@pytest.mark.race
async def test_lets_one_of_two_agents_decide(database: Database) -> None:
    _, goods, order_id = await placed(database)
    await apply(database, order_id, pay)
    results = await asyncio.gather(
        apply(database, order_id, ship), apply(database, order_id, cancel), return_exceptions=True
    )
    assert sum(isinstance(result, DomainError) for result in results) == 1
    order = await apply(database, order_id)
    shipped = order.shipment_state is ShipmentState.SHIPPED
    assert shipped is (order.state is OrderState.COMPLETED)
    assert await stock(database, goods) == ((8, 0) if shipped else (10, 0))


async def test_expires_only_what_was_not_paid_in_time(own_database: Database) -> None:
    _, late_goods, late = await placed(own_database)
    _, _, paid = await placed(own_database)
    _, _, fresh = await placed(own_database)
    await apply(own_database, paid, pay)
    async with own_database.begin() as session:
        await session.execute(
            'UPDATE "order" SET expires_at = $1 WHERE id = ANY ($2)',
            now() - timedelta(seconds=1),
            [late, paid],
        )
    async with own_database.begin() as session:
        assert await service.expire_unpaid(session) == 1
    async with own_database.begin() as session:
        assert await service.expire_unpaid(session) == 0
    expired = await apply(own_database, late)
    assert expired.state is OrderState.CANCELLED
    assert expired.payment_state is PaymentState.VOIDED
    assert expired.entries[-1].kind == "expired"
    assert await stock(own_database, late_goods) == (10, 0)
    assert (await apply(own_database, paid)).state is OrderState.OPEN
    assert (await apply(own_database, fresh)).state is OrderState.OPEN
    async with own_database.read() as session:
        events = await events_after(session, topic=f"order:{late}", after=1)
    assert events[0].data["has_expired"] is True


async def test_opens_by_its_link_in_its_own_shop_only(database: Database) -> None:
    shop, _, order_id = await placed(database)
    order = await apply(database, order_id)
    async with database.begin() as session:
        other = await make_shop(session)
    async with database.read() as session:
        found = await order_by_token(session, shop_id=shop.id, token=order.token)
        assert found == order
        for shop_id, token in ((other.id, order.token), (shop.id, "guess"), (shop.id, "a\0b")):
            with pytest.raises(NoSuchOrder):
                await order_by_token(session, shop_id=shop_id, token=token)
        with pytest.raises(NoSuchOrder):
            await order_by_id(session, order_id=new_id())


async def test_lists_by_page_and_finds_by_words(database: Database) -> None:
    async with database.begin() as session:
        shop = await make_shop(session)
        goods = await make_goods(session, shop, stock=None)
    visitors = [await ready_visitor(database, shop, goods) for _ in range(5)]
    for visitor in visitors:
        await order_now(database, shop, visitor)
    async with database.read() as session:
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page = await list_orders(session, shop_id=shop.id, cursor=cursor, limit=2)
            seen += [order.number for order in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert seen == [f"T-0000{number}" for number in (5, 4, 3, 2, 1)]
        for search, expected in {
            "t-00003": 1,
            "ANNA warsza": 5,
            "anna@example": 5,
            "%": 0,
            "ánna": 5,
            "nobody": 0,
            "\0": 5,
        }.items():
            found = await list_orders(session, shop_id=shop.id, search=search)
            assert len(found.items) == expected, search
        paid = await list_orders(session, shop_id=shop.id, payment_state=PaymentState.PAID)
        assert paid.items == []
        assert len(await orders_of_visitor(session, visitor_id=visitors[0])) == 1
        with pytest.raises(InvalidInput):
            await list_orders(session, cursor="WyJ4IiwieSJd")
