"""The document in which the desk shows a customer's page.

It is drawn from what a stranger's page sent. Nothing in it runs but the one script that draws it,
and its origin is nobody's: no cookie, no storage and no window of the desk is within its reach.
"""

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stoa.desk.shell import TEMPLATES
from stoa.platform.web.assets import asset_url

QUIRKS = "quirks"


def replica_policy(*, nonce: str) -> str:
    """The document's policy. `sandbox` without `allow-same-origin` is what makes its origin opaque,
    so that requests from it carry no `SameSite` cookie either; nobody in it knows the nonce.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            "style-src * data: 'unsafe-inline'",
            "img-src * data: blob:",
            "font-src * data:",
            "media-src *",
            "connect-src 'none'",
            "frame-src 'none'",
            "form-action 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
            "frame-ancestors 'self'",
            "sandbox allow-scripts",
        )
    )


async def replica(request: Request) -> Response:
    """An empty page that waits for the desk; with `?quirks`, one that lays out as pages without a
    doctype do, for that cannot be changed afterwards.
    """
    nonce = secrets.token_urlsafe(18)
    page = TEMPLATES.get_template("replica.html").render(
        script=asset_url("desk/replica.js"), nonce=nonce
    )
    if QUIRKS in request.query_params:
        page = page.removeprefix("<!doctype html>").lstrip()
    return Response(
        page,
        media_type="text/html",
        headers={
            "Content-Security-Policy": replica_policy(nonce=nonce),
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "Permissions-Policy": "autoplay=(), camera=(), microphone=(), geolocation=(),"
            " display-capture=(), payment=(), fullscreen=()",
        },
    )


ROUTES: list[BaseRoute] = [
    Route("/desk/replica", replica, methods=["GET"], name="desk_replica"),
]
