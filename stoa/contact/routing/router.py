"""`/api/desk/teams`: who serves whom, set up by supervisors."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from stoa.contact.routing import teams
from stoa.contact.routing.queries import teams_view
from stoa.contact.routing.schemas import CapacityInput, TeamInput, WeightsInput
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def team_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    return JsonResponse(await teams_view(session))


async def make_team(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    form = await edge.read_json(request, TeamInput)
    await teams.make_team(session, by=person.staff.id, form=form)
    return JsonResponse(await teams_view(session), status_code=201)


async def change_team(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    form = await edge.read_json(request, TeamInput)
    await teams.change_team(session, by=person.staff.id, team_id=edge.path_id(request), form=form)
    return JsonResponse(await teams_view(session))


async def remove_team(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    await teams.remove_team(session, by=person.staff.id, team_id=edge.path_id(request))
    return JsonResponse(await teams_view(session))


async def set_capacity(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    form = await edge.read_json(request, CapacityInput)
    await teams.set_capacity(
        session,
        by=person.staff.id,
        staff_id=edge.path_id(request),
        conversations=form.conversations,
    )
    return JsonResponse(await teams_view(session))


async def set_weights(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    form = await edge.read_json(request, WeightsInput)
    await teams.set_weights(session, by=person.staff.id, weights=form.weights)
    return JsonResponse(await teams_view(session))


TEAMS = "/api/desk/teams"

ROUTES: list[BaseRoute] = [
    edge.get(TEAMS, team_list, name="desk_teams"),
    edge.post(TEAMS, make_team, name="desk_team_new"),
    edge.put(f"{TEAMS}/{{id}}", change_team, name="desk_team_change"),
    edge.delete(f"{TEAMS}/{{id}}", remove_team, name="desk_team_remove"),
    edge.put("/api/desk/staff/{id}/capacity", set_capacity, name="desk_capacity"),
    edge.put("/api/desk/channel-weights", set_weights, name="desk_weights"),
]
