"""The content as the catalogue's records: variants, article numbers and pictures worked out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product as combinations
from typing import TypeVar

from pydantic import TypeAdapter

from stoa.commerce.catalogue.demo.drawings.gallery import Sketch
from stoa.commerce.catalogue.demo.schemas import (
    Category,
    PerVariant,
    Product,
    ShopContent,
    Vocabulary,
)
from stoa.commerce.catalogue.schemas import (
    AttributeRecord,
    CategoryRecord,
    OptionRecord,
    OptionValueRecord,
    PictureRecord,
    ProductRecord,
    StockRecord,
    VariantRecord,
)
from stoa.platform.i18n.locale import LOCALES

Content = TypeVar("Content")
_PRODUCT_FILES = ("kitchen", "home", "garden", "pantry", "paper")


@dataclass(frozen=True, slots=True)
class Assortment:
    """Everything the demo shop is made of."""

    shop: ShopContent
    categories: tuple[Category, ...]
    products: tuple[Product, ...]
    options: Mapping[str, Vocabulary]
    attributes: Mapping[str, Vocabulary]


@dataclass(frozen=True, slots=True)
class PlannedPicture:
    """A picture of a product: what to draw, what to call it, and the variants it stands for."""

    sketch: Sketch
    alts: Mapping[str, str]
    kind: str  # the pictured option's value; "" stands for every variant


@cache
def assortment() -> Assortment:
    """The content of the package's JSON files.

    Raises:
        pydantic.ValidationError: a file does not hold what `schemas.py` asks for.
    """
    return Assortment(
        shop=_read("shop.json", ShopContent),
        categories=tuple(_read("categories.json", list[Category])),
        products=tuple(
            product
            for name in _PRODUCT_FILES
            for product in _read(f"products/{name}.json", list[Product])
        ),
        options={item.code: item for item in _read("options.json", list[Vocabulary])},
        attributes={item.code: item for item in _read("attributes.json", list[Vocabulary])},
    )


def _read(name: str, content: type[Content]) -> Content:
    file = resources.files(__package__).joinpath("content", name)
    return TypeAdapter(content).validate_json(file.read_bytes())


def category_sketch(category: Category) -> Sketch:
    things = tuple((thing.drawing, thing.kind) for thing in category.picture.things)
    return Sketch(things, category.picture.ground)


def category_records(content: Assortment) -> list[CategoryRecord]:
    """The category tree."""
    return [
        CategoryRecord(
            external_id=category.code,
            names=category.names,
            parent_external_id=category.parent,
            descriptions=category.descriptions,
            picture=PictureRecord(category_sketch(category).address, alts=category.names),
            position=position,
        )
        for position, category in enumerate(content.categories)
    ]


def planned_pictures(content: Assortment, product: Product) -> list[PlannedPicture]:
    """The product's pictures: the main ones first, one for each value of the pictured option."""
    kinds = next(
        (option.values for option in product.options if option.code == product.pictured_option),
        [""],
    )
    planned: list[PlannedPicture] = []
    for picture in product.pictures:
        shown = kinds if picture.view == "main" else kinds[:1]
        for kind in shown:
            sketch = Sketch(((picture.drawing, kind),), picture.ground)
            if picture.view == "main":
                alts = _alts(content, product, kind if len(kinds) > 1 else "")
            else:
                view = content.shop.views[picture.view]
                alts = {tag: f"{product.names[tag]}, {view[tag]}" for tag in LOCALES}
            planned.append(PlannedPicture(sketch, alts, kind if picture.view == "main" else ""))
    return planned


def _alts(content: Assortment, product: Product, kind: str) -> dict[str, str]:
    if not kind or product.pictured_option is None:
        return dict(product.names)
    value = content.options[product.pictured_option].value(kind)
    return {tag: f"{product.names[tag]}, {value.names[tag]}" for tag in LOCALES}


def product_record(content: Assortment, product: Product, *, position: int) -> ProductRecord:
    """The product for the catalogue; its pictures wait under their addresses to be drawn."""
    planned = planned_pictures(content, product)
    shown = {plan.kind: at for at, plan in reversed(list(enumerate(planned)))}
    return ProductRecord(
        external_id=product.code,
        names=product.names,
        descriptions={tag: f"<p>{text}</p>" for tag, text in product.descriptions.items()},
        variants=_variants(content, product, shown),
        brand=product.brand,
        vat_category=product.vat_category,
        categories=tuple(product.categories),
        options=tuple(
            OptionRecord(
                option.code,
                content.options[option.code].names,
                _values(content.options[option.code], option.values),
            )
            for option in product.options
        ),
        attributes=tuple(
            AttributeRecord(
                code, content.attributes[code].names, _values(content.attributes[code], values)
            )
            for code, values in product.attributes.items()
        ),
        pictures=tuple(PictureRecord(plan.sketch.address, alts=plan.alts) for plan in planned),
        position=position,
        is_featured=product.is_featured,
    )


def product_records(content: Assortment) -> list[ProductRecord]:
    """Every product, in the order of the files."""
    return [
        product_record(content, product, position=position)
        for position, product in enumerate(content.products)
    ]


def _values(vocabulary: Vocabulary, codes: Sequence[str]) -> tuple[OptionValueRecord, ...]:
    return tuple(OptionValueRecord(code, vocabulary.value(code).names) for code in codes)


def _variants(
    content: Assortment, product: Product, shown: Mapping[str, int]
) -> tuple[VariantRecord, ...]:
    chosen = [[(option.code, value) for value in option.values] for option in product.options]
    return tuple(
        _variant(content, product, dict(values), number, shown)
        for number, values in enumerate(combinations(*chosen), start=1)
    )


def _variant(
    content: Assortment,
    product: Product,
    values: Mapping[str, str],
    number: int,
    shown: Mapping[str, int],
) -> VariantRecord:
    parts = [content.options[option].value(value).sku for option, value in values.items()]
    codes = list(values.values())
    price = _for_variant(product.price_minor, codes)
    compare = product.compare_price_minor
    return VariantRecord(
        sku="-".join((product.article, *parts)),
        price_minor=price,
        option_values=values,
        compare_price_minor=None if compare is None else _for_variant(compare, codes),
        gtin=restricted_gtin(int(product.article.removeprefix("MEL-")), number),
        weight_grams=_for_variant(product.weight_grams, codes),
        stock=_stock(product, codes),
        picture=shown.get(values.get(product.pictured_option or "", "")),
    )


def _for_variant(numbers: PerVariant, codes: Sequence[str]) -> int:
    if isinstance(numbers, int):
        return numbers
    return next(numbers[code] for code in codes if code in numbers)


def _stock(product: Product, codes: Sequence[str]) -> StockRecord:
    stock = product.stock
    on_hand = next(
        (
            quantity
            for key, quantity in stock.exceptions.items()
            if set(key.split("/")) <= set(codes)
        ),
        stock.on_hand,
    )
    return StockRecord(on_hand, stock.is_tracked, stock.allows_backorder)


def restricted_gtin(article: int, number: int) -> str:
    """A GTIN-13 for use inside one shop only (GS1 prefix 20), with its check digit.

    Weights 1 and 3 from the left, GS1 General Specifications section 7.9:
    restricted_gtin(101, 1) is "2000000101019".
    """
    digits = f"20{article:08d}{number:02d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
