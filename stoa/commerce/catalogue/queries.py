"""What the storefront reads, in as few statements as possible."""

from collections.abc import Sequence
from uuid import UUID

from stoa.commerce.catalogue.models import (
    CategoryNode,
    CategoryPage,
    ListingFilters,
    Moved,
    ProductCard,
    ProductPage,
    SitemapEntry,
    Sort,
)
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import ReadSession
from stoa.platform.i18n.locale import Locale

PAGE_SIZE = 24


async def category_tree(
    session: ReadSession, *, shop: Shop, locale: Locale
) -> tuple[CategoryNode, ...]:
    """The visible categories, the roots in order. Remembered by the node."""
    raise NotImplementedError


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
    raise NotImplementedError


async def product_page(
    session: ReadSession, *, shop: Shop, locale: Locale, slug: str
) -> ProductPage | Moved:
    """A visible product with all its page shows, in one statement.

    Raises:
        NoSuchProduct: no visible product has or had this slug in this language.
    """
    raise NotImplementedError


async def product_by_id(
    session: ReadSession, *, shop: Shop, locale: Locale, product_id: UUID
) -> ProductPage:
    """The same by id, visible or not.

    Raises:
        NoSuchProduct: there is none.
    """
    raise NotImplementedError


async def featured(
    session: ReadSession, *, shop: Shop, locale: Locale, limit: int = 12
) -> tuple[ProductCard, ...]:
    """The products the merchant puts forward, filled up with the newest."""
    raise NotImplementedError


async def related(
    session: ReadSession, *, shop: Shop, locale: Locale, product_id: UUID, limit: int = 6
) -> tuple[ProductCard, ...]:
    """Others of the same categories, those that share most with it first."""
    raise NotImplementedError


async def cards_by_ids(
    session: ReadSession, *, shop: Shop, locale: Locale, product_ids: Sequence[UUID]
) -> tuple[ProductCard, ...]:
    """The visible ones of these products, in the order given."""
    raise NotImplementedError


async def sitemap_entries(session: ReadSession, *, shop: Shop) -> tuple[SitemapEntry, ...]:
    """Every visible category and product."""
    raise NotImplementedError
