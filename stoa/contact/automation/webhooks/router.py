"""`/api/desk/webhooks`: for administrators, as what customers write leaves the house by them."""

from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.contact.automation.webhooks import queries, service
from stoa.contact.automation.webhooks.schemas import WebhookInput
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


class _OfShop(BaseModel):
    shop_id: UUID


class _Cursor(BaseModel):
    cursor: str | None = None


async def webhook_list(request: Request, session: ReadSession) -> Response:
    """Supervisors see them too, for their rules may call them."""
    await require_staff(request, session, role=Role.SUPERVISOR)
    shop_id = edge.read_query(request, _OfShop).shop_id
    return JsonResponse({"items": await queries.list_webhooks(session, shop_id=shop_id)})


async def make_webhook(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    settings = node_of(request).settings
    made = await service.make_webhook(
        session,
        shop_id=edge.read_query(request, _OfShop).shop_id,
        staff_id=person.staff.id,
        webhook=await edge.read_json(request, WebhookInput),
        key=settings.secret_key,
        allows_private=settings.webhook_private_addresses,
    )
    return JsonResponse(made, status_code=201, headers={"Cache-Control": "no-store"})


async def change_webhook(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    webhook = await service.change_webhook(
        session,
        webhook_id=edge.path_id(request),
        staff_id=person.staff.id,
        webhook=await edge.read_json(request, WebhookInput),
        allows_private=node_of(request).settings.webhook_private_addresses,
    )
    return JsonResponse(webhook)


async def renew_secret(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    made = await service.renew_secret(
        session,
        webhook_id=edge.path_id(request),
        staff_id=person.staff.id,
        key=node_of(request).settings.secret_key,
    )
    return JsonResponse(made, headers={"Cache-Control": "no-store"})


async def drop_webhook(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    await service.drop_webhook(session, webhook_id=edge.path_id(request), staff_id=person.staff.id)
    return Response(status_code=204)


async def send_test(request: Request, session: Session) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    delivery_id = await service.send_test(session, webhook_id=edge.path_id(request))
    return JsonResponse({"delivery_id": delivery_id}, status_code=202)


async def delivery_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    cursor = edge.read_query(request, _Cursor).cursor
    return JsonResponse(
        await queries.list_deliveries(session, webhook_id=edge.path_id(request), cursor=cursor)
    )


async def resend(request: Request, session: Session) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    await service.resend(session, delivery_id=edge.path_id(request))
    return Response(status_code=202)


WEBHOOKS = "/api/desk/webhooks"

ROUTES: list[Route] = [
    edge.get(WEBHOOKS, webhook_list, name="desk_webhooks"),
    edge.post(WEBHOOKS, make_webhook, name="desk_webhook_new"),
    edge.put(f"{WEBHOOKS}/{{id}}", change_webhook, name="desk_webhook_change"),
    edge.delete(f"{WEBHOOKS}/{{id}}", drop_webhook, name="desk_webhook_drop"),
    edge.post(f"{WEBHOOKS}/{{id}}/secret", renew_secret, name="desk_webhook_secret"),
    edge.post(f"{WEBHOOKS}/{{id}}/test", send_test, name="desk_webhook_test"),
    edge.get(f"{WEBHOOKS}/{{id}}/deliveries", delivery_list, name="desk_webhook_deliveries"),
    edge.post("/api/desk/webhook-deliveries/{id}/resend", resend, name="desk_webhook_resend"),
]
