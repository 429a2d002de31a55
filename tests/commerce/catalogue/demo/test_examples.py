"""Example files for the importer."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from defusedxml import ElementTree

from stoa.commerce.catalogue.demo.assortment import assortment, product_records
from stoa.commerce.catalogue.demo.examples import write_examples
from stoa.commerce.catalogue.schemas import VariantRecord
from tests.commerce.catalogue.importing.files import TARGET, read

G = "{http://base.google.com/ns/1.0}"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {path.name: path for path in write_examples(tmp_path_factory.mktemp("examples"))}


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_shopify_groups_variants_under_their_handle(files: dict[str, Path]) -> None:
    found = rows(files["shopify.csv"])
    assert len({row["Handle"] for row in found}) == 20
    titled = [row for row in found if row["Title"]]
    assert len(titled) == 20
    casserole = [row for row in found if row["Handle"] == "enamelled-casserole"]
    assert casserole[0]["Option1 Name"] == "Colour"
    assert casserole[0]["Option2 Value"] == "20 cm"
    assert casserole[0]["Variant Price"] == "99.00"
    assert len([row for row in casserole if row["Variant SKU"]]) == 12
    assert len([row for row in casserole if row["Image Src"]]) == 5


def test_woocommerce_has_parents_and_variations(files: dict[str, Path]) -> None:
    found = rows(files["woocommerce.csv"])
    parents = {row["SKU"] for row in found if row["Type"] == "variable"}
    variations = [row for row in found if row["Type"] == "variation"]
    assert {row["Parent"] for row in variations} == parents
    assert any(row["Type"] == "simple" for row in found)
    casserole = next(row for row in found if row["SKU"] == "MEL-101")
    assert casserole["Attribute 1 value(s)"] == "Terracotta, Aegean blue, Olive green, Ivory"
    assert casserole["Categories"] == "Kitchen and table > Pots and pans"
    assert {row["Weight (kg)"] for row in variations if row["Parent"] == "MEL-101"} == {
        "3.400",
        "4.600",
        "5.900",
    }


def test_google_has_the_same_items_as_table_and_as_feed(files: dict[str, Path]) -> None:
    table = rows(files["google-merchant.tsv"], delimiter="\t")
    feed = ElementTree.parse(files["google-merchant.xml"]).getroot()
    assert feed is not None
    items = feed.findall("channel/item")
    assert [item.findtext(f"{G}id") for item in items] == [row["id"] for row in table]
    assert [item.findtext(f"{G}price") for item in items] == [row["price"] for row in table]
    assert {row["availability"] for row in table} >= {"in_stock", "out_of_stock"}
    assert all(
        len(item.findall(f"{G}additional_image_link"))
        == len([link for link in row["additional_image_link"].split(",") if link])
        for item, row in zip(items, table, strict=True)
    )


def test_writes_as_many_products_as_asked_in_the_language_asked(tmp_path: Path) -> None:
    found = rows(write_examples(tmp_path, count=5, locale="pl")[0])
    assert len({row["Handle"] for row in found}) == 5
    assert found[0]["Title"] == "Garnek żeliwny emaliowany"


@pytest.mark.parametrize(
    "name", ["shopify.csv", "woocommerce.csv", "google-merchant.tsv", "google-merchant.xml"]
)
def test_the_importer_reads_back_every_product_and_variant(tmp_path: Path, name: str) -> None:
    """Google's feed knows no quantities and one size only, the other formats know all of it."""
    whole = {path.name: path for path in write_examples(tmp_path, count=len(assortment().products))}
    drafts, problems = read(whole[name], target=replace(TARGET, locale="en"))
    assert problems == []
    found = [draft.record for draft in drafts if draft.record is not None]
    written = product_records(assortment())
    assert [record.names["en"] for record in found] == [record.names["en"] for record in written]

    def told(variant: VariantRecord) -> tuple[object, ...]:
        numbers = (variant.sku, variant.price_minor, variant.compare_price_minor)
        if "google" in name:
            return (*numbers, variant.weight_grams)
        return (*numbers, variant.gtin, variant.stock, len(variant.option_values))

    for read_back, record in zip(found, written, strict=True):
        assert list(map(told, read_back.variants)) == list(map(told, record.variants))
        assert len(read_back.pictures) == len(record.pictures)
