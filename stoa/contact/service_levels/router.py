"""`/api/desk/service-levels` for administrators, `/api/desk/breaches` for supervisors."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from stoa.contact.service_levels import queries, service
from stoa.contact.service_levels.events import SlaBreached, SlaWarned
from stoa.contact.service_levels.schemas import PolicyInput
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.outbox.event import Event
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


class _ShopQuery(BaseModel):
    shop_id: UUID


async def policy_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop_id = edge.read_query(request, _ShopQuery).shop_id
    return JsonResponse(await queries.list_policies(session, shop_id=shop_id))


async def make_policy(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    policy = await service.make_policy(
        session,
        shop_id=edge.read_query(request, _ShopQuery).shop_id,
        staff_id=person.staff.id,
        form=await edge.read_json(request, PolicyInput),
    )
    return JsonResponse(policy, status_code=201)


async def change_policy(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    policy = await service.change_policy(
        session,
        policy_id=edge.path_id(request),
        staff_id=person.staff.id,
        form=await edge.read_json(request, PolicyInput),
    )
    return JsonResponse(policy)


async def drop_policy(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    await service.drop_policy(session, policy_id=edge.path_id(request), staff_id=person.staff.id)
    return Response(status_code=204)


class _BreachQuery(BaseModel):
    model_config = ConfigDict(extra="ignore")

    shop_id: UUID | None = None
    is_running: bool = False
    cursor: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


async def breach_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.SUPERVISOR)
    query = edge.read_query(request, _BreachQuery)
    breaches = await queries.list_breaches(
        session,
        shop_id=query.shop_id,
        is_running=query.is_running,
        cursor=query.cursor,
        limit=query.limit,
    )
    return JsonResponse(breaches)


PATH = "/api/desk/service-levels"

ROUTES: list[BaseRoute] = [
    edge.get(PATH, policy_list, name="desk_service_levels"),
    edge.post(PATH, make_policy, name="desk_service_level_new"),
    edge.put(f"{PATH}/{{id}}", change_policy, name="desk_service_level_change"),
    edge.delete(f"{PATH}/{{id}}", drop_policy, name="desk_service_level_drop"),
    edge.get("/api/desk/breaches", breach_list, name="desk_breaches"),
]
EVENTS: list[type[Event]] = [SlaWarned, SlaBreached]
