"""`/api/desk`: the radar's snapshots, and inviting."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.assist.radar.schemas import InviteVisit, RadarQuery
from stoa.assist.radar.service import Radar
from stoa.assist.radar.views import detail_of
from stoa.people.identity.guards import require_staff
from stoa.platform.database.session import ReadSession
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def radar(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    query = edge.read_query(request, RadarQuery)
    return JsonResponse(await node_of(request).part(Radar).snapshot(query))


async def visit(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    return JsonResponse(detail_of(node_of(request).part(Radar).get(edge.path_id(request))))


async def visit_of_visitor(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    live = node_of(request).part(Radar).get_of_visitor(edge.path_id(request))
    return JsonResponse(detail_of(live))


async def invite(request: Request) -> Response:
    """Its own transactions: the page is told after the commit."""
    node = node_of(request)
    async with node.database.read() as session:
        person = await require_staff(request, session)
    form = await edge.read_json(request, InviteVisit)
    live = node.part(Radar).get(edge.path_id(request))
    await node.part(Radar).invite(
        live, staff_id=person.staff.id, staff_name=person.staff.name, text=form.text
    )
    return Response(status_code=204)


ROUTES: list[Route] = [
    edge.get("/api/desk/radar", radar),
    edge.get("/api/desk/visits/{id}", visit, name="desk_visit"),
    edge.get("/api/desk/visitors/{id}/visit", visit_of_visitor),
    Route("/api/desk/visits/{id}/invite", invite, methods=["POST"]),
]
