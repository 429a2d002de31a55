"""The catalogue's HTTP edge."""

from starlette.routing import Route

from stoa.commerce.catalogue.router import media

ROUTES: list[Route] = [*media.ROUTES]
