"""Where a destination is: its name and its address in the customer's language."""

from uuid import UUID

from stoa.assist.walks.errors import NoWayThere
from stoa.assist.walks.models import Place
from stoa.assist.walks.rules import page_to_show
from stoa.assist.walks.schemas import (
    CategoryPlace,
    Destination,
    ToCart,
    ToCategory,
    ToPage,
    ToProduct,
)
from stoa.commerce.catalogue.models import CategoryNode
from stoa.commerce.catalogue.queries import category_tree, product_by_id
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.messages import translator


async def place_of(
    session: ReadSession, *, shop: Shop, locale: Locale, to: Destination, own: str
) -> Place:
    """Raises:
    NotFound: the shop has no such product or category.
    NoWayThere: the address is not one that customers may be led to.
    """
    match to:
        case ToProduct():
            page = await product_by_id(session, shop=shop, locale=locale, product_id=to.product_id)
            return Place(page.name, f"/{locale}/p/{page.slug}")
        case ToCategory():
            node = await _category(session, shop=shop, locale=locale, category_id=to.category_id)
            return Place(node.name, f"/{locale}/c/{node.slug}")
        case ToCart():
            return Place(translator(locale, "storefront")("cart.title"), f"/{locale}/cart")
        case ToPage():
            url = page_to_show(to.url, own=own, origins=_origins(shop))
            if url is None:
                raise NoWayThere()
            return Place(to.title or url.partition("?")[0], url)


def _origins(shop: Shop) -> list[str]:
    """Those with a wildcard name many pages, not one to be led to."""
    origins = shop.settings.get("embed", {}).get("origins", ())
    return [origin for origin in origins if "*" not in origin]


async def _category(
    session: ReadSession, *, shop: Shop, locale: Locale, category_id: UUID
) -> CategoryNode:
    tree = await category_tree(session, shop=shop, locale=locale)
    found = next((path[-1] for path in _paths(tree) if path[-1].id == category_id), None)
    if found is None:
        raise NotFound()
    return found


async def list_categories(
    session: ReadSession, *, shop: Shop, locale: Locale
) -> list[CategoryPlace]:
    """The shop's categories that are shown, each after the one it is in."""
    return [
        CategoryPlace(
            id=path[-1].id,
            name=path[-1].name,
            path=[node.name for node in path[:-1]],
            product_count=path[-1].product_count,
        )
        for path in _paths(await category_tree(session, shop=shop, locale=locale))
    ]


def _paths(
    nodes: tuple[CategoryNode, ...], above: tuple[CategoryNode, ...] = ()
) -> list[tuple[CategoryNode, ...]]:
    found: list[tuple[CategoryNode, ...]] = []
    for node in nodes:
        path = (*above, node)
        found += [path, *_paths(node.children, path)]
    return found
