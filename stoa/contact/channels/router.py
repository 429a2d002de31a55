"""`/api/counter/channels`: the chooser before any socket is open; and the other routes."""

from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stoa.contact.channels import connecting_router, desk_router, hooks
from stoa.contact.channels.service import Counter
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


class ChannelsQuery(BaseModel):
    shop_id: UUID


async def channels(request: Request) -> Response:
    """Mostly answered from memory, so no connection is taken beforehand."""
    query = edge.read_query(request, ChannelsQuery)
    view = await node_of(request).part(Counter).view(query.shop_id)
    return JsonResponse(view, headers={"Cache-Control": "no-store"})


ROUTES: list[BaseRoute] = [
    Route("/api/counter/channels", channels, methods=["GET"]),
    *desk_router.ROUTES,
    *connecting_router.ROUTES,
    *hooks.ROUTES,
]
