"""WooCommerce's product CSV."""

from pathlib import Path

import pytest

from stoa.commerce.catalogue.schemas import StockRecord
from tests.commerce.catalogue.importing.files import (
    WOOCOMMERCE,
    WOOCOMMERCE_ITALIAN,
    codes,
    line_of,
    read,
    records,
    write,
)


def row(**values: str) -> str:
    names = {
        "id": "ID", "type": "Type", "sku": "SKU", "gtin": "GTIN, UPC, EAN, or ISBN",
        "name": "Name", "published": "Published", "featured": "Is featured?",
        "description": "Description", "in_stock": "In stock?", "stock": "Stock",
        "backorders": "Backorders allowed?", "weight": "Weight (kg)", "sale": "Sale price",
        "sale_to": "Date sale price ends", "price": "Regular price", "categories": "Categories",
        "images": "Images", "parent": "Parent", "a1": "Attribute 1 name",
        "v1": "Attribute 1 value(s)", "a2": "Attribute 2 name", "v2": "Attribute 2 value(s)",
        "tax": "Tax class", "brand": "Brands",
    }  # fmt: skip
    return line_of(WOOCOMMERCE, {names[name]: value for name, value in values.items()})


def test_reads_a_variable_product_by_sku_and_by_id(tmp_path: Path) -> None:
    path = write(
        tmp_path / "wc-product-export.csv",
        [
            WOOCOMMERCE,
            row(id="44", type="variable", sku="tee", name="Tee", published="1", featured="1",
                description="Weich", categories="Mode > Shirts, Sale", weight="0,5",
                images="https://s.example/1.jpg, https://s.example/2.jpg",
                a1="Farbe", v1="Rot, Blau", a2="Pflege", v2="30°\\, schonend", brand="Nord",
                tax="reduced-rate"),
            row(id="45", type="simple", sku="cap", name="Cap", published="1", price="12,50",
                sale="10,00", in_stock="1"),
            row(id="46", type="variation", sku="tee-r", parent="tee", price="20", a1="Farbe",
                v1="Rot", stock="3", in_stock="1", images="https://s.example/r.jpg"),
            row(id="47", type="variation", parent="id:44", price="21", a1="Farbe", v1="Blau",
                stock="0", in_stock="0", backorders="notify"),
        ],
    )  # fmt: skip
    tee, cap = records(path)
    assert tee.external_id == "woocommerce:44"
    assert tee.vat_category == "reduced"
    assert tee.categories == ("path:mode > shirts", "path:sale")
    assert [option.code for option in tee.options] == ["farbe"]
    assert tee.attributes[0].values[0].names == {"de": "30°, schonend"}
    red, blue = tee.variants
    assert (red.sku, blue.sku) == ("tee-r", "wc-47")
    assert (red.price_minor, red.weight_grams, red.picture) == (2000, 500, 2)
    assert red.stock == StockRecord(on_hand=3)
    assert blue.stock == StockRecord(on_hand=0, allows_backorder=True)
    assert (cap.variants[0].price_minor, cap.variants[0].compare_price_minor) == (1000, 1250)
    assert cap.variants[0].stock == StockRecord(is_tracked=False)


def test_reads_a_header_in_another_language_by_its_order(tmp_path: Path) -> None:
    values = {
        "ID": "7", "Tipo": "variable", "COD": "sedia", "Nome": "Sedia", "Pubblicato": "1",
        "Categorie": "Casa", "Attributo 1 nome": "Colore",
        "Attributo 1 valuta(e)": "Rosso, Blu",
    }  # fmt: skip
    variation = {
        "ID": "8", "Tipo": "variation", "COD": "sedia-r", "Genitore": "sedia",
        "Prezzo di listino": "99,00", "Peso (kg)": "4", "Attributo 1 nome": "Colore",
        "Attributo 1 valuta(e)": "Rosso", "In stock?": "1",
    }  # fmt: skip
    path = write(
        tmp_path / "p.csv",
        [
            WOOCOMMERCE_ITALIAN,
            line_of(WOOCOMMERCE_ITALIAN, values),
            line_of(WOOCOMMERCE_ITALIAN, variation),
        ],
    )
    (chair,) = records(path)
    assert chair.categories == ("path:casa",)
    assert chair.variants[0].price_minor == 9900
    assert chair.variants[0].weight_grams == 4000
    assert chair.variants[0].option_values == {"colore": "rosso"}


@pytest.mark.parametrize(("ends", "price"), [("2026-11-20", 2000), ("2026-11-21", 1500)])
def test_a_sale_that_is_over_is_no_sale(tmp_path: Path, ends: str, price: int) -> None:
    path = write(
        tmp_path / "p.csv",
        [
            WOOCOMMERCE,
            row(id="1", type="simple", sku="a", name="A", price="20", sale="15", sale_to=ends),
        ],
    )
    assert records(path)[0].variants[0].price_minor == price


def test_bad_rows_are_named_and_good_rows_go_in(tmp_path: Path) -> None:
    path = write(
        tmp_path / "p.csv",
        [
            WOOCOMMERCE,
            row(id="1", type="variable", sku="a", name="A", a1="Farbe", v1="Rot, Blau"),
            row(id="2", type="variation", parent="a", price="5", a1="Farbe", v1="Rot"),
            row(id="3", type="variation", parent="a", price="5", a1="Farbe", v1="Lila"),
            row(id="4", type="variation", parent="a", a1="Farbe", v1="Blau"),
            row(id="5", type="variation", parent="a", price="5"),
            row(id="6", type="variation", parent="nowhere", price="5"),
            row(id="7", type="grouped", sku="g", name="G"),
            row(id="8", type="variable", sku="e", name="E"),
            row(type="simple", name="Nobody", price="1"),
            row(id="1", type="simple", sku="a", name="A again", price="5"),
        ],
    )
    drafts, problems = read(path)
    assert sorted(codes(problems)) == [
        (4, "import.unknown_option"),
        (5, "import.missing_price"),
        (6, "import.missing_option"),
        (7, "import.unknown_parent"),
        (8, "import.unsupported_type"),
        (9, "import.no_variants"),
        (10, "import.missing_id"),
        (11, "import.duplicate_product"),
    ]
    assert [draft.record.external_id for draft in drafts if draft.record] == ["woocommerce:1"]
