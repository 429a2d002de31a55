"""What is exported comes back as it was."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from stoa.commerce.catalogue.models import ImportCounts, ImportRun
from stoa.commerce.catalogue.queries import export_rows
from stoa.commerce.catalogue.service import create_import, perform_import
from stoa.commerce.catalogue.service.editing import ProductEdit, edit_product
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from tests.commerce.catalogue.importing.files import SHOPIFY_NEW, line_of, write
from tests.factories.shops import make_shop, with_reactions

COLOUR = "Color (product.metafields.shopify.color-pattern)"


@pytest.fixture(scope="module")
async def wired(database: Database) -> Database:
    return with_reactions(database)


def shirt(**values: str) -> str:
    return line_of(SHOPIFY_NEW, {"URL handle": "shirt", **values})


FILE = [
    SHOPIFY_NEW,
    shirt(**{
        "Title": "Hemd; weiß", "Description": "<p>Leinen, <b>weich</b></p>", "Vendor": "Nord",
        "Type": "Hemden, kurz", "SKU": "S-M", "Barcode": "4006381333931", "Option1 name": "Größe",
        "Option1 value": "M", "Price": "49.90", "Compare-at price": "59.90",
        "Inventory tracker": "shopify", "Inventory quantity": "5",
        "Continue selling when out of stock": "deny", "Weight value (grams)": "250",
        "Product image URL": "https://cdn.example/a.jpg", "Image position": "1",
        "Image alt text": "Von vorn", COLOUR: "weiß; grau", "Status": "Active",
    }),
    shirt(**{
        "SKU": "S-L", "Option1 value": "L", "Price": "50", "Inventory tracker": "shopify",
        "Inventory quantity": "0", "Continue selling when out of stock": "continue",
        "Product image URL": "https://cdn.example/b.jpg", "Image position": "2",
        "Variant image URL": "https://cdn.example/b.jpg",
    }),
    line_of(SHOPIFY_NEW, {"URL handle": "mug", "Title": "Tasse", "Price": "9", "SKU": "MUG",
                          "Charge tax": "FALSE", "Status": "Draft"}),
]  # fmt: skip


async def bring_in(database: Database, shop: Shop, path: Path) -> ImportRun:
    async with database.begin() as session:
        run = await create_import(
            session, shop_id=shop.id, file_name=path.name, is_dry_run=False, total_bytes=0
        )
    return await perform_import(database, run_id=run.id, path=path)


async def export(database: Database, shop: Shop, path: Path) -> Path:
    rows = [row async for row in export_rows(database, shop=shop, base_url="https://shop.example")]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


async def content(database: Database, shop: Shop) -> Sequence[object]:
    """Everything a customer could tell one catalogue from another by."""
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT p.external_id, p.names, p.descriptions, p.brand, p.vat_category, p.options,"
            " p.is_visible, v.sku, v.gtin, v.option_values, v.price_minor, v.compare_price_minor,"
            " v.weight_grams, s.on_hand, s.is_tracked, s.allows_backorder,"
            " (SELECT jsonb_agg(jsonb_build_array(i.source_url, pp.alts) ORDER BY pp.position)"
            "  FROM product_picture pp JOIN picture i ON i.id = pp.picture_id"
            "  WHERE pp.product_id = p.id) AS pictures,"
            " (SELECT i.source_url FROM picture i WHERE i.id = v.picture_id) AS picture,"
            " (SELECT jsonb_agg(jsonb_build_array(a.names, a.value_names) ORDER BY a.value_code)"
            "  FROM product_attribute a WHERE a.product_id = p.id) AS attributes,"
            " (SELECT jsonb_agg(c.external_id) FROM product_category pc JOIN category c"
            "  ON c.id = pc.category_id WHERE pc.product_id = p.id) AS categories"
            " FROM product p JOIN variant v ON v.product_id = p.id"
            " JOIN stock s ON s.variant_id = v.id WHERE p.shop_id = $1 ORDER BY v.sku",
            shop.id,
        )
    return [dict(row) for row in rows]


async def test_an_export_makes_the_same_catalogue_in_another_shop(
    wired: Database, tmp_path: Path
) -> None:
    first, second = await make_shop(wired), await make_shop(wired)
    assert (await bring_in(wired, first, write(tmp_path / "p.csv", FILE))).counts.created == 2
    async with wired.begin() as session:
        product_id = await session.fetch_value(
            "SELECT id FROM product WHERE shop_id = $1 AND external_id = 'shopify:shirt'", first.id
        )
        edit = ProductEdit(names={"de": "Hemd; weiß", "pl": "Koszula"})
        await edit_product(session, shop=first, product_id=product_id, version=1, edit=edit)
    path = await export(wired, first, tmp_path / "export.csv")
    ended = await bring_in(wired, second, path)
    assert ended.counts == ImportCounts(products=2, created=2)
    assert await content(wired, second) == await content(wired, first)


async def test_an_export_into_its_own_shop_changes_nothing_that_shows(
    wired: Database, tmp_path: Path
) -> None:
    shop = await make_shop(wired)
    await bring_in(wired, shop, write(tmp_path / "p.csv", FILE))
    before = await content(wired, shop)
    path = await export(wired, shop, tmp_path / "export.csv")
    ended = await bring_in(wired, shop, path)
    assert (ended.counts.created, ended.counts.refused, ended.counts.errors) == (0, 0, 0)
    assert await content(wired, shop) == before
    again = await bring_in(wired, shop, await export(wired, shop, tmp_path / "again.csv"))
    assert again.counts == ImportCounts(products=2, unchanged=2)
