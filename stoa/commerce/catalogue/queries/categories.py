"""The tree of categories and the page of one."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from stoa.commerce.catalogue.errors import NoSuchCategory
from stoa.commerce.catalogue.models import (
    CategoryNode,
    CategoryPage,
    ListingFilters,
    Moved,
    Sort,
)
from stoa.commerce.catalogue.queries.listing import Source, picture_from, read_listing
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.i18n.locale import Locale, in_locale

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


def paths(
    nodes: Sequence[CategoryNode], above: tuple[CategoryNode, ...] = ()
) -> Iterator[tuple[CategoryNode, ...]]:
    """Every category of a tree with its ancestors, itself last."""
    for node in nodes:
        path = (*above, node)
        yield path
        yield from paths(node.children, path)


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
    path = next((path for path in paths(tree) if path[-1].slug == slug), None)
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
    for path in paths(tree):
        if path[-1].id == category_id:
            return Moved(path[-1].slug)
    raise NoSuchCategory
