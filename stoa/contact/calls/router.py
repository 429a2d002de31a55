"""`/api/desk`: what calls say by themselves."""

from starlette.routing import Route

from stoa.contact.calls.prompts import router as prompts

ROUTES: list[Route] = [
    *prompts.ROUTES,
]
