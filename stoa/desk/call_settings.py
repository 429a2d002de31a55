"""`/api/desk/shops/{shop_id}/calls`: what administrators decide about a shop's calls."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from stoa.commerce.shops.queries import get_shop
from stoa.commerce.shops.service import update_settings
from stoa.contact.calls.queries import settings_of
from stoa.desk.schemas import ShopCalls
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def _shop_id(request: Request, session: ReadSession) -> UUID:
    """Raises:
    NoShop: there is none of this id.
    """
    return (await get_shop(session, shop_id=edge.path_id(request, "shop_id"))).id


async def call_settings(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop_id = await _shop_id(request, session)
    return JsonResponse(ShopCalls(calls=await settings_of(session, shop_id=shop_id)))


async def change_call_settings(request: Request, session: Session) -> Response:
    """They are as sent, as a whole; calls that wait already go on by them."""
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop_id = await _shop_id(request, session)
    change = await edge.read_json(request, ShopCalls)
    await update_settings(session, shop_id=shop_id, settings=change.model_dump(mode="json"))
    await record_audit(
        session,
        staff_id=person.staff.id,
        action="shop.calls_changed",
        subject=f"shop:{shop_id}",
        details=change.model_dump(mode="json"),
    )
    return JsonResponse(change)


PATH = "/api/desk/shops/{shop_id}/calls"

ROUTES: list[BaseRoute] = [
    edge.get(PATH, call_settings, name="desk_call_settings"),
    edge.put(PATH, change_call_settings, name="desk_call_settings_change"),
]
