"""Import files with part of the demo shop, as other shops' software and Google publish them.

They serve the documentation and the importer's tests. Columns: Shopify
https://help.shopify.com/en/manual/products/import-export/using-csv, WooCommerce
https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema, Google
https://support.google.com/merchants/answer/7052112.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from stoa.commerce.catalogue.demo.assortment import (
    Assortment,
    assortment,
    planned_pictures,
    product_record,
)
from stoa.commerce.catalogue.demo.schemas import Category, Product
from stoa.commerce.catalogue.schemas import ProductRecord, VariantRecord
from stoa.platform.i18n.locale import Locale

SHOP = "https://meltemi.example"
_GOOGLE = "http://base.google.com/ns/1.0"

SHOPIFY_COLUMNS = (
    *("Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published"),
    *(f"Option{n} {part}" for n in (1, 2, 3) for part in ("Name", "Value")),
    *("Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty"),
    *("Variant Inventory Policy", "Variant Fulfillment Service", "Variant Price"),
    *("Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable"),
    *("Variant Barcode", "Image Src", "Image Position", "Image Alt Text", "Gift Card"),
    *("SEO Title", "SEO Description", "Variant Image", "Variant Weight Unit", "Status"),
)
WOOCOMMERCE_COLUMNS = (
    *("ID", "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Is featured?"),
    *("Visibility in catalog", "Short description", "Description", "Date sale price starts"),
    *("Date sale price ends", "Tax status", "Tax class", "In stock?", "Stock"),
    *("Low stock amount", "Backorders allowed?", "Sold individually?", "Weight (kg)"),
    *("Length (cm)", "Width (cm)", "Height (cm)", "Allow customer reviews?", "Purchase note"),
    *("Sale price", "Regular price", "Categories", "Tags", "Shipping class", "Images"),
    *("Download limit", "Download expiry days", "Parent", "Grouped products", "Upsells"),
    *("Cross-sells", "External URL", "Button text", "Position"),
    *(
        f"Attribute {n} {part}"
        for n in (1, 2, 3, 4)
        for part in ("name", "value(s)", "visible", "global")
    ),
)
GOOGLE_COLUMNS = (
    *("id", "title", "description", "link", "image_link", "additional_image_link"),
    *("availability", "price", "sale_price", "brand", "mpn", "identifier_exists", "condition"),
    *("item_group_id", "color", "size", "material", "product_type", "shipping_weight"),
)


def write_examples(folder: Path, *, count: int = 20, locale: Locale = "en") -> list[Path]:
    """`folder` has the first products of every category, `count` in all, in the four formats."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = _Writer(assortment(), locale)
    products = writer.spread(count)
    google = [row for product in products for row in writer.google(product)]
    paths = [
        folder / name
        for name in ("shopify.csv", "woocommerce.csv", "google-merchant.tsv", "google-merchant.xml")
    ]
    _write_table(paths[0], SHOPIFY_COLUMNS, (r for p in products for r in writer.shopify(p)))
    _write_table(paths[1], WOOCOMMERCE_COLUMNS, (r for p in products for r in writer.woo(p)))
    _write_table(paths[2], GOOGLE_COLUMNS, google, delimiter="\t")
    _write_feed(paths[3], google, title=writer.content.shop.name)
    return paths


def _write_table(
    path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]], *, delimiter: str = ","
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, restval="", delimiter=delimiter)
        table.writeheader()
        table.writerows(rows)


def _write_feed(path: Path, rows: Iterable[Mapping[str, str]], *, title: str) -> None:
    """An RSS 2.0 feed with Google's namespace."""
    ElementTree.register_namespace("g", _GOOGLE)
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    for tag, text in (("title", title), ("link", SHOP), ("description", title)):
        ElementTree.SubElement(channel, tag).text = text
    for row in rows:
        item = ElementTree.SubElement(channel, "item")
        for name, text in row.items():
            for part in text.split(",") if name == "additional_image_link" else [text]:
                if part:
                    ElementTree.SubElement(item, f"{{{_GOOGLE}}}{name}").text = part
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


class _Writer:
    """Rows of one language."""

    def __init__(self, content: Assortment, locale: Locale) -> None:
        self.content = content
        self.locale = locale
        self._categories: dict[str, Category] = {item.code: item for item in content.categories}

    def spread(self, count: int) -> list[Product]:
        """As many products of every category as fit, in the order of the shop."""
        turns: dict[str, int] = {}
        ranked = []
        for position, product in enumerate(self.content.products):
            turn = turns[product.categories[0]] = turns.get(product.categories[0], 0) + 1
            ranked.append((turn, position, product))
        chosen = sorted(ranked, key=lambda entry: entry[:2])[:count]
        return [product for _, _, product in sorted(chosen, key=lambda entry: entry[1])]

    def shopify(self, product: Product) -> Iterator[Mapping[str, str]]:
        """A row for every variant; pictures beside them, further rows for further pictures."""
        record = self._record(product)
        pictures = self._pictures(product)
        for number in range(max(len(record.variants), len(pictures))):
            row = {"Handle": product.code}
            if number == 0:
                row |= self._shopify_product(product)
            if number < len(record.variants):
                row |= self._shopify_variant(product, record, number, pictures)
            if number < len(pictures):
                address, alt = pictures[number]
                row |= {"Image Src": address, "Image Position": str(number + 1)}
                row |= {"Image Alt Text": alt}
            yield row

    def _shopify_product(self, product: Product) -> dict[str, str]:
        path = self._path(product.categories[0])
        return {
            "Title": product.names[self.locale],
            "Body (HTML)": f"<p>{product.descriptions[self.locale]}</p>",
            "Vendor": product.brand,
            "Type": path[-1],
            "Tags": ", ".join(path),
            "Published": "true",
            "Gift Card": "false",
            "SEO Title": product.names[self.locale],
            "Status": "active",
        }

    def _shopify_variant(
        self,
        product: Product,
        record: ProductRecord,
        number: int,
        pictures: Sequence[tuple[str, str]],
    ) -> dict[str, str]:
        variant = record.variants[number]
        chosen = self._chosen(variant) or [("Title", "Default Title")]
        row = {f"Option{at} Value": value for at, (_, value) in enumerate(chosen, start=1)}
        if number == 0:
            row |= {f"Option{at} Name": name for at, (name, _) in enumerate(chosen, start=1)}
        stock = variant.stock
        assert stock is not None
        has_picture = product.pictured_option is not None and variant.picture is not None
        return row | {
            "Variant SKU": variant.sku,
            "Variant Grams": str(variant.weight_grams),
            "Variant Inventory Tracker": "shopify" if stock.is_tracked else "",
            "Variant Inventory Qty": str(stock.on_hand),
            "Variant Inventory Policy": "continue" if stock.allows_backorder else "deny",
            "Variant Fulfillment Service": "manual",
            "Variant Price": _amount(variant.price_minor),
            "Variant Compare At Price": _amount(variant.compare_price_minor),
            "Variant Requires Shipping": "true",
            "Variant Taxable": "true",
            "Variant Barcode": variant.gtin or "",
            "Variant Image": pictures[variant.picture or 0][0] if has_picture else "",
            "Variant Weight Unit": "g",
        }

    def woo(self, product: Product) -> Iterator[Mapping[str, str]]:
        """One row for a simple product; a parent and its variations for one with options."""
        record = self._record(product)
        pictures = [address for address, _ in self._pictures(product)]
        parent = {
            "Name": product.names[self.locale],
            "Published": "1",
            "Is featured?": str(int(product.is_featured)),
            "Visibility in catalog": "visible",
            "Description": product.descriptions[self.locale],
            "Tax status": "taxable",
            "Tax class": "" if product.vat_category == "standard" else "reduced-rate",
            "Allow customer reviews?": "1",
            "Categories": " > ".join(self._path(product.categories[0])),
            "Images": ", ".join(pictures),
            **self._woo_attributes(record),
        }
        if not product.options:
            yield parent | {"Type": "simple"} | self._woo_offer(record.variants[0])
            return
        yield parent | {"Type": "variable", "SKU": product.article, "In stock?": "1"}
        for position, variant in enumerate(record.variants, start=1):
            row = {
                "Type": "variation",
                "Name": product.names[self.locale],
                "Published": "1",
                "Tax class": "parent",
                "Parent": product.article,
                "Position": str(position),
                "Images": "" if variant.picture is None else pictures[variant.picture],
            }
            for at, (name, value) in enumerate(self._chosen(variant), start=1):
                row |= {f"Attribute {at} name": name}
                row |= {f"Attribute {at} value(s)": _woo_value(value)}
                row |= {f"Attribute {at} global": "1"}
            yield row | self._woo_offer(variant)

    def _woo_offer(self, variant: VariantRecord) -> dict[str, str]:
        stock = variant.stock
        assert stock is not None
        is_reduced = variant.compare_price_minor is not None
        return {
            "SKU": variant.sku,
            "GTIN, UPC, EAN, or ISBN": variant.gtin or "",
            "In stock?": str(int(_can_be_sold(variant))),
            "Stock": str(stock.on_hand) if stock.is_tracked else "",
            "Backorders allowed?": str(int(stock.allows_backorder)),
            "Weight (kg)": f"{variant.weight_grams // 1000}.{variant.weight_grams % 1000:03d}",
            "Sale price": _amount(variant.price_minor) if is_reduced else "",
            "Regular price": _amount(variant.compare_price_minor or variant.price_minor),
        }

    def _woo_attributes(self, record: ProductRecord) -> dict[str, str]:
        told = [(part.names, part.values) for part in record.options]
        told += [(part.names, part.values) for part in record.attributes]
        row: dict[str, str] = {}
        for at, (names, values) in enumerate(told[:4], start=1):
            listed = ", ".join(_woo_value(value.names[self.locale]) for value in values)
            row |= {f"Attribute {at} name": names[self.locale], f"Attribute {at} value(s)": listed}
            row |= {f"Attribute {at} visible": "1", f"Attribute {at} global": "1"}
        return row

    def google(self, product: Product) -> Iterator[Mapping[str, str]]:
        """An item for every variant; those of one product share their group."""
        record = self._record(product)
        pictures = [address for address, _ in self._pictures(product)]
        materials = self.content.attributes["material"]
        for variant in record.variants:
            chosen = dict(variant.option_values)
            shown = variant.picture or 0
            others = [address for at, address in enumerate(pictures) if at != shown]
            price = variant.compare_price_minor or variant.price_minor
            yield {
                "id": variant.sku,
                "title": product.names[self.locale],
                "description": product.descriptions[self.locale],
                "link": f"{SHOP}/{self.locale}/p/{product.code}?sku={variant.sku}",
                "image_link": pictures[shown],
                "additional_image_link": ",".join(others),
                "availability": _google_availability(variant),
                "price": f"{_amount(price)} EUR",
                "sale_price": (
                    f"{_amount(variant.price_minor)} EUR" if variant.compare_price_minor else ""
                ),
                "brand": product.brand,
                "mpn": variant.sku,
                "identifier_exists": "yes",
                "condition": "new",
                "item_group_id": product.article if product.options else "",
                "color": self._value("colour", chosen.pop("colour", "")),
                "size": " / ".join(self._value(option, code) for option, code in chosen.items()),
                "material": "/".join(
                    materials.value(code).names[self.locale]
                    for code in product.attributes.get("material", [])
                ),
                "product_type": " > ".join(self._path(product.categories[0])),
                "shipping_weight": f"{variant.weight_grams} g",
            }

    def _record(self, product: Product) -> ProductRecord:
        return product_record(self.content, product, position=0)

    def _pictures(self, product: Product) -> list[tuple[str, str]]:
        return [
            (f"{SHOP}/pictures/{product.code}-{at}.png", plan.alts[self.locale])
            for at, plan in enumerate(planned_pictures(self.content, product), start=1)
        ]

    def _chosen(self, variant: VariantRecord) -> list[tuple[str, str]]:
        return [
            (self.content.options[option].names[self.locale], self._value(option, code))
            for option, code in variant.option_values.items()
        ]

    def _value(self, option: str, code: str) -> str:
        return self.content.options[option].value(code).names[self.locale] if code else ""

    def _path(self, code: str) -> list[str]:
        category = self._categories[code]
        above = self._path(category.parent) if category.parent else []
        return [*above, category.names[self.locale]]


def _amount(minor: int | None) -> str:
    """A price as the formats write it: 12900 is "129.00"."""
    return "" if minor is None else f"{minor // 100}.{minor % 100:02d}"


def _woo_value(text: str) -> str:
    """Commas part values, so those inside of one are escaped."""
    return text.replace(",", r"\,")


def _can_be_sold(variant: VariantRecord) -> bool:
    stock = variant.stock
    return stock is None or stock.on_hand > 0 or stock.allows_backorder or not stock.is_tracked


def _google_availability(variant: VariantRecord) -> str:
    stock = variant.stock
    if stock is None or not stock.is_tracked or stock.on_hand > 0:
        return "in_stock"
    return "backorder" if stock.allows_backorder else "out_of_stock"
