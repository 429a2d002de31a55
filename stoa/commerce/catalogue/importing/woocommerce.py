"""WooCommerce's product CSV (Products > Export).
https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema

WooCommerce writes the header in the shop's language but the columns always in the same order, so a
header that is not English is read by position.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

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
    "id": "id",
    "type": "type",
    "sku": "sku",
    "gtin, upc, ean, or isbn": "gtin",
    "name": "name",
    "published": "published",
    "is featured?": "featured",
    "visibility in catalog": "visibility",
    "short description": "short_description",
    "description": "description",
    "date sale price starts": "sale_from",
    "date sale price ends": "sale_to",
    "tax status": "tax_status",
    "tax class": "tax_class",
    "in stock?": "in_stock",
    "stock": "stock",
    "backorders allowed?": "backorders",
    "sale price": "sale_price",
    "regular price": "regular_price",
    "categories": "categories",
    "images": "images",
    "parent": "parent",
    "position": "position",
    "brands": "brand",
    "stoa id": "external_id",
}
# The exporter's order; None are columns not used here.
_GTIN, _LOW_STOCK = "gtin", "low_stock"
_ORDER: tuple[str | None, ...] = (
    *("id", "type", "sku", _GTIN, "name", "published", "featured", "visibility"),
    *("short_description", "description", "sale_from", "sale_to", "tax_status", "tax_class"),
    *("in_stock", "stock", _LOW_STOCK, "backorders", None, "weight", None, None, None, None, None),
    *("sale_price", "regular_price", "categories", None, None, "images", None, None, "parent"),
    *(None, None, None, None, None, "position"),
)
_ATTRIBUTE_PARTS = ("name", "values", "visible", "global", "default")
_ATTRIBUTE = re.compile(r"attribute (\d+) (name|value\(s\)|visible|global|default)")
_NUMBERED = re.compile(r"\D*(\d{1,2})\D*")
_WEIGHT = re.compile(r"[^()]*\((kg|g|lbs|oz)\)")
_GRAMS = {"kg": Decimal(1000), "g": Decimal(1), "lbs": Decimal("453.592"), "oz": Decimal("28.3495")}
_VAT = {"reduced-rate": "reduced", "zero-rate": "zero"}
_SKIPPED_TYPES = frozenset({"grouped", "external"})


def layout_for(header: Sequence[str]) -> Layout | None:
    """The layout of a WooCommerce file, None when the header is not one's."""
    lowered = [name.lower() for name in header]
    if "regular price" in lowered and ("sku" in lowered or "name" in lowered):
        columns = [_english(name) for name in lowered]
    elif translated := _by_position(lowered):
        columns = translated
    else:
        return None
    return Layout(Format.WOOCOMMERCE, columns, _group, _assemble)


def _english(name: str) -> str | None:
    if match := _ATTRIBUTE.fullmatch(name):
        part = "values" if match[2] == "value(s)" else match[2]
        return f"attribute{match[1]}_{part}"
    if match := _WEIGHT.fullmatch(name):
        return f"weight_{match[1]}" if name.startswith("weight") else None
    return _COLUMNS.get(name)


def _by_position(header: Sequence[str]) -> list[str | None] | None:
    """The columns of a translated header; None when it is not the exporter's."""
    fixed = next(
        (place for place, name in enumerate(header) if _NUMBERED.fullmatch(name)), len(header)
    )
    order = list(_ORDER)
    if len(header) < 5 or header[0] != "id" or not 38 <= fixed <= 42:
        return None
    if not any(word in header[3] for word in ("gtin", "ean", "upc")):
        order.remove(_GTIN)
    if fixed < len(order):
        order.remove(_LOW_STOCK)
    columns: list[str | None] = [
        f"weight_{match[1]}"
        if column == "weight" and (match := _WEIGHT.fullmatch(name))
        else column
        for column, name in zip(order, header, strict=False)
    ]
    columns += [None] * (len(header) - len(columns))
    seen: dict[str, int] = {}
    for place in range(fixed, len(header)):
        # "Attributo 1 nome", "Attributo 1 valore", ...: the parts come in the exporter's order,
        # downloads stand before the attributes and have an id instead.
        if match := _NUMBERED.fullmatch(header[place]):
            prefix = f"{header[place][: match.start(1)]}{match[1]}"
            part = seen.setdefault(prefix, 0)
            seen[prefix] += 1
            if part < len(_ATTRIBUTE_PARTS) and not prefix.startswith("download"):
                columns[place] = f"attribute{match[1]}_{_ATTRIBUTE_PARTS[part]}"
    return columns


def _group(row: Row) -> Grouping | RowProblem:
    """Variations name their parent by SKU or as "id:12"; either leads to the parent's rows."""
    types = split_list(row.get("type").lower())
    if _SKIPPED_TYPES & set(types):
        return RowProblem(row.line, "import.unsupported_type", "type", {"type": types[0]})
    if "variation" in types:
        parent = row.get("parent")
        if not parent:
            return RowProblem(row.line, "import.unknown_parent", field="parent")
        key = parent.lower() if parent.lower().startswith("id:") else f"sku:{parent}"
        return Grouping(key[:300])
    by_id = f"id:{row.get('id')}" if row.get("id") else ""
    by_sku = f"sku:{row.get('sku')}" if row.get("sku") else ""
    if not by_id and not by_sku:
        return RowProblem(row.line, "import.missing_id", field="sku")
    return Grouping((by_id or by_sku)[:300], (by_sku[:300],) if by_id and by_sku else ())


def _assemble(rows: Sequence[Row], target: Target) -> ProductDraft:
    notes = Notes()
    variations = [row for row in rows if _is_variation(row)]
    parents = [row for row in rows if not _is_variation(row)]
    if not parents:
        for row in variations:
            notes.refuse(
                row.line, "import.unknown_parent", on="parent", name=row.get("parent")[:100]
            )
        return ProductDraft(rows[0].line, None, tuple(notes.problems))
    for row in parents[1:]:
        notes.refuse(row.line, "import.duplicate_product", on="id", other_line=parents[0].line)
    parent = parents[0]
    try:
        parts = _product(parent, notes, target)
        offered = _attributes(parent, notes)
    except RowRefused:
        return ProductDraft(parent.line, None, tuple(notes.problems))
    for url in split_list(parent.get("images")):
        parts.add_picture(url, line=parent.line, on="images")
    if variations:
        _add_variations(parts, parent, variations, offered)
    else:
        parts.attributes.update(offered)
        if "variable" not in parent.get("type").lower():
            _add_variant(parts, parent, parent, {}, [])
    return parts.finish()


def _is_variation(row: Row) -> bool:
    return "variation" in row.get("type").lower()


def _product(row: Row, notes: Notes, target: Target) -> ProductParts:
    if not row.get("name"):
        raise notes.refuse(row.line, "import.missing_title", on="name")
    source = row.get("id") or row.get("sku")
    published = row.get("published")
    return ProductParts(
        line=row.line,
        external_id=row.get("external_id") or f"woocommerce:{source}"[:300],
        title=notes.text(row, "name", limit="title"),
        notes=notes,
        target=target,
        description=row.get("description") or row.get("short_description"),
        brand=notes.text(row, "brand", limit="brand"),
        vat_category=_vat(row),
        is_visible=published in ("", "1") and row.get("visibility").lower() != "hidden",
        is_featured=is_true(row.get("featured")),
        position=notes.number(row, "position", parse_count, default=0),
        categories=[
            path for text in split_list(row.get("categories")) if (path := category_path(text))
        ],
    )


def _vat(row: Row) -> str:
    if row.get("tax_status").lower() == "none":
        return "zero"
    return _VAT.get(row.get("tax_class").lower(), "standard")


def _attributes(row: Row, notes: Notes) -> dict[str, list[str]]:
    found = {}
    for column, name in row.values.items():
        if column.startswith("attribute") and column.endswith("_name"):
            values = column.replace("_name", "_values")
            notes.text(row, column, limit="option")
            found[name] = split_list(row.get(values))
    return found


def _add_variations(
    parts: ProductParts,
    parent: Row,
    variations: Sequence[Row],
    offered: Mapping[str, list[str]],
) -> None:
    """The variations; attributes they choose by are options, the others say what the product is."""
    chosen = {row.line: _attributes_of_variation(row) for row in variations}
    used = dict.fromkeys(name for choices in chosen.values() for name in choices)
    parts.option_names = tuple(name for name in offered if name in used)
    parts.attributes.update({name: values for name, values in offered.items() if name not in used})
    for row in variations:
        choices = chosen[row.line]
        unknown = next(
            (
                name
                for name, value in choices.items()
                if name not in offered or (offered[name] and value not in offered[name])
            ),
            None,
        )
        missing = next((name for name in parts.option_names if name not in choices), None)
        if unknown is not None:
            shown = f"{unknown}: {choices[unknown]}"[:200]
            parts.notes.refuse(row.line, "import.unknown_option", on="attributes", name=shown)
        elif missing is not None:
            parts.notes.refuse(row.line, "import.missing_option", on="attributes", name=missing)
        else:
            _add_variant(parts, row, parent, choices, split_list(row.get("images"))[:1])


def _attributes_of_variation(row: Row) -> dict[str, str]:
    return {
        name: value
        for column, name in row.values.items()
        if column.startswith("attribute")
        and column.endswith("_name")
        and (value := row.get(column.replace("_name", "_values")).replace("\\,", ","))
    }


def _add_variant(
    parts: ProductParts, row: Row, parent: Row, choices: Mapping[str, str], pictures: Sequence[str]
) -> None:
    try:
        parts.variants.append(_variant(parts, row, parent, choices, pictures))
    except RowRefused:
        return  # noted


def _variant(
    parts: ProductParts, row: Row, parent: Row, choices: Mapping[str, str], pictures: Sequence[str]
) -> VariantDraft:
    notes, currency = parts.notes, parts.target.currency
    regular = notes.price(row, "regular_price", currency=currency)
    sale = notes.price(row, "sale_price", currency=currency)
    if regular is None:
        raise notes.refuse(row.line, "import.missing_price", on="regular_price")
    if sale is not None and _is_over(row.get("sale_to"), parts.target.today):
        sale = None
    price = regular if sale is None else sale
    for url in pictures:
        parts.add_picture(url, line=row.line, on="images")
    return VariantDraft(
        line=row.line,
        sku=notes.text(row, "sku", limit="sku") or _made_sku(row, parent, choices, parts),
        price_minor=price,
        choices=dict(choices),
        compare_price_minor=compare_price(
            notes, row.line, price=price, before=regular, on="regular_price"
        ),
        gtin=notes.text(row, "gtin", limit="gtin"),
        weight_grams=_weight(row, notes) or _weight(parent, notes),
        stock=_stock(row, notes),
        picture_url=pictures[0] if pictures else "",
    )


def _is_over(text: str, today: date) -> bool:
    try:
        return date.fromisoformat(text[:10]) < today
    except ValueError:
        return False


def _made_sku(row: Row, parent: Row, choices: Mapping[str, str], parts: ProductParts) -> str:
    if row.get("id"):
        return f"wc-{row.get('id')}"[:100]
    codes = (code_of(value, locale=parts.target.locale) for value in choices.values())
    return "-".join([parent.get("sku") or parent.get("id"), *codes])[:100]


def _weight(row: Row, notes: Notes) -> int:
    for unit, grams in _GRAMS.items():
        column = f"weight_{unit}"
        if row.get(column):
            return notes.number(row, column, partial(parse_grams, per_unit=grams), default=0)
    return 0


def _stock(row: Row, notes: Notes) -> StockRecord:
    backorders = row.get("backorders").lower()
    allows = is_true(backorders) or backorders == "notify" or row.get("in_stock") == "backorder"
    if row.get("stock"):
        on_hand = notes.number(row, "stock", parse_count, default=0)
        return StockRecord(on_hand=on_hand, is_tracked=True, allows_backorder=allows)
    if row.get("in_stock") in ("0", "backorder"):
        return StockRecord(on_hand=0, is_tracked=True, allows_backorder=allows)
    return StockRecord(is_tracked=False)
