"""The catalogue as rows of a Shopify product CSV with some columns of our own, which the importer
takes back. One row per variant; further pictures have rows of their own."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database, ReadSession, Row
from stoa.platform.i18n.locale import in_locale
from stoa.platform.money.amount import Money

MAX_OPTIONS = 9
AT_ONCE = 200
_FIXED = (
    *("Handle", "Title", "Body (HTML)", "Vendor", "Collection", "Status"),
    *("Variant SKU", "Variant Barcode", "Variant Price", "Variant Compare At Price"),
    *("Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty"),
    *("Variant Inventory Policy", "Variant Image", "Image Src", "Image Position"),
    *("Image Alt Text", "Stoa ID", "Stoa VAT", "Stoa Featured", "Stoa Position"),
)

PRODUCTS = """
SELECT p.id, p.external_id, p.names, p.descriptions, p.brand, p.vat_category, p.options,
    p.is_visible, p.is_featured, p.position,
    (SELECT s.slug FROM slug s WHERE s.product_id = p.id AND s.locale = $2 AND s.is_current)
        AS slug,
    (SELECT jsonb_agg(pc.category_id ORDER BY pc.position) FROM product_category pc
     WHERE pc.product_id = p.id) AS category_ids,
    (SELECT jsonb_agg(jsonb_build_object('code', a.code, 'names', a.value_names)
        ORDER BY a.position, a.value_code)
     FROM product_attribute a WHERE a.product_id = p.id) AS attributes,
    (SELECT jsonb_agg(jsonb_build_object('id', i.id, 'url', i.source_url, 'alts', pp.alts)
        ORDER BY pp.position, i.id)
     FROM product_picture pp JOIN picture i ON i.id = pp.picture_id
     WHERE pp.product_id = p.id AND i.state <> 'failed') AS pictures,
    (SELECT jsonb_agg(jsonb_build_object('sku', v.sku, 'gtin', v.gtin, 'choices', v.option_values,
        'price', v.price_minor, 'before', v.compare_price_minor, 'grams', v.weight_grams,
        'picture_id', v.picture_id, 'on_hand', s.on_hand, 'is_tracked', s.is_tracked,
        'backorder', s.allows_backorder) ORDER BY v.position, v.id)
     FROM variant v JOIN stock s ON s.variant_id = v.id
     WHERE v.product_id = p.id AND v.is_active) AS variants
FROM product p WHERE p.shop_id = $1 AND p.id > $3 ORDER BY p.id LIMIT $4
"""

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Context:
    shop: Shop
    base_url: str
    paths: Mapping[str, str]  # category id: "Home > Garden"
    traits: Mapping[str, str]  # attribute code: its column

    def text(self, texts: Mapping[str, str]) -> str:
        return in_locale(texts, self.shop.default_locale, default=self.shop.default_locale)


async def export_rows(
    database: Database, *, shop: Shop, base_url: str
) -> AsyncIterator[Sequence[str]]:
    """The header, then every row. Pictures that were uploaded are named under `base_url`."""
    async with database.read() as session:
        context = _Context(
            shop, base_url, await _paths(session, shop), await _traits(session, shop)
        )
    columns = _columns(context)
    yield columns
    last = UUID(int=0)
    while True:
        async with database.read() as session:
            rows = await session.fetch(PRODUCTS, shop.id, shop.default_locale, last, AT_ONCE)
        for row in rows:
            for cells in _product(row, context):
                yield [cells.get(column, "") for column in columns]
        if len(rows) < AT_ONCE:
            return
        last = rows[-1]["id"]


def _columns(context: _Context) -> list[str]:
    others = [locale for locale in context.shop.locales if locale != context.shop.default_locale]
    return [
        *_FIXED,
        *(f"Option{n} {part}" for n in range(1, MAX_OPTIONS + 1) for part in ("Name", "Value")),
        *(f"{name} [{locale}]" for locale in others for name in ("Title", "Body (HTML)")),
        *context.traits.values(),
    ]


async def _paths(session: ReadSession, shop: Shop) -> dict[str, str]:
    rows = await session.fetch(
        "SELECT id, parent_id, names FROM category WHERE shop_id = $1", shop.id
    )
    known = {row["id"]: row for row in rows}

    def path(row: Row) -> str:
        name = in_locale(row["names"], shop.default_locale).replace(",", "\\,")
        above = known.get(row["parent_id"])
        return f"{path(above)} > {name}" if above else name

    return {str(row["id"]): path(row) for row in rows}


async def _traits(session: ReadSession, shop: Shop) -> dict[str, str]:
    rows = await session.fetch(
        "SELECT code, names FROM facet_label WHERE shop_id = $1 AND value_code = ''"
        " AND code IN (SELECT a.code FROM product_attribute a JOIN product p"
        " ON p.id = a.product_id WHERE p.shop_id = $1) ORDER BY position, code",
        shop.id,
    )
    return {
        row["code"]: f"{in_locale(row['names'], shop.default_locale)}"
        f" (product.metafields.stoa.{row['code']})"
        for row in rows
    }


def _product(row: Row, context: _Context) -> Iterator[Cells]:
    """The rows of one product; what belongs to all of it stands in the first."""
    pictures = [_picture(picture, context) for picture in row["pictures"] or ()]
    addresses = {cells["id"]: cells["Image Src"] for cells in pictures}
    variants = [_variant(variant, row, context, addresses) for variant in row["variants"] or ()]
    handle = {"Handle": row["slug"] or str(row["id"])}
    for place in range(max(len(variants), len(pictures)) if variants else 0):
        cells = dict(handle)
        if place == 0:
            cells |= _head(row, context)
        if place < len(variants):
            cells |= variants[place]
        if place < len(pictures):
            cells |= pictures[place] | {"Image Position": str(place + 1)}
        yield cells


def _head(row: Row, context: _Context) -> Cells:
    default = context.shop.default_locale
    ids = row["category_ids"] or ()
    cells = {
        "Title": context.text(row["names"]),
        "Body (HTML)": context.text(row["descriptions"]),
        "Vendor": row["brand"],
        "Collection": ", ".join(context.paths[id_] for id_ in ids if id_ in context.paths),
        "Status": "active" if row["is_visible"] else "draft",
        "Stoa ID": row["external_id"] or "",
        "Stoa VAT": row["vat_category"],
        "Stoa Featured": "true" if row["is_featured"] else "",
        "Stoa Position": str(row["position"]),
    }
    for locale in context.shop.locales:
        if locale != default:
            cells[f"Title [{locale}]"] = row["names"].get(locale, "")
            cells[f"Body (HTML) [{locale}]"] = row["descriptions"].get(locale, "")
    for attribute in row["attributes"] or ():
        column = context.traits.get(attribute["code"])
        if column:
            value = context.text(attribute["names"]).replace(";", "\\;")
            cells[column] = f"{cells[column]}; {value}" if column in cells else value
    for number, option in enumerate(row["options"][:MAX_OPTIONS], start=1):
        cells[f"Option{number} Name"] = context.text(option["names"])
    return cells


def _variant(
    variant: Mapping[str, Any], row: Row, context: _Context, addresses: Mapping[str, str]
) -> Cells:
    cells = {
        "Variant SKU": variant["sku"],
        "Variant Barcode": variant["gtin"] or "",
        "Variant Price": _price(variant["price"], context),
        "Variant Compare At Price": _price(variant["before"], context),
        "Variant Grams": str(variant["grams"]),
        "Variant Inventory Tracker": "stoa" if variant["is_tracked"] else "",
        "Variant Inventory Qty": str(variant["on_hand"]) if variant["is_tracked"] else "",
        "Variant Inventory Policy": "continue" if variant["backorder"] else "deny",
        "Variant Image": addresses.get(variant["picture_id"] or "", ""),
    }
    for number, option in enumerate(row["options"][:MAX_OPTIONS], start=1):
        chosen = variant["choices"].get(option["code"])
        names = {value["code"]: context.text(value["names"]) for value in option["values"]}
        cells[f"Option{number} Value"] = names.get(chosen, "")
    return cells


def _price(minor: int | None, context: _Context) -> str:
    return "" if minor is None else str(Money(minor, context.shop.currency).as_decimal())


def _picture(picture: Mapping[str, Any], context: _Context) -> Cells:
    url = picture["url"] or ""
    is_address = url.startswith(("http://", "https://"))
    return {
        "id": picture["id"],
        "Image Src": url if is_address else f"{context.base_url}/media/{picture['id']}",
        "Image Alt Text": context.text(picture["alts"]),
    }
