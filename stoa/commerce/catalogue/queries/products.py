"""The page of one product."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from stoa.commerce.catalogue.errors import NoSuchProduct
from stoa.commerce.catalogue.models import (
    AttributeView,
    CategoryLink,
    CategoryNode,
    Moved,
    OptionValueView,
    OptionView,
    ProductPage,
    VariantView,
)
from stoa.commerce.catalogue.queries.categories import category_tree, paths
from stoa.commerce.catalogue.queries.listing import picture_from
from stoa.commerce.inventory.models import StockLevel
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.i18n.locale import Locale, in_locale
from stoa.platform.money.amount import Money

PRODUCT = """
SELECT p.id, p.names, p.descriptions, p.brand, p.vat_category, p.options, p.version, p.updated_at,
    (SELECT jsonb_object_agg(s.locale, s.slug) FROM slug s
     WHERE s.product_id = p.id AND s.is_current) AS slugs,
    (SELECT array_agg(pc.category_id ORDER BY pc.position, pc.category_id)
     FROM product_category pc WHERE pc.product_id = p.id) AS category_ids,
    (SELECT jsonb_agg(jsonb_build_object('code', a.code, 'value_code', a.value_code,
        'names', a.names, 'value_names', a.value_names) ORDER BY a.position, a.code, a.value_code)
     FROM product_attribute a WHERE a.product_id = p.id) AS attributes,
    (SELECT jsonb_agg(jsonb_build_object('id', i.id, 'width', i.width, 'height', i.height,
        'widths', i.widths, 'alts', pp.alts) ORDER BY pp.position, i.id)
     FROM product_picture pp JOIN picture i ON i.id = pp.picture_id
     WHERE pp.product_id = p.id AND i.state IN ('stored', 'ready')) AS pictures,
    (SELECT jsonb_agg(jsonb_build_object('id', v.id, 'sku', v.sku, 'gtin', v.gtin,
        'option_values', v.option_values, 'price', v.price_minor,
        'compare_price', v.compare_price_minor, 'weight', v.weight_grams,
        'picture_id', v.picture_id, 'on_hand', s.on_hand, 'reserved', s.reserved,
        'is_tracked', s.is_tracked, 'allows_backorder', s.allows_backorder)
        ORDER BY v.position, v.id)
     FROM variant v JOIN stock s ON s.variant_id = v.id
     WHERE v.product_id = p.id AND v.is_active) AS variants
FROM product p
"""


async def product_page(
    session: ReadSession, *, shop: Shop, locale: Locale, slug: str
) -> ProductPage | Moved:
    """A visible product with all its page shows, in one statement.

    Raises:
        NoSuchProduct: no visible product has or had this slug in this language.
    """
    row = await session.fetch_one(
        f"{PRODUCT} JOIN slug asked ON asked.product_id = p.id"
        " WHERE asked.shop_id = $1 AND asked.kind = 'product' AND asked.locale = $2"
        " AND asked.slug = $3 AND p.is_visible"
        " AND EXISTS (SELECT 1 FROM variant v WHERE v.product_id = p.id AND v.is_active)",
        shop.id,
        locale,
        slug,
    )
    if row is None:
        raise NoSuchProduct
    tree = await category_tree(session, shop=shop, locale=locale)
    page = _product_page(row, shop=shop, locale=locale, tree=tree)
    return page if page.slug == slug else Moved(page.slug)


async def product_by_id(
    session: ReadSession, *, shop: Shop, locale: Locale, product_id: UUID
) -> ProductPage:
    """The same by id, visible or not.

    Raises:
        NoSuchProduct: there is none.
    """
    row = await session.fetch_one(
        f"{PRODUCT} WHERE p.shop_id = $1 AND p.id = $2", shop.id, product_id
    )
    if row is None:
        raise NoSuchProduct
    tree = await category_tree(session, shop=shop, locale=locale)
    return _product_page(row, shop=shop, locale=locale, tree=tree)


def _product_page(
    row: Row, *, shop: Shop, locale: Locale, tree: Sequence[CategoryNode]
) -> ProductPage:
    default = shop.default_locale
    pictures = (picture_from(value, shop=shop, locale=locale) for value in row["pictures"] or ())
    return ProductPage(
        id=row["id"],
        slug=in_locale(row["slugs"], locale, default=default),
        slugs=row["slugs"],
        name=in_locale(row["names"], locale, default=default),
        description=in_locale(row["descriptions"], locale, default=default),
        brand=row["brand"],
        vat_category=row["vat_category"],
        options=tuple(
            OptionView(
                code=option["code"],
                name=in_locale(option["names"], locale, default=default),
                values=tuple(
                    OptionValueView(
                        value["code"], in_locale(value["names"], locale, default=default)
                    )
                    for value in option["values"]
                ),
            )
            for option in row["options"]
        ),
        attributes=_attributes(row["attributes"] or (), locale=locale, default=default),
        variants=tuple(_variant(value, shop) for value in row["variants"] or ()),
        pictures=tuple(picture for picture in pictures if picture),
        breadcrumb=_breadcrumb(tree, row["category_ids"] or ()),
        version=row["version"],
        updated_at=row["updated_at"],
    )


def _attributes(
    values: Sequence[Mapping[str, Any]], *, locale: Locale, default: str
) -> tuple[AttributeView, ...]:
    by_code: dict[str, tuple[str, list[OptionValueView]]] = {}
    for value in values:
        name = in_locale(value["names"], locale, default=default)
        _, views = by_code.setdefault(value["code"], (name, []))
        text = in_locale(value["value_names"], locale, default=default)
        views.append(OptionValueView(value["value_code"], text))
    return tuple(AttributeView(code, name, tuple(views)) for code, (name, views) in by_code.items())


def _variant(value: Mapping[str, Any], shop: Shop) -> VariantView:
    variant_id = UUID(value["id"])
    level = StockLevel(
        variant_id=variant_id,
        on_hand=value["on_hand"],
        reserved=value["reserved"],
        is_tracked=value["is_tracked"],
        allows_backorder=value["allows_backorder"],
    )
    compare = value["compare_price"]
    return VariantView(
        id=variant_id,
        sku=value["sku"],
        gtin=value["gtin"],
        option_values=value["option_values"],
        price=Money(value["price"], shop.currency),
        compare_price=None if compare is None else Money(compare, shop.currency),
        weight_grams=value["weight"],
        picture_id=UUID(value["picture_id"]) if value["picture_id"] else None,
        availability=level.availability,
        available=level.available,
    )


def _breadcrumb(
    tree: Sequence[CategoryNode], category_ids: Sequence[UUID]
) -> tuple[CategoryLink, ...]:
    """The way to the first of the categories that can be seen."""
    known = {path[-1].id: path for path in paths(tree)}
    for category_id in category_ids:
        if path := known.get(category_id):
            return tuple(node.link for node in path)
    return ()
