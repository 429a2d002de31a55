"""The example files of the demo shop, which know nothing of the readers, read without a problem."""

from dataclasses import replace
from pathlib import Path

import pytest

from stoa.commerce.catalogue.demo.assortment import assortment, product_records
from stoa.commerce.catalogue.demo.examples import write_examples
from stoa.commerce.catalogue.schemas import ProductRecord
from tests.commerce.catalogue.importing.files import TARGET, records

ENGLISH = replace(TARGET, locale="en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    write_examples(folder, count=20)
    return folder


@pytest.fixture(scope="module")
def meant() -> dict[str, ProductRecord]:
    """The demo shop's products by the SKUs they sell."""
    return {
        variant.sku: record
        for record in product_records(assortment())
        for variant in record.variants
    }


def test_there_is_a_file_of_every_kind(folder: Path) -> None:
    assert len(list(folder.iterdir())) == 4


@pytest.mark.parametrize("number", range(4))
def test_an_example_says_what_the_demo_shop_sells(
    folder: Path, meant: dict[str, ProductRecord], number: int
) -> None:
    path = sorted(folder.iterdir())[number]
    read = records(path, target=ENGLISH)
    assert len(read) == 20
    for record in read:
        original = meant[record.variants[0].sku]
        assert record.names["en"] == original.names["en"]
        prices = {variant.sku: variant.price_minor for variant in record.variants}
        assert prices == {variant.sku: variant.price_minor for variant in original.variants}
        assert len(record.options) <= len(original.options)
        assert len({tuple(v.option_values.items()) for v in record.variants}) == len(prices)
        assert record.categories
        assert record.pictures
