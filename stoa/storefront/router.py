"""The storefront's addresses."""

from starlette.routing import Route

from stoa.platform.web import edge
from stoa.storefront.pages import (
    cart,
    checkout,
    home,
    information,
    listing,
    order,
    product,
    robots,
    search,
)
from stoa.storefront.visit import form, personal, shared

ROUTES: list[Route] = [
    edge.get("/", home.front_door),
    edge.get("/robots.txt", robots.robots),
    edge.get("/sitemap.xml", robots.sitemap),
    edge.get("/sitemap-{number:int}.xml", robots.sitemap_part),
    Route("/favicon.svg", robots.favicon, methods=["GET"]),
    Route("/favicon.ico", robots.favicon, methods=["GET"]),
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
]
