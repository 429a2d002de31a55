"""Categories and products to test with."""

from collections.abc import Sequence

from stoa.commerce.catalogue.schemas import (
    AttributeRecord,
    CategoryRecord,
    OptionRecord,
    OptionValueRecord,
    ProductRecord,
    StockRecord,
    Texts,
    VariantRecord,
)

COLOURS = {
    "red": {"de": "Rot", "en": "Red", "pl": "Czerwony", "it": "Rosso", "el": "Κόκκινο"},
    "blue": {"de": "Blau", "en": "Blue", "pl": "Niebieski", "it": "Blu", "el": "Μπλε"},
}


def category(external_id: str, *, parent: str | None = None, position: int = 0) -> CategoryRecord:
    return CategoryRecord(
        external_id=external_id,
        names={"de": external_id.title(), "en": f"{external_id.title()} (en)"},
        parent_external_id=parent,
        position=position,
    )


def variant(
    sku: str,
    price_minor: int = 1990,
    *,
    colour: str | None = None,
    on_hand: int = 10,
    is_tracked: bool = True,
    allows_backorder: bool = False,
    compare_price_minor: int | None = None,
) -> VariantRecord:
    return VariantRecord(
        sku=sku,
        price_minor=price_minor,
        option_values={"colour": colour} if colour else {},
        compare_price_minor=compare_price_minor,
        stock=StockRecord(
            on_hand=on_hand, is_tracked=is_tracked, allows_backorder=allows_backorder
        ),
    )


def product(
    external_id: str,
    *,
    names: Texts | None = None,
    variants: Sequence[VariantRecord] | None = None,
    categories: Sequence[str] = (),
    material: str | None = None,
    position: int = 0,
    descriptions: Texts | None = None,
    brand: str = "",
    is_visible: bool = True,
    is_featured: bool = False,
) -> ProductRecord:
    """A product with one variant unless told otherwise; options follow from the variants."""
    chosen = tuple(variants) if variants is not None else (variant(f"{external_id}-1"),)
    colours = dict.fromkeys(c for v in chosen if (c := v.option_values.get("colour")))
    options = (
        OptionRecord(
            "colour",
            {"de": "Farbe", "en": "Colour"},
            tuple(OptionValueRecord(code, COLOURS[code]) for code in colours),
        ),
    )
    attributes = (
        AttributeRecord(
            "material",
            {"de": "Material", "en": "Material"},
            (OptionValueRecord(material or "", {"de": (material or "").title()}),),
        ),
    )
    return ProductRecord(
        external_id=external_id,
        names=names or {"de": f"Ding {external_id}", "en": f"Thing {external_id}"},
        variants=chosen,
        descriptions=descriptions or {},
        brand=brand,
        categories=tuple(categories),
        options=options if colours else (),
        attributes=attributes if material else (),
        position=position,
        is_visible=is_visible,
        is_featured=is_featured,
    )
