"""Stock is promised once, given back once, and never below nothing."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commerce.catalogue import queries as catalogue
from stoa.commerce.catalogue.models import ProductPage
from stoa.commerce.catalogue.service import upsert_products
from stoa.commerce.inventory.errors import BelowReserved, NoSuchVariant, OutOfStock
from stoa.commerce.inventory.models import Availability, StockLevel, Wanted
from stoa.commerce.inventory.queries import stock_levels
from stoa.commerce.inventory.service import adjust, put_back, release, reserve, take
from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.database.session import Database, Session, open_database
from stoa.platform.ids import new_id
from tests.factories.catalogue import product, variant
from tests.factories.shops import make_shop, with_reactions


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    return await make_shop(database)


async def make_variants(
    database: Database, shop: Shop, *levels: tuple[int, bool, bool]
) -> list[UUID]:
    """Variants with (on hand, is tracked, allows backorder)."""
    name = f"stock-{new_id().hex}"
    variants = [
        variant(f"{name}-{n}", on_hand=on_hand, is_tracked=tracked, allows_backorder=backorder)
        for n, (on_hand, tracked, backorder) in enumerate(levels)
    ]
    async with database.begin() as session:
        await upsert_products(session, shop=shop, records=[product(name, variants=variants)])
        rows = await session.fetch(
            "SELECT id FROM variant WHERE sku LIKE $1 ORDER BY position", f"{name}-%"
        )
    return [row["id"] for row in rows]


async def make_order(session: Session, shop: Shop) -> UUID:
    """An order as inventory needs it: a row to hang reservations on."""
    order_id, cart_id, visitor_id, moment = new_id(), new_id(), new_id(), now()
    await session.execute(
        "INSERT INTO visitor (id, token_hash, locale, created_at, last_seen_at)"
        " VALUES ($1, $2, 'de', $3, $3)",
        visitor_id,
        visitor_id.bytes,
        moment,
    )
    await session.execute(
        "INSERT INTO cart (id, shop_id, visitor_id, currency, locale, order_id, created_at,"
        " updated_at) VALUES ($1, $2, $3, 'EUR', 'de', $4, $5, $5)",
        cart_id,
        shop.id,
        visitor_id,
        order_id,
        moment,
    )
    await session.execute(
        'INSERT INTO "order" (id, shop_id, number, token, cart_id, state, payment_state,'
        " shipment_state, currency, locale, email, shipping_address, billing_address,"
        " shipping_name, payment_method, totals, total_minor, search_text, placed_at, updated_at)"
        " VALUES ($1, $2, $3, $3, $4, 'open', 'awaiting', 'waiting', 'EUR', 'de', 'a@example.org',"
        " '{}', '{}', '', '', '{}', 0, '', $5, $5)",
        order_id,
        shop.id,
        order_id.hex,
        cart_id,
        moment,
    )
    return order_id


async def order(database: Database, shop: Shop, *wanted: Wanted) -> UUID:
    async with database.begin() as session:
        order_id = await make_order(session, shop)
        await reserve(session, shop_id=shop.id, order_id=order_id, wanted=wanted)
    return order_id


async def levels_of(database: Database, ids: Sequence[UUID]) -> list[tuple[int, int]]:
    async with database.read() as session:
        levels = await stock_levels(session, variant_ids=ids)
    return [(levels[id_].on_hand, levels[id_].reserved) for id_ in ids]


async def test_keeps_releases_and_takes(database: Database, shop: Shop) -> None:
    ids = await make_variants(database, shop, (10, True, False), (4, True, False))
    first = await order(database, shop, Wanted(ids[0], 3), Wanted(ids[1], 4))
    second = await order(database, shop, Wanted(ids[0], 2))
    assert await levels_of(database, ids) == [(10, 5), (4, 4)]
    for _ in range(2):  # twice is once
        async with database.begin() as session:
            await release(session, shop_id=shop.id, order_id=first)
            await take(session, shop_id=shop.id, order_id=second)
    assert await levels_of(database, ids) == [(8, 0), (4, 0)]
    for _ in range(2):
        async with database.begin() as session:
            await put_back(session, shop_id=shop.id, order_id=second)
    assert await levels_of(database, ids) == [(10, 0), (4, 0)]


async def test_refuses_an_order_it_cannot_fill_whole(database: Database, shop: Shop) -> None:
    ids = await make_variants(database, shop, (10, True, False), (1, True, False))
    with pytest.raises(OutOfStock) as refused:
        await order(database, shop, Wanted(ids[0], 3), Wanted(ids[1], 2))
    assert refused.value.missing == (Wanted(ids[1], 2),)
    assert await levels_of(database, ids) == [(10, 0), (1, 0)]


async def test_adds_up_a_variant_named_twice(database: Database, shop: Shop) -> None:
    ids = await make_variants(database, shop, (3, True, False))
    with pytest.raises(OutOfStock):
        await order(database, shop, Wanted(ids[0], 2), Wanted(ids[0], 2))


async def test_gives_what_is_not_tracked_or_may_be_ordered_later(
    database: Database, shop: Shop
) -> None:
    ids = await make_variants(database, shop, (0, False, False), (1, True, True))
    first = await order(database, shop, Wanted(ids[0], 50), Wanted(ids[1], 5))
    async with database.begin() as session:
        await take(session, shop_id=shop.id, order_id=first)
    assert await levels_of(database, ids) == [(0, 0), (-4, 0)]


async def test_counts_anew_but_not_below_what_orders_hold(database: Database, shop: Shop) -> None:
    ids = await make_variants(database, shop, (5, True, False))
    await order(database, shop, Wanted(ids[0], 3))
    async with database.begin() as session:
        await adjust(session, shop_id=shop.id, variant_id=ids[0], on_hand=7)
    with pytest.raises(BelowReserved):
        async with database.begin() as session:
            await adjust(session, shop_id=shop.id, variant_id=ids[0], on_hand=2)
    assert await levels_of(database, ids) == [(7, 3)]
    with pytest.raises(NoSuchVariant):
        async with database.begin() as session:
            await adjust(session, shop_id=shop.id, variant_id=new_id(), on_hand=2)


async def test_lists_hear_when_the_last_one_is_sold(database: Database, shop: Shop) -> None:
    ids = await make_variants(database, shop, (1, True, False))
    await order(with_reactions(database), shop, Wanted(ids[0], 1))
    async with database.read() as session:
        row = await session.fetch_one(
            "SELECT l.is_available, l.slugs ->> 'de' AS slug FROM product_listing l"
            " JOIN variant v USING (product_id) WHERE v.id = $1",
            ids[0],
        )
        assert row is not None
        assert not row["is_available"]
        page = await catalogue.product_page(session, shop=shop, locale="de", slug=row["slug"])
    assert isinstance(page, ProductPage)
    assert page.variants[0].availability is Availability.SOLD_OUT


@pytest.mark.race
async def test_sells_the_last_one_once_to_fifty_buyers(
    database_url: str, database: Database, shop: Shop
) -> None:
    ids = await make_variants(database, shop, (1, True, False), (30, True, False))
    many = await open_database(database_url, size=50)
    gate = asyncio.Barrier(50)

    async def buy(number: int) -> bool:
        wanted = [Wanted(ids[0], 1), Wanted(ids[1], 1)]
        async with many.begin() as session:
            order_id = await make_order(session, shop)
            await gate.wait()
            # Every other buyer names the variants the other way round.
            named = wanted if number % 2 else wanted[::-1]
            await reserve(session, shop_id=shop.id, order_id=order_id, wanted=named)
        return True

    try:
        results = await asyncio.gather(*(buy(n) for n in range(50)), return_exceptions=True)
    finally:
        await many.close()
    assert results.count(True) == 1
    assert all(result is True or isinstance(result, OutOfStock) for result in results)
    assert await levels_of(database, ids) == [(1, 1), (30, 1)]


@pytest.mark.race
async def test_lists_hear_when_the_last_of_each_variant_is_sold_at_once(
    database: Database, shop: Shop
) -> None:
    ids = await make_variants(database, shop, (1, True, False), (1, True, False))
    wired = with_reactions(database)
    both_reserved = asyncio.Barrier(2)

    async def sell(variant_id: UUID) -> None:
        async with wired.begin() as session:
            order_id = await make_order(session, shop)
            wanted = [Wanted(variant_id, 1)]
            await reserve(session, shop_id=shop.id, order_id=order_id, wanted=wanted)
            await both_reserved.wait()

    await asyncio.gather(*(sell(variant_id) for variant_id in ids))
    async with database.read() as session:
        is_available = await session.fetch_value(
            "SELECT l.is_available FROM product_listing l JOIN variant v USING (product_id)"
            " WHERE v.id = $1",
            ids[0],
        )
    assert not is_available


@given(
    on_hand=st.integers(-5, 20),
    reserved=st.integers(0, 20),
    is_tracked=st.booleans(),
    allows_backorder=st.booleans(),
)
def test_can_be_ordered_only_when_some_are_left(
    on_hand: int, reserved: int, is_tracked: bool, allows_backorder: bool
) -> None:
    level = StockLevel(new_id(), on_hand, reserved, is_tracked, allows_backorder)
    left = not is_tracked or allows_backorder or on_hand > reserved
    assert level.availability.can_be_ordered == left
    assert (level.available is None) == (not is_tracked or allows_backorder)
    assert level.available is None or (level.available > 0) == left
