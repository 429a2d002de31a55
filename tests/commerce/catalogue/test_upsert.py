"""Records become products, once."""

from dataclasses import replace

import pytest

from stoa.commerce.catalogue import queries
from stoa.commerce.catalogue.errors import SkuTaken, UnknownParent
from stoa.commerce.catalogue.models import ProductPage
from stoa.commerce.catalogue.schemas import UpsertCounts
from stoa.commerce.catalogue.service import upsert_categories, upsert_products
from stoa.commerce.catalogue.service.editing import ProductEdit, edit_product
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from tests.factories.catalogue import category, product, variant
from tests.factories.shops import make_shop


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    return await make_shop(database)


async def fingerprint(database: Database) -> list[object]:
    """Everything the catalogue holds, row versions included."""
    async with database.read() as session:
        tables = ("product", "variant", "stock", "slug", "product_listing", "product_attribute",
                  "product_category", "facet_label", "category", "event")  # fmt: skip
        return [
            await session.fetch_value(
                f"SELECT md5(string_agg(t.ctid::text || t.xmin::text, ',' ORDER BY t.ctid))"
                f" FROM {table} t"
            )
            for table in tables
        ]


async def test_the_same_records_twice_change_nothing(database: Database, shop: Shop) -> None:
    categories = [category("one"), category("two", parent="one")]
    records = [
        product(f"same-{n}", categories=["two"], material="oak", variants=[
            variant(f"same-{n}-r", colour="red"), variant(f"same-{n}-b", colour="blue")])
        for n in range(5)
    ]  # fmt: skip
    async with database.begin() as session:
        await upsert_categories(session, shop=shop, records=categories)
        counts = await upsert_products(session, shop=shop, records=records)
    assert counts == UpsertCounts(created=5)
    before = await fingerprint(database)
    async with database.begin() as session:
        again = await upsert_categories(session, shop=shop, records=categories)
        assert again == UpsertCounts(unchanged=2)
        counts = await upsert_products(session, shop=shop, records=records)
    assert counts == UpsertCounts(unchanged=5)
    assert await fingerprint(database) == before


async def test_takes_only_what_changed(database: Database, shop: Shop) -> None:
    first, second = product("c-1"), product("c-2")
    async with database.begin() as session:
        await upsert_products(session, shop=shop, records=[first, second])
    dearer = replace(second, variants=(variant("c-2-1", 2500),))
    async with database.begin() as session:
        counts = await upsert_products(session, shop=shop, records=[first, dearer])
    assert counts == UpsertCounts(changed=1, unchanged=1)
    async with database.read() as session:
        page = await queries.product_page(session, shop=shop, locale="de", slug="ding-c-2")
    assert isinstance(page, ProductPage)
    assert page.variants[0].price.minor == 2500
    assert page.version == 2


async def test_keeps_texts_in_languages_the_records_do_not_have(
    database: Database, shop: Shop
) -> None:
    german = product("translated", names={"de": "Sessel"}, descriptions={"de": "Weich"})
    async with database.begin() as session:
        await upsert_products(session, shop=shop, records=[german])
        product_id = await session.fetch_value(
            "SELECT id FROM product WHERE external_id = 'translated'"
        )
    async with database.begin() as session:
        edit = ProductEdit(names={"de": "Sessel", "en": "Armchair"})
        await edit_product(session, shop=shop, product_id=product_id, version=1, edit=edit)
    dearer = replace(german, variants=(variant("translated-1", 3000),), slugs={"de": "sessel"})
    async with database.begin() as session:
        await upsert_products(session, shop=shop, records=[dearer])
    async with database.read() as session:
        page = await queries.product_page(session, shop=shop, locale="en", slug="armchair")
    assert isinstance(page, ProductPage)
    assert (page.name, page.slugs["de"], page.variants[0].price.minor) == (
        "Armchair", "sessel", 3000,
    )  # fmt: skip


async def test_a_variant_left_out_is_no_longer_sold(database: Database, shop: Shop) -> None:
    both = product("less", variants=[variant("less-a"), variant("less-b", colour="red")])
    async with database.begin() as session:
        await upsert_products(session, shop=shop, records=[both])
    async with database.begin() as session:
        await upsert_products(
            session, shop=shop, records=[product("less", variants=[variant("less-a")])]
        )
    async with database.read() as session:
        page = await queries.product_page(session, shop=shop, locale="de", slug="ding-less")
        kept = await session.fetch_value("SELECT count(*) FROM variant WHERE sku = 'less-b'")
    assert isinstance(page, ProductPage)
    assert [v.sku for v in page.variants] == ["less-a"]
    assert kept == 1


async def test_refuses_a_sku_of_another_product(database: Database, shop: Shop) -> None:
    async with database.begin() as session:
        await upsert_products(session, shop=shop, records=[product("owner")])
    before = await fingerprint(database)
    thief = product("thief", variants=[variant("owner-1")])
    with pytest.raises(SkuTaken):
        async with database.begin() as session:
            await upsert_products(session, shop=shop, records=[thief])
    assert await fingerprint(database) == before


async def test_gives_two_products_of_one_name_two_addresses(database: Database, shop: Shop) -> None:
    twins = [product(f"twin-{n}", names={"de": "Zwilling"}) for n in range(2)]
    async with database.begin() as session:
        await upsert_products(session, shop=shop, records=twins)
    async with database.read() as session:
        slugs = await session.fetch(
            "SELECT slug FROM slug s JOIN product p ON p.id = s.product_id"
            " WHERE p.external_id LIKE 'twin-%' AND locale = 'de'"
        )
    found = sorted(row["slug"] for row in slugs)
    assert found[0] == "zwilling"
    assert found[1].startswith("zwilling-")


@pytest.mark.parametrize("parent", ["nowhere", "loop-b"])
async def test_refuses_a_parent_that_cannot_be(database: Database, shop: Shop, parent: str) -> None:
    before = await fingerprint(database)
    records = [category("loop-a", parent=parent)]
    if parent == "loop-b":
        records.append(category("loop-b", parent="loop-a"))
    with pytest.raises(UnknownParent):
        async with database.begin() as session:
            await upsert_categories(session, shop=shop, records=records)
    assert await fingerprint(database) == before


async def test_a_moved_category_takes_its_products_along(database: Database, shop: Shop) -> None:
    async with database.begin() as session:
        await upsert_categories(
            session,
            shop=shop,
            records=[category("old-home"), category("new-home"), category("m", parent="old-home")],
        )
        await upsert_products(session, shop=shop, records=[product("mover", categories=["m"])])
    async with database.begin() as session:
        await upsert_categories(session, shop=shop, records=[category("m", parent="new-home")])
    async with database.read() as session:
        tree = await queries.category_tree(session, shop=shop, locale="de")
    counts = {node.slug: node.product_count for node in tree}
    assert (counts["old-home"], counts["new-home"]) == (0, 1)
