"""Categories and search: lists with filters, sorting and pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.responses import Response

from stoa.commerce.catalogue.models import ListingFilters, Moved, Sort
from stoa.commerce.catalogue.queries import category_page
from stoa.platform.money.rounding import parse_amount
from stoa.storefront.rendering import Page
from stoa.storefront.structured import breadcrumbs, category_steps
from stoa.storefront.urls import Urls
from stoa.storefront.visit import Html, Visit, moved

FACET = "f."
PARAMS = ("sort", "after", "min", "max", "available", "q")
MAX_VALUES = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What the query string asks of a list; whatever makes no sense in it is passed over."""

    filters: ListingFilters
    sort: Sort
    after: str | None
    minimum: str
    maximum: str

    @property
    def is_filtered(self) -> bool:
        return self.filters != ListingFilters()

    def query(self, *, q: str = "", after: str = "", sort: bool = True) -> str:
        """The same wish as a query string, on another page of the list."""
        pairs = [("q", q)] if q else []
        pairs += [
            (FACET + code, value)
            for code, values in self.filters.values.items()
            for value in values
        ]
        pairs += [("min", self.minimum)] if self.filters.price_min_minor is not None else []
        pairs += [("max", self.maximum)] if self.filters.price_max_minor is not None else []
        pairs += [("available", "1")] if self.filters.only_available else []
        pairs += [("sort", str(self.sort))] if sort and self.sort is not Sort.RECOMMENDED else []
        pairs += [("after", after)] if after else []
        return urlencode(pairs)


def read_wish(params: QueryParams, *, currency: str) -> Wish:
    """The wish of a query string: "f.colour=red&max=20&sort=price_up"."""
    values: dict[str, tuple[str, ...]] = {}
    for name, value in params.multi_items()[:MAX_VALUES]:
        code = name.removeprefix(FACET)
        if name.startswith(FACET) and code and value and "\0" not in name + value:
            values[code] = (*values.get(code, ()), value[:100])
    minimum, maximum = params.get("min", "")[:20], params.get("max", "")[:20]
    try:
        sort = Sort(params.get("sort", ""))
    except ValueError:
        sort = Sort.RECOMMENDED
    filters = ListingFilters(
        values=values,
        price_min_minor=_minor(minimum, currency),
        price_max_minor=_minor(maximum, currency),
        only_available=params.get("available") == "1",
    )
    return Wish(filters, sort, params.get("after") or None, minimum, maximum)


def _minor(text: str, currency: str) -> int | None:
    if not text.strip():
        return None
    try:
        amount = parse_amount(text, currency).minor
    except ValueError:
        return None
    return amount if amount >= 0 else None


async def category(visit: Visit) -> Html | Response:
    shop, locale, slug = visit.shop, visit.locale, visit.request.path_params["slug"]
    wish = read_wish(visit.request.query_params, currency=shop.currency)
    found = await category_page(
        visit.session,
        shop=shop,
        locale=locale,
        slug=slug,
        filters=wish.filters,
        sort=wish.sort,
        cursor=wish.after,
    )
    urls = Urls(locale)
    if isinstance(found, Moved):
        return moved(urls.category(found.slug, visit.request.url.query))
    node = found.category
    paths: Mapping[str, str] = {
        code: Urls(code).category(node.slugs[code]) for code in shop.locales if code in node.slugs
    }
    page = Page(
        kind="category",
        title=node.name,
        description=node.description,
        paths=paths,
        picture=node.picture,
        is_indexed=not wish.is_filtered and wish.after is None and wish.sort is Sort.RECOMMENDED,
        structured=[
            breadcrumbs(category_steps(shop, found.breadcrumb, urls=urls), base_url=visit.base_url)
        ],
    )
    return Html(
        await visit.render(
            page,
            "category.html",
            category=node,
            breadcrumb=found.breadcrumb[:-1],
            listing=found.listing,
            wish=wish,
            sorts=list(Sort),
            here=urls.category(node.slug),
            first_url=urls.category(node.slug, wish.query()),
            next_url=(
                urls.category(node.slug, wish.query(after=found.listing.next))
                if found.listing.next
                else None
            ),
            q="",
        )
    )
