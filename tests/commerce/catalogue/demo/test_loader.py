"""The demo shop in a database."""

import asyncio
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from stoa.commerce.catalogue import queries
from stoa.commerce.catalogue.demo.assortment import assortment, planned_pictures
from stoa.commerce.catalogue.demo.jobs import DRAW_JOB, draw
from stoa.commerce.catalogue.demo.loader import (
    Progress,
    draw_pictures,
    ensure_demo_shop,
    undrawn,
)
from stoa.commerce.catalogue.models import ProductPage
from stoa.commerce.inventory.models import Availability
from stoa.commerce.shipping.queries import shipping_methods
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import list_shops
from stoa.platform.config import Settings
from stoa.platform.database.session import Database, ReadSession
from stoa.platform.i18n.locale import LOCALES, Locale
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore, get_blob
from tests.factories.shops import make_shop, with_reactions


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    async with with_reactions(database).begin() as session:
        created = await ensure_demo_shop(session)
    assert created is not None
    return created


async def test_has_every_product_in_every_language(database: Database, shop: Shop) -> None:
    async with database.read() as session:
        count = await session.fetch_value("SELECT count(*) FROM product_listing")
        slugs = await session.fetch_value("SELECT count(*) FROM slug WHERE kind = 'product'")
    assert count == 72
    assert slugs == 72 * len(LOCALES)


@pytest.mark.parametrize(
    ("locale", "slug", "name"),
    [
        ("en", "olive-wood-board", "Olive-wood board"),
        ("pl", "deska-z-drewna-oliwnego", "Deska z drewna oliwnego"),
        ("de", "brett-aus-olivenholz", "Brett aus Olivenholz"),
        ("it", "tagliere-in-legno-d-ulivo", "Tagliere in legno d’ulivo"),
    ],
)
async def test_shows_a_product(
    database: Database, shop: Shop, locale: Locale, slug: str, name: str
) -> None:
    async with database.read() as session:
        page = await queries.product_page(session, shop=shop, locale=locale, slug=slug)
    assert isinstance(page, ProductPage)
    assert page.name == name
    assert len(page.variants) == 3
    assert len(page.breadcrumb) == 2


async def test_can_deliver_and_be_paid(database: Database, shop: Shop) -> None:
    async with database.read() as session:
        methods = await shipping_methods(session, shop_id=shop.id, locale="pl", country="PL")
    assert [method.code for method in methods] == ["europe"]
    assert shop.bank_account is not None


async def test_tells_what_is_sold_out(database: Database, shop: Shop) -> None:
    async with database.read() as session:
        page = await queries.product_page(session, shop=shop, locale="en", slug="olive-wood-board")
    assert isinstance(page, ProductPage)
    assert page.variants[2].availability is Availability.LOW


async def test_leaves_a_database_with_a_shop_alone(own_database: Database) -> None:
    own = await make_shop(own_database)
    async with own_database.begin() as session:
        assert await ensure_demo_shop(session) is None
    async with own_database.read() as session:
        assert [shop.id for shop in await list_shops(session)] == [own.id]
        assert await session.fetch_value("SELECT count(*) FROM product") == 0


async def test_two_nodes_starting_at_once_make_one_shop(own_database: Database) -> None:
    async def start() -> Shop | None:
        async with own_database.begin() as session:
            return await ensure_demo_shop(session)

    shops = await asyncio.gather(start(), start(), start())
    assert sum(shop is not None for shop in shops) == 1
    async with own_database.read() as session:
        assert await session.fetch_value("SELECT count(*) FROM shop") == 1
        assert await session.fetch_value("SELECT count(*) FROM product") == 72


async def test_draws_what_is_missing_and_shows_it(
    database: Database, shop: Shop, tmp_path: Path
) -> None:
    blobs = LocalBlobStore(tmp_path)
    async with database.read() as session:
        waiting = await undrawn(session, shop_id=shop.id)
    progress = await draw_pictures(database, blobs, shop_id=shop.id, at_most=3)
    assert progress == Progress(drawn=3, left=len(waiting) - 3)
    async with database.read() as session:
        row = await session.fetch_one("SELECT * FROM picture WHERE id = $1", waiting[0][0])
        assert row is not None
        assert row["state"] == "stored"
        blob = await get_blob(session, blob_id=row["blob_id"])
    assert blob is not None
    image = Image.open(BytesIO(await blobs.load(blob.key)))
    assert image.size == (row["width"], row["height"])
    async with database.read() as session:
        assert await undrawn(session, shop_id=shop.id) == waiting[3:]


async def test_the_job_draws_a_batch_and_asks_for_the_next(
    own_database: Database, own_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch is one picture here, and only two wait."""
    async with own_database.begin() as session:
        shop = await ensure_demo_shop(session)
        assert shop is not None
        waiting = await undrawn(session, shop_id=shop.id)
        rest = [picture_id for picture_id, _ in waiting[2:]]
        await session.execute("UPDATE picture SET state = 'failed' WHERE id = ANY($1)", rest)
    monkeypatch.setattr(draw_pictures, "__kwdefaults__", {"at_most": 1})
    node = Node(Settings(database_url=own_database_url), own_database, LocalBlobStore(tmp_path))
    async with own_database.read() as session:
        before = await _waiting_jobs(session)
        await draw(node, {"shop_id": str(shop.id)})
        assert await _waiting_jobs(session) == before + 1
        await draw(node, {"shop_id": str(shop.id)})
        assert await _waiting_jobs(session) == before + 1
        assert await undrawn(session, shop_id=shop.id) == []


async def test_draws_nothing_where_it_is_not_wanted(own_database: Database) -> None:
    async with own_database.begin() as session:
        before = await _waiting_jobs(session)
        shop = await ensure_demo_shop(session, draws=False)
        assert shop is not None
        assert await undrawn(session, shop_id=shop.id) != []
        assert await _waiting_jobs(session) == before


async def _waiting_jobs(session: ReadSession) -> int:
    sql = "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1"
    return int(await session.fetch_value(sql, DRAW_JOB))


async def test_draws_first_what_the_home_page_shows(own_database: Database) -> None:
    async with own_database.begin() as session:
        shop = await ensure_demo_shop(session)
        assert shop is not None
        waiting = [address for _, address in await undrawn(session, shop_id=shop.id)]
    scenes = {"drawing:hero", "drawing:emblem", "drawing:wordmark"}
    own = len(scenes) + len(assortment().categories)
    assert scenes <= set(waiting[:own])
    featured = [
        planned_pictures(assortment(), product)[0].sketch.address
        for product in assortment().products
        if product.is_featured
    ]
    shown_already = set(waiting[:own])
    expected = [address for address in featured if address not in shown_already]
    assert waiting[own : own + len(expected)] == expected
