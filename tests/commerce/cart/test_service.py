"""Carts keep what was put into them and refuse what cannot be sold."""

import asyncio
from uuid import UUID

import pytest

from stoa.commerce.cart import service
from stoa.commerce.cart.errors import (
    CartChangedElsewhere,
    NoCart,
    NotEnoughStock,
    SoldOut,
    TooMany,
    VariantUnavailable,
)
from stoa.commerce.cart.events import topic_of
from stoa.commerce.cart.models import MAX_LINES, Cart
from stoa.commerce.cart.queries import cart_view, visitor_cart
from stoa.commerce.pricing.models import Discount
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database, Session
from stoa.platform.errors import DomainError
from stoa.platform.outbox.log import events_after
from tests.factories.commerce import Goods, make_goods, make_shop, make_visitor


async def setting(session: Session, **goods: int | None) -> tuple[Shop, UUID, Goods]:
    shop = await make_shop(session)
    return shop, await make_visitor(session), await make_goods(session, shop, **goods)  # type: ignore[arg-type]  # price and stock


async def add(database: Database, shop: Shop, visitor: UUID, goods: Goods, count: int = 1) -> Cart:
    async with database.begin() as session:
        return await service.add_line(
            session,
            shop=shop,
            visitor_id=visitor,
            locale="en",
            variant_id=goods.variant_id,
            quantity=count,
        )


async def current(database: Database, shop: Shop, visitor: UUID) -> Cart | None:
    async with database.read() as session:
        return await visitor_cart(session, shop=shop, visitor_id=visitor)


async def test_adds_up_the_same_variant(database: Database) -> None:
    async with database.begin() as session:
        shop, visitor, goods = await setting(session)
    await add(database, shop, visitor, goods, 2)
    cart = await add(database, shop, visitor, goods, 3)
    assert [(line.quantity, line.name, line.available) for line in cart.lines] == [
        (5, "Olive oil", 10)
    ]
    assert cart.totals.total_minor == 12_500
    assert cart.version == 3


@pytest.mark.parametrize(
    ("stock", "count", "error"),
    [(3, 4, NotEnoughStock), (0, 1, SoldOut), (None, 1000, TooMany), (5, 0, TooMany)],
)
async def test_refuses_what_there_is_not(
    database: Database, stock: int | None, count: int, error: type[DomainError]
) -> None:
    async with database.begin() as session:
        shop, visitor, goods = await setting(session, stock=stock)
    with pytest.raises(error):
        await add(database, shop, visitor, goods, count)
    assert await current(database, shop, visitor) is None


async def test_refuses_a_variant_of_another_shop(database: Database) -> None:
    async with database.begin() as session:
        shop, visitor, _ = await setting(session)
        _, _, foreign = await setting(session)
    with pytest.raises(VariantUnavailable):
        await add(database, shop, visitor, foreign)


async def test_refuses_a_cart_of_too_many_lines(database: Database) -> None:
    async with database.begin() as session:
        shop, visitor, goods = await setting(session)
        others = [await make_goods(session, shop) for _ in range(MAX_LINES - 1)]
    for each in (goods, *others):
        await add(database, shop, visitor, each)
    async with database.begin() as session:
        extra = await make_goods(session, shop)
    with pytest.raises(TooMany):
        await add(database, shop, visitor, extra)
    assert (await add(database, shop, visitor, goods)).count == MAX_LINES + 1


async def test_lets_one_of_two_tabs_win(database: Database) -> None:
    async with database.begin() as session:
        shop, visitor, goods = await setting(session)
    cart = await add(database, shop, visitor, goods)

    async def edit(quantity: int) -> Cart:
        async with database.begin() as session:
            return await service.set_quantities(
                session,
                shop=shop,
                visitor_id=visitor,
                quantities={cart.lines[0].id: quantity},
                expected_version=cart.version,
            )

    results = await asyncio.gather(edit(2), edit(3), edit(4), return_exceptions=True)
    winners = [result for result in results if isinstance(result, Cart)]
    assert len(winners) == 1
    assert all(isinstance(r, CartChangedElsewhere) for r in results if not isinstance(r, Cart))
    after = await current(database, shop, visitor)
    assert after is not None
    assert after.lines == winners[0].lines


async def test_takes_a_line_out(database: Database) -> None:
    async with database.begin() as session:
        shop, visitor, goods = await setting(session)
    cart = await add(database, shop, visitor, goods)
    async with database.begin() as session:
        cart = await service.remove_line(
            session, shop=shop, visitor_id=visitor, line_id=cart.lines[0].id
        )
    assert cart.lines == ()
    assert cart.totals.total_minor == 0


async def test_never_touches_a_strangers_cart(database: Database) -> None:
    async with database.begin() as session:
        shop, visitor, goods = await setting(session)
        stranger = await make_visitor(session)
    cart = await add(database, shop, visitor, goods)
    await add(database, shop, stranger, goods)
    with pytest.raises(CartChangedElsewhere):
        async with database.begin() as session:
            await service.remove_line(
                session, shop=shop, visitor_id=stranger, line_id=cart.lines[0].id
            )
    assert await current(database, shop, visitor) == cart


async def test_shows_a_line_that_can_no_longer_be_had(database: Database) -> None:
    async with database.begin() as session:
        shop, visitor, goods = await setting(session)
    await add(database, shop, visitor, goods, 2)
    async with database.begin() as session:
        await session.execute(
            "UPDATE product SET is_visible = false WHERE id = $1", goods.product_id
        )
    cart = await current(database, shop, visitor)
    assert cart is not None
    assert cart.lines[0].available == 0
    assert not cart.lines[0].is_covered


async def test_keeps_the_delivery_in_the_totals(database: Database) -> None:
    async with database.begin() as session:
        shop, visitor, goods = await setting(session)
    await add(database, shop, visitor, goods)
    steps = {
        "address": {"country": "PL"},
        "delivery": {"method": "parcel"},
        "payment": {"method": "cash_on_delivery"},
    }
    async with database.begin() as session:
        for step, values in steps.items():
            cart = await service.record_step(
                session, shop=shop, visitor_id=visitor, step=step, values=values
            )
    assert cart.totals.shipping is not None
    assert cart.totals.fee is not None
    assert cart.totals.total_minor == 2_500 + 490 + 200
    cart = await add(database, shop, visitor, goods, 3)
    assert cart.totals.total_minor == 10_000 + 0 + 200


async def test_publishes_what_a_snapshot_would_show(database: Database) -> None:
    async with database.begin() as session:
        shop, visitor, goods = await setting(session)
    cart = await add(database, shop, visitor, goods, 2)
    async with database.begin() as session:
        await service.agree_discount(
            session,
            shop=shop,
            visitor_id=visitor,
            discount=Discount(kind="percent", value=1000, reason="A dented tin"),
        )
    async with database.read() as session:
        events = await events_after(session, topic=topic_of(cart.id), after=0)
        view = await cart_view(session, shop=shop, cart_id=cart.id)
    assert view is not None
    assert [event.type for event in events] == ["cart.changed"] * 2
    assert events[-1].data["cart"] == view.model_dump(mode="json")
    assert view.total_minor == 4_500


async def test_refuses_to_agree_on_nothing(database: Database) -> None:
    async with database.begin() as session:
        shop, visitor, _ = await setting(session)
    with pytest.raises(NoCart):
        async with database.begin() as session:
            await service.agree_discount(session, shop=shop, visitor_id=visitor, discount=None)


async def test_merges_two_carts_up_to_the_stock(database: Database) -> None:
    async with database.begin() as session:
        shop, here, goods = await setting(session, stock=5)
        other = await make_goods(session, shop, stock=None)
        there = await make_visitor(session)
    await add(database, shop, here, goods, 3)
    await add(database, shop, here, other, 1)
    await add(database, shop, there, goods, 4)
    async with database.begin() as session:
        merged = await service.merge_carts(
            session, shop=shop, from_visitor_id=here, into_visitor_id=there
        )
    assert merged is not None
    assert {line.variant_id: line.quantity for line in merged.lines} == {
        goods.variant_id: 5,
        other.variant_id: 1,
    }
    assert await current(database, shop, here) is None


async def test_merges_into_nothing(database: Database) -> None:
    async with database.begin() as session:
        shop, here, goods = await setting(session)
        there = await make_visitor(session)
    await add(database, shop, here, goods, 3)
    async with database.begin() as session:
        merged = await service.merge_carts(
            session, shop=shop, from_visitor_id=here, into_visitor_id=there
        )
        again = await service.merge_carts(
            session, shop=shop, from_visitor_id=here, into_visitor_id=there
        )
    assert merged is not None
    assert merged.count == 3
    assert again is None
