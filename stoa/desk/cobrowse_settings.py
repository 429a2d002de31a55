"""`/api/desk/shops/{shop_id}/cobrowse`: what an agent may see of the shop's pages."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from stoa.commerce.shops.queries import get_shop
from stoa.commerce.shops.service import update_settings
from stoa.contact.cobrowse.queries import masking_rules
from stoa.contact.cobrowse.schemas import MaskingRules
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


async def cobrowse_settings(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop_id = await _shop_id(request, session)
    return JsonResponse(await masking_rules(session, shop_id=shop_id))


async def change_cobrowse_settings(request: Request, session: Session) -> Response:
    """They are as sent, as a whole; pages follow them from their next load on."""
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop_id = await _shop_id(request, session)
    change = await edge.read_json(request, MaskingRules)
    rules = change.model_dump(mode="json")
    await update_settings(session, shop_id=shop_id, settings={"cobrowse": rules})
    await record_audit(
        session,
        staff_id=person.staff.id,
        action="shop.cobrowse_changed",
        subject=f"shop:{shop_id}",
        details=rules,
    )
    return JsonResponse(change)


PATH = "/api/desk/shops/{shop_id}/cobrowse"

ROUTES: list[BaseRoute] = [
    edge.get(PATH, cobrowse_settings, name="desk_cobrowse_settings"),
    edge.put(PATH, change_cobrowse_settings, name="desk_cobrowse_settings_change"),
]
