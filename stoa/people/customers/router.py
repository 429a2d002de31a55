"""`/api/counter/visitor`: opening the counter makes its browser a visitor."""

from typing import Literal

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.people.customers.cookies import remember_visitor, visitor_token
from stoa.people.customers.service import ensure_visitor
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import Locale
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse
from stoa.platform.web.ratelimit import MemoryBuckets, Rate
from stoa.platform.web.security import client_address

# New visitors from one address: an office or a school behind one address still gets in.
_new_visitors = MemoryBuckets(Rate(burst=120, seconds_per_token=1))


class OpenCounter(BaseModel):
    """`keeps="token"` where cookies are blocked: the frame keeps what the answer gives it."""

    model_config = ConfigDict(extra="forbid")

    locale: Locale
    keeps: Literal["cookie", "token"] = "cookie"


async def open_counter(request: Request, session: Session) -> Response:
    """The browser is a visitor; one that was already stays who it was."""
    _new_visitors.require(client_address(request))
    form = await edge.read_json(request, OpenCounter)
    visitor = await ensure_visitor(session, token=visitor_token(request), locale=form.locale)
    keeps_token = form.keeps == "token"
    response = JsonResponse(
        {"visitor_id": visitor.id, "token": visitor.new_token if keeps_token else None},
        headers={"Cache-Control": "no-store"},
    )
    if not keeps_token:
        remember_visitor(request, response, visitor=visitor)
    return response


ROUTES: list[Route] = [edge.post("/api/counter/visitor", open_counter)]
