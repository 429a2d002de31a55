"""What readers of the catalogue see."""

import pytest

from stoa.commerce.catalogue import queries
from stoa.commerce.catalogue.errors import NoSuchCategory, NoSuchProduct
from stoa.commerce.catalogue.models import CategoryPage, ListingFilters, Moved, ProductPage, Sort
from stoa.commerce.catalogue.service import upsert_categories, upsert_products
from stoa.commerce.inventory.models import Availability
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from stoa.platform.errors import InvalidInput
from tests.factories.catalogue import category, product, variant
from tests.factories.shops import make_shop


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    """Chairs below furniture, and lamps; five products, one hidden."""
    shop = await make_shop(database)
    async with database.begin() as session:
        await upsert_categories(
            session,
            shop=shop,
            records=[
                category("chairs", parent="furniture"),
                category("furniture", position=1),
                category("lamps", position=2),
            ],
        )
    records = [
        product(
            "armchair",
            variants=[
                variant("A-R", 9900, colour="red", compare_price_minor=12900),
                variant("A-B", 10900, colour="blue", on_hand=0),
            ],
            categories=["chairs"],
            material="oak",
            position=1,
        ),
        product(
            "stool", variants=[variant("S-R", 4900, colour="red", on_hand=3)],
            categories=["chairs"], material="beech", position=2,
        ),
        product("table", variants=[variant("T", 29900, on_hand=0)], categories=["furniture"],
                material="oak", position=3),
        product("lamp", categories=["lamps"], is_featured=True),
        product("secret", categories=["chairs"], is_visible=False),
    ]  # fmt: skip
    async with database.begin() as session:
        counts = await upsert_products(session, shop=shop, records=records)
    assert counts.created == 5
    return shop


async def page(
    database: Database, shop: Shop, *, sort: Sort = Sort.RECOMMENDED, **filters: object
) -> CategoryPage:
    async with database.read() as session:
        found = await queries.category_page(
            session,
            shop=shop,
            locale="de",
            slug="furniture",
            filters=ListingFilters(**filters),  # type: ignore[arg-type] # keywords of this test
            sort=sort,
        )
    assert isinstance(found, CategoryPage)
    return found


def names(found: CategoryPage) -> list[str]:
    return [card.name for card in found.listing.cards]


async def test_shows_the_tree_with_the_products_of_the_categories_below(
    database: Database, shop: Shop
) -> None:
    async with database.read() as session:
        tree = await queries.category_tree(session, shop=shop, locale="en")
    assert [(node.name, node.product_count) for node in tree] == [
        ("Furniture (en)", 3),
        ("Lamps (en)", 1),
    ]
    assert [node.slug for node in tree[0].children] == ["chairs-en"]


async def test_lists_a_category_with_what_is_below_it(database: Database, shop: Shop) -> None:
    found = await page(database, shop)
    assert names(found) == ["Ding armchair", "Ding stool", "Ding table"]
    armchair = found.listing.cards[0]
    assert (armchair.price.minor, armchair.has_price_range) == (9900, True)
    assert armchair.compare_price is not None
    assert armchair.compare_price.minor == 12900
    assert armchair.only_variant_id is None
    assert found.listing.cards[1].only_variant_id is not None
    assert (found.listing.total, found.listing.available_total) == (3, 2)
    assert found.listing.price_max is not None
    assert found.listing.price_max.minor == 29900


async def test_counts_what_each_filter_would_leave(database: Database, shop: Shop) -> None:
    found = await page(database, shop, values={"material": ("oak",)})
    assert names(found) == ["Ding armchair", "Ding table"]
    counts = {
        facet.code: {value.code: (value.count, value.is_selected) for value in facet.values}
        for facet in found.listing.facets
    }
    assert counts["material"] == {"oak": (2, True), "beech": (1, False)}
    assert counts["colour"] == {"red": (1, False), "blue": (1, False)}
    assert [facet.name for facet in found.listing.facets] == ["Farbe", "Material"]


async def test_filters_by_price_and_stock(database: Database, shop: Shop) -> None:
    assert names(await page(database, shop, price_max_minor=9900)) == [
        "Ding armchair",
        "Ding stool",
    ]
    assert names(await page(database, shop, price_min_minor=10000)) == [
        "Ding armchair",
        "Ding table",
    ]
    assert names(await page(database, shop, only_available=True)) == ["Ding armchair", "Ding stool"]


@pytest.mark.parametrize("sort", list(Sort))
async def test_pages_through_everything_once(database: Database, shop: Shop, sort: Sort) -> None:
    whole = names(await page(database, shop, sort=sort))
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        async with database.read() as session:
            found = await queries.category_page(
                session, shop=shop, locale="de", slug="furniture", sort=sort, cursor=cursor, limit=1
            )
        assert isinstance(found, CategoryPage)
        seen += names(found)
        cursor = found.listing.next
    assert cursor is None
    assert seen == whole


async def test_sorts_by_price(database: Database, shop: Shop) -> None:
    assert names(await page(database, shop, sort=Sort.PRICE_UP))[0] == "Ding stool"
    assert names(await page(database, shop, sort=Sort.PRICE_DOWN))[0] == "Ding table"


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMiwieCJd", "WyJhIiwxLDFd"])
async def test_refuses_a_cursor_it_did_not_make(
    database: Database, shop: Shop, cursor: str
) -> None:
    async with database.read() as session:
        with pytest.raises(InvalidInput):
            await queries.category_page(
                session, shop=shop, locale="de", slug="furniture", cursor=cursor
            )


async def test_shows_a_product_with_its_choices(database: Database, shop: Shop) -> None:
    async with database.read() as session:
        found = await queries.product_page(session, shop=shop, locale="pl", slug="ding-armchair")
    assert isinstance(found, ProductPage)
    assert found.name == "Ding armchair"  # no Polish name: the shop's default language
    assert [value.name for value in found.options[0].values] == ["Czerwony", "Niebieski"]
    assert [v.availability for v in found.variants] == [
        Availability.IN_STOCK,
        Availability.SOLD_OUT,
    ]
    assert [link.slug for link in found.breadcrumb] == ["furniture", "chairs"]
    assert found.attributes[0].values[0].name == "Oak"
    assert set(found.slugs) == {"de", "en", "pl", "it", "el"}


async def test_hides_what_is_not_visible(database: Database, shop: Shop) -> None:
    async with database.read() as session:
        with pytest.raises(NoSuchProduct):
            await queries.product_page(session, shop=shop, locale="de", slug="ding-secret")
        with pytest.raises(NoSuchCategory):
            await queries.category_page(session, shop=shop, locale="de", slug="nothing")


async def test_leads_from_an_old_slug_to_the_new(database: Database, shop: Shop) -> None:
    async with database.begin() as session:
        await upsert_products(session, shop=shop, records=[product("renamed")])
    async with database.begin() as session:
        await upsert_products(
            session, shop=shop, records=[product("renamed", names={"de": "Neuer Name"})]
        )
    async with database.read() as session:
        found = await queries.product_page(session, shop=shop, locale="de", slug="ding-renamed")
        assert found == Moved("neuer-name")
        page = await queries.product_page(session, shop=shop, locale="de", slug="neuer-name")
    assert isinstance(page, ProductPage)
    async with database.begin() as session:
        hidden = product("renamed", names={"de": "Neuer Name"}, is_visible=False)
        await upsert_products(session, shop=shop, records=[hidden])


async def test_leads_from_an_old_category_slug_to_the_new(database: Database, shop: Shop) -> None:
    async with database.begin() as session:
        await upsert_categories(session, shop=shop, records=[category("rugs")])
    renamed = category("rugs")
    async with database.begin() as session:
        await upsert_categories(
            session,
            shop=shop,
            records=[type(renamed)(external_id="rugs", names={"de": "Teppiche"}, is_visible=True)],
        )
    async with database.read() as session:
        found = await queries.category_page(session, shop=shop, locale="de", slug="rugs")
    assert found == Moved("teppiche")


async def test_puts_forward_and_relates(database: Database, shop: Shop) -> None:
    async with database.read() as session:
        first = await queries.featured(session, shop=shop, locale="de", limit=2)
        assert first[0].name == "Ding lamp"
        armchair = await queries.product_page(session, shop=shop, locale="de", slug="ding-armchair")
        assert isinstance(armchair, ProductPage)
        others = await queries.related(session, shop=shop, locale="de", product_id=armchair.id)
        assert [card.name for card in others] == ["Ding stool", "Ding table"]
        ids = [card.id for card in reversed(others)]
        cards = await queries.cards_by_ids(session, shop=shop, locale="de", product_ids=ids)
        assert [card.id for card in cards] == ids


async def test_lists_every_address_for_search_engines(database: Database, shop: Shop) -> None:
    async with database.read() as session:
        entries = await queries.sitemap_entries(session, shop=shop)
    slugs = {(entry.kind, entry.slugs["de"]) for entry in entries}
    assert {("category", "chairs"), ("product", "ding-lamp")} <= slugs
    assert ("product", "ding-secret") not in slugs
