"""`/api/desk`: the calls that are not over, and what calls say by themselves."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.contact.calls import queries
from stoa.contact.calls import recording_routes as recordings
from stoa.contact.calls.prompts import router as prompts
from stoa.contact.calls.service.supervisors import supervisions
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.platform.database.session import ReadSession
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def calls(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    return JsonResponse(await queries.desk_calls(session))


async def one_call(request: Request, session: ReadSession) -> Response:
    """Also one that is over, with all its facts."""
    await require_staff(request, session)
    return JsonResponse(await queries.get_row(session, call_id=edge.path_id(request)))


async def supervision(request: Request, session: ReadSession) -> Response:
    """Who listens to which call."""
    await require_staff(request, session, role=Role.SUPERVISOR)
    return JsonResponse(await supervisions(session))


ROUTES: list[Route] = [
    edge.get("/api/desk/calls", calls, name="desk_calls"),
    edge.get("/api/desk/calls/{id}", one_call, name="desk_call"),
    edge.get("/api/desk/supervisions", supervision, name="desk_supervisions"),
    *prompts.ROUTES,
    *recordings.ROUTES,
]
