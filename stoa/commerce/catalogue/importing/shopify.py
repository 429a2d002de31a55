"""Shopify's product CSV, in the older column names (`Handle`, `Variant Price`) and the newer
(`URL handle`, `Price`). https://help.shopify.com/en/manual/products/import-export/using-csv
"""

import re
from collections.abc import Sequence

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
from stoa.commerce.catalogue.importing.values import (
    code_of,
    is_true,
    parse_count,
    parse_grams,
    split_list,
)
from stoa.commerce.catalogue.schemas import StockRecord

_COLUMNS = {
    "handle": "handle",
    "url handle": "handle",
    "title": "title",
    "body (html)": "description",
    "body html": "description",
    "description": "description",
    "vendor": "brand",
    "product category": "taxonomy",
    "type": "type",
    "custom product type": "type",
    "collection": "collection",
    "published": "published",
    "published on online store": "published",
    "status": "status",
    "variant sku": "sku",
    "sku": "sku",
    "variant grams": "grams",
    "weight value (grams)": "grams",
    "variant inventory tracker": "tracker",
    "inventory tracker": "tracker",
    "variant inventory qty": "quantity",
    "inventory quantity": "quantity",
    "variant inventory policy": "policy",
    "continue selling when out of stock": "policy",
    "variant price": "price",
    "price": "price",
    "variant compare at price": "compare_price",
    "compare-at price": "compare_price",
    "variant taxable": "taxable",
    "charge tax": "taxable",
    "variant barcode": "barcode",
    "barcode": "barcode",
    "image src": "picture",
    "product image url": "picture",
    "image position": "picture_position",
    "image alt text": "picture_alt",
    "variant image": "variant_picture",
    "variant image url": "variant_picture",
    # Written by our own export.
    "stoa id": "external_id",
    "stoa vat": "vat_category",
    "stoa featured": "featured",
    "stoa position": "position",
}
_TRANSLATION = re.compile(r"(title|body \(html\)) \[([a-z]{2})\]")
_OPTION = re.compile(r"option([1-9]) (name|value)")
_METAFIELD = re.compile(r"(.+?) \(product\.metafields\.[^)]+\)")
_NUMBERS = tuple("123456789")  # Shopify has three; our own export may have more
VAT_CATEGORIES = frozenset({"standard", "reduced", "super_reduced", "zero"})
_NO_OPTION = ("title", "default title")


def _column(name: str) -> str | None:
    lowered = name.lower()
    if match := _OPTION.fullmatch(lowered):
        return f"option{match[1]}_{match[2]}"
    if match := _TRANSLATION.fullmatch(lowered):
        return f"{_COLUMNS[match[1]]}:{match[2]}"
    if match := _METAFIELD.fullmatch(name):
        return f"attribute:{match[1]}"
    return _COLUMNS.get(lowered)


def layout_for(header: Sequence[str]) -> Layout | None:
    """The layout of a Shopify file, None when the header is not one's."""
    names = {name.lower() for name in header}
    if not names & {"handle", "url handle"} or not names & {"variant price", "price", "title"}:
        return None
    return Layout(Format.SHOPIFY, [_column(name) for name in header], _group, _assemble)


def _group(row: Row) -> Grouping | RowProblem:
    handle = row.get("handle")
    if not handle:
        return RowProblem(row.line, "import.missing_id", field="handle")
    if len(handle) > 300:
        return RowProblem(row.line, "import.too_long", field="handle", params={"max": 300})
    return Grouping(handle.lower())


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
    names = {n: first.get(f"option{n}_name") for n in _NUMBERS if first.get(f"option{n}_name")}
    if _has_no_options(first, rows):
        names = {}
    parts.option_names = tuple(dict.fromkeys(names.values()))
    for row in rows:
        if row is first or _is_variant(row):
            try:
                parts.variants.append(_variant(row, names, parts))
            except RowRefused:
                continue
    _add_pictures(rows, parts)
    return parts.finish()


def _product(row: Row, notes: Notes, target: Target) -> ProductParts:
    status = row.get("status").lower()
    parts = ProductParts(
        line=row.line,
        external_id=row.get("external_id") or f"shopify:{row.get('handle').lower()}",
        title=notes.text(row, "title", limit="title"),
        notes=notes,
        target=target,
        description=row.get("description"),
        brand=notes.text(row, "brand", limit="brand"),
        slug=row.get("handle"),
        vat_category=_vat(row),
        is_visible=status in ("", "active") and row.get("published").lower() != "false",
        is_featured=is_true(row.get("featured")),
        position=notes.number(row, "position", parse_count, default=0),
        titles=_translations(row, "title"),
        descriptions=_translations(row, "description"),
    )
    for name in split_list(row.get("collection")) or [row.get("type")]:
        if path := category_path(name):
            parts.categories.append(path)
    if not parts.categories and (path := category_path(row.get("taxonomy"))):
        parts.categories.append(path)
    for name, value in row.values.items():
        if name.startswith("attribute:") and "<" not in value and not value.startswith(("{", "[")):
            parts.attributes[name.removeprefix("attribute:")] = split_list(value, ";")
    return parts


def _vat(row: Row) -> str:
    if row.get("vat_category") in VAT_CATEGORIES:
        return row.get("vat_category")
    return "zero" if row.get("taxable").lower() == "false" else "standard"


def _translations(row: Row, name: str) -> dict[str, str]:
    return {
        column.removeprefix(f"{name}:"): value
        for column, value in row.values.items()
        if column.startswith(f"{name}:")
    }


def _has_no_options(first: Row, rows: Sequence[Row]) -> bool:
    """Shopify writes a product without options as option "Title" of value "Default Title"."""
    shown = (first.get("option1_name").lower(), first.get("option1_value").lower())
    return shown == _NO_OPTION or (
        shown[0] in ("", "title") and not any(row.get("option1_value") for row in rows)
    )


def _is_variant(row: Row) -> bool:
    """Rows with nothing but a picture belong to the product as a whole."""
    named = ("sku", "price", "barcode", "quantity", *(f"option{n}_value" for n in _NUMBERS))
    return any(row.get(name) for name in named)


def _variant(row: Row, names: dict[str, str], parts: ProductParts) -> VariantDraft:
    notes, currency = parts.notes, parts.target.currency
    choices = _choices(row, names, notes)
    price = notes.price(row, "price", currency=currency)
    if price is None:
        raise notes.refuse(row.line, "import.missing_price", on="price")
    before = notes.price(row, "compare_price", currency=currency)
    picture = row.get("variant_picture")
    if picture:
        parts.add_picture(picture, line=row.line, on="variant_picture")
    return VariantDraft(
        line=row.line,
        sku=notes.text(row, "sku", limit="sku").lstrip("'") or _made_sku(row, choices, parts),
        price_minor=price,
        choices=choices,
        compare_price_minor=compare_price(
            notes, row.line, price=price, before=before, on="compare_price"
        ),
        gtin=notes.text(row, "barcode", limit="gtin").lstrip("'"),
        weight_grams=notes.number(row, "grams", parse_grams, default=0),
        stock=_stock(row, notes),
        picture_url=picture,
    )


def _choices(row: Row, names: dict[str, str], notes: Notes) -> dict[str, str]:
    choices = {}
    for n in _NUMBERS:
        value = notes.text(row, f"option{n}_value", limit="option")
        if n in names and not value:
            raise notes.refuse(row.line, "import.missing_option", on=f"option{n}", name=names[n])
        if n in names:
            choices[names[n]] = value
        elif value and value.lower() != "default title":
            raise notes.refuse(row.line, "import.unknown_option", on=f"option{n}", name=value)
    return choices


def _made_sku(row: Row, choices: dict[str, str], parts: ProductParts) -> str:
    """Shopify allows variants without a SKU; ours is the same each time."""
    codes = (code_of(value, locale=parts.target.locale) for value in choices.values())
    return "-".join([row.get("handle").lower(), *codes])[:100]


def _stock(row: Row, notes: Notes) -> StockRecord | None:
    if not row.get("tracker"):
        return StockRecord(is_tracked=False)
    if not row.get("quantity"):
        return None  # shops with several locations export stock in a file of its own
    policy = row.get("policy").lower()
    return StockRecord(
        on_hand=notes.number(row, "quantity", parse_count, default=0),
        is_tracked=True,
        allows_backorder=policy == "continue" or is_true(policy),
    )


def _add_pictures(rows: Sequence[Row], parts: ProductParts) -> None:
    from_variants, parts.pictures = parts.pictures, {}
    shown = [row for row in rows if row.get("picture")]
    places = {
        row.line: parts.notes.number(row, "picture_position", parse_count, default=len(rows))
        for row in shown
    }
    for row in sorted(shown, key=lambda row: (places[row.line], row.line)):
        parts.add_picture(row.get("picture"), line=row.line, alt=row.get("picture_alt"))
    for url, (line, _) in from_variants.items():
        parts.add_picture(url, line=line)
