"""The catalogue's HTTP edge."""

from starlette.routing import Route

from stoa.commerce.catalogue.router import imports, media, products

ROUTES: list[Route] = [*media.ROUTES, *products.ROUTES, *imports.ROUTES]
