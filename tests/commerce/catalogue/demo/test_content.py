"""The demo shop's texts, prices and numbers."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from schwifty import IBAN

from stoa.commerce.catalogue.demo.assortment import (
    assortment,
    category_records,
    planned_pictures,
    product_records,
    restricted_gtin,
)
from stoa.commerce.catalogue.demo.drawings.colours import GROUNDS
from stoa.commerce.catalogue.demo.drawings.gallery import DRAWINGS
from stoa.commerce.catalogue.demo.schemas import Product
from stoa.platform.i18n.locale import LOCALES

PRODUCTS = assortment().products
VARIANTS = [variant for record in product_records(assortment()) for variant in record.variants]


def texts() -> Iterator[tuple[str, str, str]]:
    """Every text of the shop: where it stands, its language, itself."""
    content = assortment()
    for product in PRODUCTS:
        for tag in LOCALES:
            yield f"{product.code}.name", tag, product.names[tag]
            yield f"{product.code}.description", tag, product.descriptions[tag]
    for category in content.categories:
        for tag in LOCALES:
            yield f"{category.code}.name", tag, category.names[tag]
            yield f"{category.code}.description", tag, category.descriptions[tag]
    for vocabulary in (*content.options.values(), *content.attributes.values()):
        for tag in LOCALES:
            yield vocabulary.code, tag, vocabulary.names[tag]
            for value in vocabulary.values:
                yield f"{vocabulary.code}.{value.code}", tag, value.names[tag]


def test_offers_enough_to_try_everything() -> None:
    assert len(PRODUCTS) >= 60
    assert max(len(record.variants) for record in product_records(assortment())) == 24
    leaves = {product.categories[0] for product in PRODUCTS}
    assert len(leaves) >= 14
    assert all(Counter(product.categories[0] for product in PRODUCTS)[leaf] >= 2 for leaf in leaves)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.code)
def test_describes_a_product_in_sentences_of_its_own_in_every_language(product: Product) -> None:
    assert len(set(product.descriptions.values())) == len(LOCALES)
    for text in product.descriptions.values():
        sentences = re.findall(r"[^.;:·]+[.;:·]", text)
        assert 2 <= len(sentences) <= 6, text
        assert 90 <= len(text) <= 320, text


def test_writes_greek_in_greek_letters() -> None:
    latin = re.compile(r"[A-Za-z]{3,}")
    found = [(place, text) for place, tag, text in texts() if tag == "el" and latin.search(text)]
    assert found == []


def test_writes_the_other_languages_in_latin_letters() -> None:
    greek = re.compile(r"[\u0370-\u03ff]")
    found = [(place, text) for place, tag, text in texts() if tag != "el" and greek.search(text)]
    assert found == []


@pytest.mark.parametrize(
    ("tag", "marks"), [("pl", "ąćęłńóśźż"), ("de", "äöüß"), ("el", "άέήίόύώ"), ("it", "àèéù")]
)
def test_spells_with_the_marks_of_the_language(tag: str, marks: str) -> None:
    written = "".join(text for _, language, text in texts() if language == tag)
    assert {mark for mark in marks if mark not in written.lower()} == set()


@pytest.mark.parametrize("tag", LOCALES)
def test_leaves_no_stray_spaces_or_typewriter_signs(tag: str) -> None:
    wrong = re.compile(r"^\s|\s$|\s\s|\s[,.;:]|\.\.\.|\"|'|´|`|\d+x\d+")
    assert [text for _, language, text in texts() if language == tag and wrong.search(text)] == []


def test_accents_every_greek_word_that_needs_one() -> None:
    """A lower-case Greek word of two syllables or more carries an accent."""
    vowels = re.compile(r"αι|ει|οι|υι|αυ|ευ|ηυ|ου|[αεηιουω]")
    words = re.compile(r"[α-ωά-ώ]{4,}")
    bare = [
        (place, word)
        for place, tag, text in texts()
        if tag == "el"
        for word in words.findall(text.lower())
        if not re.search(r"[άέήίόύώΐΰϊϋ]", word) and len(vowels.findall(word)) > 1
    ]
    assert bare == []


def test_numbers_every_variant_once() -> None:
    assert [sku for sku, times in Counter(v.sku for v in VARIANTS).items() if times > 1] == []
    assert [gtin for gtin, times in Counter(v.gtin for v in VARIANTS).items() if times > 1] == []


def test_gives_every_variant_a_valid_gtin_of_the_restricted_range() -> None:
    for variant in VARIANTS:
        assert variant.gtin is not None
        digits = [int(digit) for digit in variant.gtin]
        assert len(digits) == 13
        assert 20 <= int(variant.gtin[:2]) <= 29
        assert sum(digits[::2]) % 10 == (-3 * sum(digits[1::2])) % 10


@pytest.mark.parametrize(
    ("article", "number", "gtin"),
    [(101, 1, "2000000101019"), (524, 24, "2000000524245")],  # worked by hand: 11 + 9, 45 + 5
)
def test_works_out_check_digits(article: int, number: int, gtin: str) -> None:
    assert restricted_gtin(article, number) == gtin


def test_prices_look_like_a_shop() -> None:
    assert all(290 <= variant.price_minor <= 25_000 for variant in VARIANTS)
    assert all(variant.price_minor % 10 == 0 for variant in VARIANTS)
    assert all(
        variant.compare_price_minor > variant.price_minor
        for variant in VARIANTS
        if variant.compare_price_minor is not None
    )
    assert all(variant.weight_grams > 0 for variant in VARIANTS)


def test_taxes_food_and_books_at_the_reduced_rates() -> None:
    by_category = {
        (p.vat_category, p.categories[0] in {"oil", "sweets", "staples"}) for p in PRODUCTS
    }
    assert by_category == {("standard", False), ("super_reduced", False), ("reduced", True)}
    books = {p.code for p in PRODUCTS if p.vat_category == "super_reduced"}
    assert books == {p.code for p in PRODUCTS if p.categories[0] == "books"}


def test_has_every_stock_situation() -> None:
    stocks = [variant.stock for variant in VARIANTS if variant.stock is not None]
    assert len(stocks) == len(VARIANTS)
    assert any(stock.on_hand > 50 for stock in stocks)
    assert any(1 <= stock.on_hand <= 3 for stock in stocks)
    assert any(stock.allows_backorder and stock.on_hand == 0 for stock in stocks)
    assert any(not stock.is_tracked for stock in stocks)
    sold_out = [
        [not (s.on_hand or s.allows_backorder or not s.is_tracked) for s in product_stocks]
        for product_stocks in (
            [variant.stock for variant in record.variants if variant.stock is not None]
            for record in product_records(assortment())
        )
    ]
    assert any(all(gone) for gone in sold_out)
    assert any(any(gone) and not all(gone) for gone in sold_out)


def test_exceptions_name_variants_that_exist() -> None:
    for product in PRODUCTS:
        offered = {value for option in product.options for value in option.values}
        for key in product.stock.exceptions:
            assert set(key.split("/")) <= offered, (product.code, key)
        for numbers in (product.price_minor, product.compare_price_minor, product.weight_grams):
            if isinstance(numbers, dict):
                assert set(numbers) <= offered, (product.code, numbers)


def test_categories_form_a_tree_that_holds_every_product() -> None:
    categories = assortment().categories
    codes = {category.code for category in categories}
    tops = [category for category in categories if category.parent is None]
    assert 4 <= len(tops) <= 6
    assert all(category.parent in codes for category in categories if category.parent)
    assert {code for product in PRODUCTS for code in product.categories} <= codes
    assert len(category_records(assortment())) == len(codes)


def test_every_picture_can_be_drawn_and_is_told_in_every_language() -> None:
    seconds = 0
    for product in PRODUCTS:
        plans = planned_pictures(assortment(), product)
        assert len({tuple(plan.alts.items()) for plan in plans}) == len(plans), product.code
        seconds += any(picture.view != "main" for picture in product.pictures)
        for plan in plans:
            assert set(plan.sketch.names) <= set(DRAWINGS)
            assert plan.sketch.ground in GROUNDS
            assert set(plan.alts) == set(LOCALES)
    assert seconds >= 20


def test_variants_show_the_picture_of_their_colour() -> None:
    content = assortment()
    product = next(product for product in PRODUCTS if product.code == "enamelled-casserole")
    plans = planned_pictures(content, product)
    assert [plan.kind for plan in plans] == ["terracotta", "aegean", "olive", "ivory", ""]


def test_the_bank_account_is_well_formed() -> None:
    account = assortment().shop.bank_account
    assert IBAN(account.iban).country_code == "GR"
