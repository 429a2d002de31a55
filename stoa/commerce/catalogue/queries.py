"""What the storefront reads, in as few statements as possible."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from stoa.commerce.catalogue.errors import NoSuchCategory, NoSuchProduct
from stoa.commerce.catalogue.listing import (
    CARD,
    Source,
    card_from,
    picture_from,
    read_listing,
)
from stoa.commerce.catalogue.models import (
    AttributeView,
    CategoryLink,
    CategoryNode,
    CategoryPage,
    ListingFilters,
    Moved,
    OptionValueView,
    OptionView,
    ProductCard,
    ProductPage,
    SitemapEntry,
    Sort,
    VariantView,
)
from stoa.commerce.inventory.models import StockLevel
from stoa.commerce.inventory.rules import availability_of, available_of
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.i18n.locale import Locale, in_locale
from stoa.platform.money.amount import Money

PAGE_SIZE = 24


async def category_tree(
    session: ReadSession, *, shop: Shop, locale: Locale
) -> tuple[CategoryNode, ...]:
    """The visible categories, the roots in order. Remembered by the node."""

    async def load() -> tuple[CategoryNode, ...]:
        rows = await session.fetch(CATEGORIES, shop.id)
        return _children(rows, None, shop=shop, locale=locale)

    return await session.remember(
        ("category_tree", shop.id, locale), load, until=("category.changed", "product.changed")
    )


CATEGORIES = """
SELECT c.id, c.parent_id, c.names, c.descriptions,
    (SELECT jsonb_object_agg(s.locale, s.slug) FROM slug s
     WHERE s.category_id = c.id AND s.is_current) AS slugs,
    CASE WHEN i.state IN ('stored', 'ready') THEN jsonb_build_object('id', i.id,
        'width', i.width, 'height', i.height, 'widths', i.widths, 'alts', c.names) END AS picture,
    COALESCE(l.count, 0) AS count
FROM category c
LEFT JOIN picture i ON i.id = c.picture_id
LEFT JOIN (SELECT u.id, count(*) FROM product_listing, unnest(category_ids) AS u (id)
           WHERE shop_id = $1 GROUP BY u.id) l ON l.id = c.id
WHERE c.shop_id = $1 AND c.is_visible
ORDER BY c.position, c.id
"""


def _children(
    rows: Sequence[Row], parent_id: UUID | None, *, shop: Shop, locale: Locale
) -> tuple[CategoryNode, ...]:
    default = shop.default_locale
    return tuple(
        CategoryNode(
            id=row["id"],
            slug=in_locale(row["slugs"], locale, default=default),
            slugs=row["slugs"],
            name=in_locale(row["names"], locale, default=default),
            description=in_locale(row["descriptions"], locale, default=default),
            picture=picture_from(row["picture"], shop=shop, locale=locale),
            product_count=row["count"],
            children=_children(rows, row["id"], shop=shop, locale=locale),
        )
        for row in rows
        if row["parent_id"] == parent_id
    )


def _paths(
    nodes: Sequence[CategoryNode], above: tuple[CategoryNode, ...] = ()
) -> Iterator[tuple[CategoryNode, ...]]:
    """Every category of a tree with its ancestors, itself last."""
    for node in nodes:
        path = (*above, node)
        yield path
        yield from _paths(node.children, path)


async def category_page(
    session: ReadSession,
    *,
    shop: Shop,
    locale: Locale,
    slug: str,
    filters: ListingFilters | None = None,
    sort: Sort = Sort.RECOMMENDED,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
) -> CategoryPage | Moved:
    """A category with a page of its products and those of the categories below it.

    Raises:
        NoSuchCategory: no visible category has or had this slug in this language.
    """
    tree = await category_tree(session, shop=shop, locale=locale)
    path = next((path for path in _paths(tree) if path[-1].slug == slug), None)
    if path is None:
        return await _moved_category(session, shop=shop, locale=locale, slug=slug, tree=tree)
    listing = await read_listing(
        session,
        shop=shop,
        locale=locale,
        source=Source(category_id=path[-1].id),
        filters=filters or ListingFilters(),
        sort=sort,
        cursor=cursor,
        limit=limit,
    )
    return CategoryPage(path[-1], tuple(node.link for node in path), listing)


async def _moved_category(
    session: ReadSession, *, shop: Shop, locale: Locale, slug: str, tree: Sequence[CategoryNode]
) -> Moved:
    category_id = await session.fetch_value(
        "SELECT category_id FROM slug"
        " WHERE shop_id = $1 AND kind = 'category' AND locale = $2 AND slug = $3",
        shop.id,
        locale,
        slug,
    )
    for path in _paths(tree):
        if path[-1].id == category_id:
            return Moved(path[-1].slug)
    raise NoSuchCategory


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
        availability=availability_of(level),
        available=available_of(level),
    )


def _breadcrumb(
    tree: Sequence[CategoryNode], category_ids: Sequence[UUID]
) -> tuple[CategoryLink, ...]:
    """The way to the first of the categories that can be seen."""
    paths = {path[-1].id: path for path in _paths(tree)}
    for category_id in category_ids:
        if path := paths.get(category_id):
            return tuple(node.link for node in path)
    return ()


async def featured(
    session: ReadSession, *, shop: Shop, locale: Locale, limit: int = 12
) -> tuple[ProductCard, ...]:
    """The products the merchant puts forward, filled up with the newest."""
    rows = await session.fetch(
        f"SELECT {CARD} FROM product_listing WHERE shop_id = $1"
        " ORDER BY is_featured DESC, CASE WHEN is_featured THEN position END,"
        " created_at DESC, product_id LIMIT $2",
        shop.id,
        limit,
    )
    return tuple(card_from(row, shop=shop, locale=locale) for row in rows)


async def related(
    session: ReadSession, *, shop: Shop, locale: Locale, product_id: UUID, limit: int = 6
) -> tuple[ProductCard, ...]:
    """Others of the same categories: sharing more of them first, then those to be had."""
    rows = await session.fetch(
        f"""
        SELECT {CARD} FROM (
            SELECT l.*, cardinality(ARRAY(SELECT unnest(l.category_ids)
                                          INTERSECT SELECT unnest(o.category_ids))) AS shared
            FROM product_listing o
            JOIN product_listing l ON l.shop_id = o.shop_id AND l.product_id <> o.product_id
                AND l.category_ids && o.category_ids
            WHERE o.shop_id = $1 AND o.product_id = $2
        ) candidate
        ORDER BY shared DESC, is_available DESC, is_featured DESC, position, product_id LIMIT $3
        """,
        shop.id,
        product_id,
        limit,
    )
    return tuple(card_from(row, shop=shop, locale=locale) for row in rows)


async def cards_by_ids(
    session: ReadSession, *, shop: Shop, locale: Locale, product_ids: Sequence[UUID]
) -> tuple[ProductCard, ...]:
    """The visible ones of these products, in the order given."""
    rows = await session.fetch(
        f"SELECT {CARD} FROM product_listing WHERE shop_id = $1 AND product_id = ANY($2)"
        " ORDER BY array_position($2, product_id)",
        shop.id,
        list(product_ids),
    )
    return tuple(card_from(row, shop=shop, locale=locale) for row in rows)


async def sitemap_entries(session: ReadSession, *, shop: Shop) -> tuple[SitemapEntry, ...]:
    """Every visible category and product."""
    rows = await session.fetch(
        """
        SELECT 'product' AS kind, l.slugs, p.updated_at, l.product_id AS id
        FROM product_listing l JOIN product p ON p.id = l.product_id WHERE l.shop_id = $1
        UNION ALL
        SELECT 'category', jsonb_object_agg(s.locale, s.slug), c.updated_at, c.id
        FROM category c JOIN slug s ON s.category_id = c.id AND s.is_current
        WHERE c.shop_id = $1 AND c.is_visible GROUP BY c.id
        ORDER BY kind, id
        """,
        shop.id,
    )
    return tuple(SitemapEntry(row["kind"], row["slugs"], row["updated_at"]) for row in rows)
