"""Shopify's product CSV."""

from pathlib import Path

from stoa.commerce.catalogue.schemas import PictureRecord, StockRecord
from tests.commerce.catalogue.importing.files import (
    SHOPIFY,
    SHOPIFY_NEW,
    codes,
    line_of,
    read,
    records,
    write,
)


def row(**values: str) -> str:
    names = {
        "handle": "Handle", "title": "Title", "body": "Body (HTML)", "vendor": "Vendor",
        "type": "Type", "o1": "Option1 Name", "v1": "Option1 Value", "o2": "Option2 Name",
        "v2": "Option2 Value", "sku": "Variant SKU", "grams": "Variant Grams",
        "tracker": "Variant Inventory Tracker", "qty": "Variant Inventory Qty",
        "policy": "Variant Inventory Policy", "price": "Variant Price",
        "compare": "Variant Compare At Price", "barcode": "Variant Barcode", "img": "Image Src",
        "position": "Image Position", "alt": "Image Alt Text", "vimg": "Variant Image",
        "status": "Status", "published": "Published", "taxable": "Variant Taxable",
    }  # fmt: skip
    return line_of(SHOPIFY, {names[name]: value for name, value in values.items()})


def test_reads_a_product_with_two_options(tmp_path: Path) -> None:
    path = write(
        tmp_path / "products_export.csv",
        [
            SHOPIFY,
            row(handle="shirt", title="Hemd", body="<p>Leinen</p>\n<p>Weich</p>", vendor="Nord",
                type="Hemden", o1="Farbe", v1="Rot", o2="Größe", v2="M", sku="S-R-M", grams="250",
                tracker="shopify", qty="5", policy="deny", price="49.90", compare="59.90",
                barcode="'4006381333931", img="https://cdn.example/b.jpg", position="2",
                alt="Von hinten", status="active", published="true", taxable="true"),
            row(handle="shirt", v1="Blau", v2="M", sku="S-B-M", tracker="shopify", qty="-2",
                policy="continue", price="49.90", img="https://cdn.example/a.jpg", position="1",
                vimg="https://cdn.example/a.jpg"),
            row(handle="shirt", img="https://cdn.example/c.jpg", position="3"),
        ],
    )  # fmt: skip
    (shirt,) = records(path)
    assert shirt.external_id == "shopify:shirt"
    assert shirt.names == {"de": "Hemd"}
    assert [option.code for option in shirt.options] == ["farbe", "groesse"]
    assert [value.code for value in shirt.options[0].values] == ["rot", "blau"]
    red, blue = shirt.variants
    assert red.option_values == {"farbe": "rot", "groesse": "m"}
    assert (red.price_minor, red.compare_price_minor, red.weight_grams) == (4990, 5990, 250)
    assert red.gtin == "4006381333931"
    assert red.stock == StockRecord(on_hand=5)
    assert blue.stock == StockRecord(on_hand=-2, allows_backorder=True)
    assert shirt.pictures == (
        PictureRecord("https://cdn.example/a.jpg"),
        PictureRecord("https://cdn.example/b.jpg", alts={"de": "Von hinten"}),
        PictureRecord("https://cdn.example/c.jpg"),
    )
    assert blue.picture == 0
    assert shirt.categories == ("path:hemden",)


def test_reads_the_newer_column_names(tmp_path: Path) -> None:
    path = write(
        tmp_path / "products.csv",
        [
            SHOPIFY_NEW,
            line_of(
                SHOPIFY_NEW,
                {
                    "Title": "Tasse", "URL handle": "mug", "Price": "9.5", "SKU": "MUG",
                    "Option1 name": "Title", "Option1 value": "Default Title",
                    "Inventory tracker": "shopify", "Inventory quantity": "4",
                    "Continue selling when out of stock": "DENY",
                    "Weight value (grams)": "300", "Charge tax": "FALSE", "Status": "Draft",
                    "Product category": "Home & Garden > Kitchen > Mugs",
                    "Color (product.metafields.shopify.color-pattern)": "white; blue",
                },
            ),
        ],
    )  # fmt: skip
    (mug,) = records(path)
    assert mug.options == ()
    assert mug.variants[0].option_values == {}
    assert mug.variants[0].price_minor == 950
    assert mug.variants[0].stock == StockRecord(on_hand=4)
    assert (mug.vat_category, mug.is_visible) == ("zero", False)
    assert [value.code for value in mug.attributes[0].values] == ["white", "blue"]
    assert mug.categories == ("path:home & garden > kitchen > mugs",)


def test_a_variant_without_a_sku_gets_the_same_one_each_time(tmp_path: Path) -> None:
    path = write(
        tmp_path / "p.csv",
        [SHOPIFY, row(handle="tee", title="Tee", o1="Größe", v1="XL", price="10")],
    )
    assert [record.variants[0].sku for record in records(path)] == ["tee-xl"]


def test_bad_rows_are_named_and_good_rows_go_in(tmp_path: Path) -> None:
    path = write(
        tmp_path / "p.csv",
        [
            SHOPIFY,
            row(handle="a", title="A", o1="Farbe", v1="Rot", sku="A1", price="10"),
            row(handle="a", v1="Blau", sku="A2"),
            row(handle="a", v1="Gelb", sku="A3", price="zehn"),
            row(handle="a", v1="Rosa", v2="XL", sku="A4", price="10"),
            row(handle="a", sku="A5", price="10"),
            row(handle="a", v1="Rot", sku="A6", price="10"),
            row(handle="b", title="B", sku="A1", price="10"),
            row(title="Nameless", price="10"),
            row(handle="c", price="10", sku="C"),
            row(handle="d", title="D", price="10 USD", sku="D"),
            row(handle="e", title="E" * 501, price="10", sku="E"),
            row(handle="f", title="F", price="10", sku="F", compare="5", qty="viele",
                tracker="x", img="ftp://cdn.example/x.png"),
        ],
    )  # fmt: skip
    drafts, problems = read(path)
    assert codes([problem for problem in problems if problem.is_error]) == [
        (9, "import.missing_id"),
        (3, "import.missing_price"),
        (4, "import.bad_price"),
        (5, "import.unknown_option"),
        (6, "import.missing_option"),
        (7, "import.duplicate_variant"),
        (8, "import.duplicate_sku"),
        (10, "import.missing_title"),
        (11, "import.other_currency"),
        (12, "import.too_long"),
    ]
    assert codes([problem for problem in problems if not problem.is_error]) == [
        (13, "import.bad_compare_price"),
        (13, "import.bad_number"),
        (13, "import.bad_picture_address"),
    ]
    good = [draft.record.external_id for draft in drafts if draft.record]
    assert good == ["shopify:a", "shopify:f"]
    first = drafts[0].record
    assert first is not None
    assert [variant.sku for variant in first.variants] == ["A1"]


def test_variants_need_not_stand_together(tmp_path: Path) -> None:
    path = write(
        tmp_path / "p.csv",
        [
            SHOPIFY,
            row(handle="a", title="A", o1="Farbe", v1="Rot", sku="A1", price="10"),
            row(handle="b", title="B", sku="B1", price="10"),
            row(handle="a", v1="Blau", sku="A2", price="10"),
        ],
    )
    first, second = records(path)
    assert [variant.sku for variant in first.variants] == ["A1", "A2"]
    assert second.external_id == "shopify:b"
