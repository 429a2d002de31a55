"""The Google Merchant feed."""

from pathlib import Path

import pytest

from stoa.commerce.catalogue.schemas import StockRecord
from tests.commerce.catalogue.importing.files import (
    GOOGLE_TSV,
    codes,
    line_of,
    read,
    records,
    write,
)

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">
<channel><title>Shop</title><link>https://shop.example</link><description>All</description>
{items}
</channel></rss>
"""
SHIRT = """<item>
<g:id>{id}</g:id><title><![CDATA[Hemd & Hose]]></title>
<g:description>Weich</g:description><g:price>{price}</g:price>
<g:sale_price>15.00 EUR</g:sale_price>
<g:availability>in stock</g:availability><g:item_group_id>G1</g:item_group_id>
<g:color>{colour}</g:color><g:size>M</g:size><g:brand>Nord</g:brand>
<g:image_link>https://s.example/{id}.jpg</g:image_link>
<g:additional_image_link>https://s.example/x.jpg</g:additional_image_link>
<g:additional_image_link>https://s.example/y.jpg</g:additional_image_link>
<g:product_type>Mode &gt; Hemden</g:product_type>
<g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping>
<g:shipping_weight>0.3 kg</g:shipping_weight>
<g:product_detail><g:section_name>Pflege</g:section_name>
<g:attribute_name>Waschen</g:attribute_name>
<g:attribute_value>30 Grad, schonend</g:attribute_value></g:product_detail>
</item>"""


def test_reads_a_feed_of_items_and_groups_variants(tmp_path: Path) -> None:
    items = [
        SHIRT.format(id="A", price="19.00 EUR", colour="Rot"),
        SHIRT.format(id="B", price="EUR 20", colour="Blau"),
    ]
    path = tmp_path / "feed.xml"
    path.write_text(RSS.format(items="\n".join(items)), encoding="utf-8")
    (shirt,) = records(path)
    assert shirt.names == {"de": "Hemd & Hose"}
    assert shirt.external_id == "google:group:G1"
    assert [option.names["de"] for option in shirt.options] == ["Farbe"]
    assert {attribute.code: attribute.values[0].names["de"] for attribute in shirt.attributes} == {
        "groesse": "M",
        "waschen": "30 Grad, schonend",
    }
    assert [variant.price_minor for variant in shirt.variants] == [1500, 1500]
    assert [variant.compare_price_minor for variant in shirt.variants] == [1900, 2000]
    assert shirt.variants[0].weight_grams == 300
    assert [picture.source_url[-5:] for picture in shirt.pictures] == [
        "A.jpg", "x.jpg", "y.jpg", "B.jpg"
    ]  # fmt: skip
    assert shirt.variants[1].picture == 3
    assert shirt.categories == ("path:mode > hemden",)


def test_reads_an_atom_feed(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">'
        "<title>Shop</title><entry><g:id>1</g:id><g:title>Lampe</g:title>"
        "<g:price>10 EUR</g:price><g:availability>preorder</g:availability></entry></feed>",
        encoding="utf-16",
    )
    (lamp,) = records(path)
    assert lamp.variants[0].stock == StockRecord(on_hand=0, allows_backorder=True)


def test_items_before_the_break_go_in(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    whole = SHIRT.format(id="A", price="19.00 EUR", colour="Rot")
    path.write_text(RSS.format(items=whole + "\n<item><g:id>B</g:id>")[:-20], encoding="utf-8")
    drafts, problems = read(path)
    assert len(drafts) == 1
    assert [problem.code for problem in problems] == ["import.broken_xml"]


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss SYSTEM "http://evil.example/x.dtd">',
    ],
)
def test_refuses_entities(tmp_path: Path, prologue: str) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(f"{prologue}<rss><item><id>&x;</id></item></rss>", encoding="utf-8")
    drafts, problems = read(path)
    assert drafts == []
    assert [problem.code for problem in problems] == ["import.broken_xml"]


def test_reads_tab_separated_text(tmp_path: Path) -> None:
    def row(**values: str) -> str:
        named = {name.replace("_", " "): value for name, value in values.items()}
        return line_of(GOOGLE_TSV, named, delimiter="\t")

    path = write(
        tmp_path / "feed.txt",
        [
            GOOGLE_TSV,
            row(id="1", title="Tisch", price="1.299,00 EUR", availability="in_stock",
                image_link="https://s.example/1.jpg",
                additional_image_link="https://s.example/2.jpg,https://s.example/3.jpg"),
            row(id="2", title="Stuhl", availability="in_stock"),
            row(id="3", title="Bank", price="5 USD", availability="in_stock"),
            row(id="4", title="Regal", price="5 EUR", availability="perhaps"),
        ],
    )  # fmt: skip
    drafts, problems = read(path)
    assert codes(problems) == [
        (3, "import.missing_price"),
        (4, "import.other_currency"),
        (5, "import.unknown_availability"),
    ]
    table = drafts[0].record
    assert table is not None
    assert table.variants[0].price_minor == 129900
    assert len(table.pictures) == 3
