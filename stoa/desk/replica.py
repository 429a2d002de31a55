"""The document in which the desk shows a customer's page, and what was done in that page.

It is drawn from what a stranger's page sent. Nothing in it runs but the one script that draws it,
and its origin is nobody's: no cookie, no storage and no window of the desk is within its reach.
"""

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stoa.contact.cobrowse.queries import list_actions
from stoa.desk.shell import TEMPLATES
from stoa.people.identity.guards import require_staff
from stoa.platform.database.session import ReadSession
from stoa.platform.web import edge
from stoa.platform.web.assets import asset_url
from stoa.platform.web.edge import JsonResponse

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


async def actions(request: Request, session: ReadSession) -> Response:
    """What the agent did in the customer's page, for whoever reads the conversation."""
    await require_staff(request, session)
    found = await list_actions(session, session_id=edge.path_id(request))
    return JsonResponse({"items": found})


ROUTES: list[BaseRoute] = [
    edge.get("/api/desk/cobrowse/{id}/actions", actions, name="desk_cobrowse_actions"),
    Route("/desk/replica", replica, methods=["GET"], name="desk_replica"),
]
