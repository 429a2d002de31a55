"""`/api/desk/rules`: rules, their dry run, what they did; with the routes of webhooks."""

from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.contact.automation import queries, service
from stoa.contact.automation.looking_back import dry_run
from stoa.contact.automation.schemas import DryRunInput, RuleInput, RuleOrder, SwitchRule
from stoa.contact.automation.webhooks import router as webhooks
from stoa.contact.conversations.models import Sender
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


class _OfShop(BaseModel):
    shop_id: UUID


class _Cursor(BaseModel):
    cursor: str | None = None


async def rule_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.SUPERVISOR)
    shop_id = edge.read_query(request, _OfShop).shop_id
    return JsonResponse({"items": await queries.list_rules(session, shop_id=shop_id)})


async def rule_options(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.SUPERVISOR)
    shop_id = edge.read_query(request, _OfShop).shop_id
    return JsonResponse(await queries.rule_options(session, shop_id=shop_id))


async def make_rule(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    rule = await service.make_rule(
        session,
        shop_id=edge.read_query(request, _OfShop).shop_id,
        staff_id=person.staff.id,
        rule=await edge.read_json(request, RuleInput),
    )
    return JsonResponse(rule, status_code=201)


async def change_rule(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    rule = await service.change_rule(
        session,
        rule_id=edge.path_id(request),
        staff_id=person.staff.id,
        rule=await edge.read_json(request, RuleInput),
    )
    return JsonResponse(rule)


async def switch_rule(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    form = await edge.read_json(request, SwitchRule)
    rule = await service.switch_rule(
        session, rule_id=edge.path_id(request), staff_id=person.staff.id, is_on=form.is_on
    )
    return JsonResponse(rule)


async def drop_rule(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    await service.drop_rule(session, rule_id=edge.path_id(request), staff_id=person.staff.id)
    return Response(status_code=204)


async def order_rules(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    form = await edge.read_json(request, RuleOrder)
    await service.order_rules(
        session,
        shop_id=edge.read_query(request, _OfShop).shop_id,
        staff_id=person.staff.id,
        rule_ids=form.rule_ids,
    )
    return Response(status_code=204)


async def look_back(request: Request, session: Session) -> Response:
    """One step of a dry run: nothing is changed, though what is asked travels as a form."""
    await require_staff(request, session, role=Role.SUPERVISOR)
    form = await edge.read_json(request, DryRunInput)
    shop_id = edge.read_query(request, _OfShop).shop_id
    found = await dry_run(session, shop_id=shop_id, definition=form.definition, cursor=form.cursor)
    return JsonResponse(found)


async def run_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.SUPERVISOR)
    cursor = edge.read_query(request, _Cursor).cursor
    return JsonResponse(
        await queries.list_runs(session, rule_id=edge.path_id(request), cursor=cursor)
    )


async def undo_run(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    by = Sender(staff_id=person.staff.id, staff_name=person.staff.name)
    await service.undo_run(session, run_id=edge.path_id(request), by=by)
    return Response(status_code=204)


RULES = "/api/desk/rules"

ROUTES: list[Route] = [
    edge.get(RULES, rule_list, name="desk_rules"),
    edge.post(RULES, make_rule, name="desk_rule_new"),
    edge.get(f"{RULES}/options", rule_options, name="desk_rule_options"),
    edge.put(f"{RULES}/order", order_rules, name="desk_rule_order"),
    edge.post(f"{RULES}/dry-run", look_back, name="desk_rule_dry_run"),
    edge.put(f"{RULES}/{{id}}", change_rule, name="desk_rule_change"),
    edge.put(f"{RULES}/{{id}}/switch", switch_rule, name="desk_rule_switch"),
    edge.delete(f"{RULES}/{{id}}", drop_rule, name="desk_rule_drop"),
    edge.get(f"{RULES}/{{id}}/runs", run_list, name="desk_rule_runs"),
    edge.post("/api/desk/rule-runs/{id}/undo", undo_run, name="desk_rule_undo"),
    *webhooks.ROUTES,
]
