"""The storefront's addresses."""

from collections.abc import Sequence

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

from stoa.platform.i18n.locale import LOCALES
from stoa.platform.web import edge
from stoa.storefront.pages import (
    account,
    cart,
    checkout,
    confirm,
    consent,
    home,
    information,
    listing,
    order,
    product,
    rating,
    robots,
    search,
)
from stoa.storefront.visit import form, personal, shared


class LocalizedRoutes(BaseRoute):
    """Routes that begin with a language, looked at only for paths that do.

    Shoppers' pages come first and pay for no other feature's routes; other paths skip them all.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = list(routes)
        self._languages = frozenset(f"/{locale}/" for locale in LOCALES)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["path"][:4] not in self._languages:
            return Match.NONE, {}
        best: tuple[Match, Scope] = (Match.NONE, {})
        for route in self.routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, {**found, "localized_route": route}
            if match is Match.PARTIAL and best[0] is Match.NONE:
                best = match, {**found, "localized_route": route}
        return best

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["localized_route"].handle(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        raise NoMatchFound(name, dict(path_params))


FIXED: list[BaseRoute] = [
    edge.get("/", home.front_door),
    edge.get("/robots.txt", robots.robots),
    edge.get("/sitemap.xml", robots.sitemap),
    edge.get("/sitemap-{number:int}.xml", robots.sitemap_part),
    edge.get("/rate/{token}", rating.rating),
    edge.post("/rate/{token}", rating.rate),
    edge.get("/consent/{token}", consent.consent),
    edge.post("/consent/{token}", consent.withdraw),
    edge.get("/confirm/{token}", confirm.confirmation),
    edge.post("/confirm/{token}", confirm.confirm),
    Route("/favicon.svg", robots.favicon, methods=["GET"]),
    Route("/favicon.ico", robots.favicon, methods=["GET"]),
]

LOCALIZED: list[Route] = [
    shared("/{locale}/", home.home),
    shared("/{locale}/c/{slug}", listing.category, params=listing.PARAMS, prefix=listing.FACET),
    shared("/{locale}/p/{slug}", product.product, params=("v",)),
    shared("/{locale}/search", search.search, params=listing.PARAMS, prefix=listing.FACET),
    edge.get("/{locale}/search/suggest", search.suggestions),
    shared("/{locale}/info/{page}", information.information),
    personal("/{locale}/cart", cart.cart),
    form("/{locale}/cart/add", cart.add_to_cart, cart.refused),
    form("/{locale}/cart", cart.change_cart, cart.refused),
    checkout.PLACE,
    personal("/{locale}/checkout/{step}", checkout.checkout_step),
    form("/{locale}/checkout/{step}", checkout.submit_checkout_step, checkout.show_step_again),
    personal("/{locale}/order/{token}", order.order),
    personal("/{locale}/account", account.account),
    form("/{locale}/account", account.change_account, account.show_account_again),
]

ROUTES: list[BaseRoute] = [LocalizedRoutes(LOCALIZED), *FIXED]
