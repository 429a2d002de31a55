"""The Google Merchant product feed, as XML (RSS 2.0 or Atom) and as tab-separated text.
https://support.google.com/merchants/answer/7052112
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from stoa.commerce.catalogue.importing.assembling import (
    Notes,
    ProductParts,
    RowRefused,
    VariantDraft,
    category_path,
    compare_price,
)
from stoa.commerce.catalogue.importing.drafts import (
    Format,
    Grouping,
    Layout,
    ProductDraft,
    Row,
    RowProblem,
    Target,
)
from stoa.commerce.catalogue.importing.values import parse_grams, split_list
from stoa.commerce.catalogue.schemas import StockRecord

USED = frozenset(
    {"id", "title", "description", "image_link", "additional_image_link", "availability", "price"}
    | {"sale_price", "brand", "gtin", "item_group_id", "product_type", "google_product_category"}
    | {"shipping_weight", "product_weight", "color", "size", "material", "pattern", "gender"}
    | {"age_group", "product_detail"}
)
SEVERAL = "\x1f"  # between the values of an attribute that came several times

_NAMES = {"colour": "color", "product_category": "google_product_category"}
_OPTIONS = {"color": "Colour", "size": "Size", "material": "Material", "pattern": "Pattern"}
_TRAITS = {"gender": "Gender", "age_group": "Age group"}
_STOCK = {
    "in_stock": StockRecord(is_tracked=False),
    "out_of_stock": StockRecord(on_hand=0, is_tracked=True),
    "preorder": StockRecord(on_hand=0, is_tracked=True, allows_backorder=True),
    "backorder": StockRecord(on_hand=0, is_tracked=True, allows_backorder=True),
}
_WEIGHT = re.compile(r"([\d.,]+)\s*(kg|g|lb|oz)")
_GRAMS = {"kg": Decimal(1000), "g": Decimal(1), "lb": Decimal("453.592"), "oz": Decimal("28.3495")}
# What an option is called in the language of the feed.
_IN_LOCALE = {
    "de": {"color": "Farbe", "size": "Größe", "material": "Material", "pattern": "Muster",
           "gender": "Geschlecht", "age_group": "Altersgruppe"},
    "pl": {"color": "Kolor", "size": "Rozmiar", "material": "Materiał", "pattern": "Wzór",
           "gender": "Płeć", "age_group": "Grupa wiekowa"},
    "it": {"color": "Colore", "size": "Taglia", "material": "Materiale", "pattern": "Motivo",
           "gender": "Genere", "age_group": "Fascia d’età"},
    "el": {"color": "Χρώμα", "size": "Μέγεθος", "material": "Υλικό", "pattern": "Σχέδιο",
           "gender": "Φύλο", "age_group": "Ηλικιακή ομάδα"},
}  # fmt: skip


def attribute_of(name: str) -> str | None:
    """The attribute a column or an element is: "image link" and "g:image_link" are the same."""
    plain = name.strip().lower().removeprefix("g:").replace(" ", "_")
    plain = plain.partition("(")[0].rstrip("_")  # "product detail(section:name:value)"
    plain = _NAMES.get(plain, plain)
    return plain if plain in USED else None


def tsv_layout_for(header: Sequence[str]) -> Layout | None:
    """The layout of a tab-separated feed, None when the header is not one's."""
    columns = [attribute_of(name) for name in header]
    if not {"id", "title", "price"} <= set(columns):
        return None
    return Layout(Format.GOOGLE_TSV, columns, _group, _assemble)


def xml_layout() -> Layout:
    return Layout(Format.GOOGLE_XML, (), _group, _assemble)


def _group(row: Row) -> Grouping | RowProblem:
    if not row.get("id"):
        return RowProblem(row.line, "import.missing_id", field="id")
    group = row.get("item_group_id")
    return Grouping((f"group:{group}" if group else f"id:{row.get('id')}")[:300])


def _assemble(rows: Sequence[Row], target: Target) -> ProductDraft:
    notes = Notes()
    first = next((row for row in rows if row.get("title")), None)
    if first is None:
        notes.refuse(rows[0].line, "import.missing_title", on="title")
        return ProductDraft(rows[0].line, None, tuple(notes.problems))
    try:
        parts = _product(first, notes, target)
    except RowRefused:
        return ProductDraft(first.line, None, tuple(notes.problems))
    options = [name for name in _OPTIONS if len({row.get(name) for row in rows}) > 1]
    parts.option_names = tuple(_label(name, target) for name in options)
    for name in (*_OPTIONS, *_TRAITS):
        if name not in options and first.get(name):
            values = split_list(first.get(name).replace(SEVERAL, "/"), "/")
            parts.attributes[_label(name, target)] = values
    _add_details(first, parts)
    for row in rows:
        try:
            parts.variants.append(_variant(row, options, parts))
        except RowRefused:
            continue
    return parts.finish()


def _label(name: str, target: Target) -> str:
    return _IN_LOCALE.get(target.locale, {}).get(name) or {**_OPTIONS, **_TRAITS}[name]


def _product(row: Row, notes: Notes, target: Target) -> ProductParts:
    group = row.get("item_group_id")
    paths = row.get("product_type") or row.get("google_product_category")
    return ProductParts(
        line=row.line,
        external_id=(f"google:group:{group}" if group else f"google:{row.get('id')}")[:300],
        title=notes.text(row, "title", limit="title"),
        notes=notes,
        target=target,
        description=row.get("description"),
        brand=notes.text(row, "brand", limit="brand"),
        categories=[
            path
            for text in paths.split(SEVERAL)
            if not text.strip().isdigit() and (path := category_path(text))
        ],
    )


def _add_details(row: Row, parts: ProductParts) -> None:
    """`product_detail`: "section:name:value", or nested elements joined so by the XML reader."""
    for detail in split_list(row.get("product_detail").replace(SEVERAL, ",")):
        pieces = [piece.strip() for piece in detail.split(":", 2)]
        if len(pieces) == 3 and pieces[1] and pieces[2]:
            parts.attributes.setdefault(pieces[1], []).append(pieces[2])


def _variant(row: Row, options: Sequence[str], parts: ProductParts) -> VariantDraft:
    notes, target = parts.notes, parts.target
    choices = {}
    for name in options:
        value = notes.text(row, name, limit="option")
        if not value:
            label = _label(name, target)
            raise notes.refuse(row.line, "import.missing_option", on=name, name=label)
        choices[_label(name, target)] = value
    regular = notes.price(row, "price", currency=target.currency)
    if regular is None:
        raise notes.refuse(row.line, "import.missing_price", on="price")
    sale = notes.price(row, "sale_price", currency=target.currency)
    price = regular if sale is None else sale
    picture = row.get("image_link").partition(SEVERAL)[0]
    if picture:
        parts.add_picture(picture, line=row.line, on="image_link")
    for url in split_list(row.get("additional_image_link").replace(SEVERAL, ",")):
        parts.add_picture(url, line=row.line, on="additional_image_link")
    return VariantDraft(
        line=row.line,
        sku=notes.text(row, "id", limit="sku"),
        price_minor=price,
        choices=choices,
        compare_price_minor=compare_price(notes, row.line, price=price, before=regular, on="price"),
        gtin=notes.text(row, "gtin", limit="gtin"),
        weight_grams=_weight(row, notes),
        stock=_stock(row, notes),
        picture_url=picture,
    )


def _stock(row: Row, notes: Notes) -> StockRecord:
    said = row.get("availability").lower().replace(" ", "_")
    if said and said not in _STOCK:
        notes.warn(row.line, "import.unknown_availability", on="availability", name=said[:100])
        return _STOCK["out_of_stock"]
    return _STOCK[said or "in_stock"]


def _weight(row: Row, notes: Notes) -> int:
    text = row.get("shipping_weight") or row.get("product_weight")
    if not text:
        return 0
    match = _WEIGHT.fullmatch(text.lower())
    try:
        if match is None:
            raise ValueError("not a weight")
        return parse_grams(match[1], per_unit=_GRAMS[match[2]])
    except ValueError:
        notes.warn(row.line, "import.bad_number", on="shipping_weight")
        return 0
