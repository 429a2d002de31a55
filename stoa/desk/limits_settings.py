"""`/api/desk/shops/{shop_id}/limits`: quiet hours, and how much one person gets in a day."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from stoa.commerce.shops.queries import get_shop
from stoa.commerce.shops.service import update_settings
from stoa.contact.channels.schemas import ChangeLimits
from stoa.contact.channels.service import ask_again, limits_of, require_limits
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def limits_settings(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop = await get_shop(session, shop_id=edge.path_id(request, "shop_id"))
    return JsonResponse(await limits_of(session, shop_id=shop.id))


async def change_limits_settings(request: Request, session: Session) -> Response:
    """They are as sent, as a whole; what was held back by others is decided anew."""
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop = await get_shop(session, shop_id=edge.path_id(request, "shop_id"))
    change = await edge.read_json(request, ChangeLimits)
    await require_limits(session, shop_id=shop.id, seen=change.seen)
    settings = {"limits": change.limits.model_dump(mode="json")}
    await update_settings(session, shop_id=shop.id, settings=settings)
    await ask_again(session, shop_id=shop.id)
    await record_audit(
        session,
        staff_id=person.staff.id,
        action="shop.limits_changed",
        subject=f"shop:{shop.id}",
        details=settings | {"before": change.seen.model_dump(mode="json")},
    )
    return JsonResponse(await limits_of(session, shop_id=shop.id))


PATH = "/api/desk/shops/{shop_id}/limits"

ROUTES: list[BaseRoute] = [
    edge.get(PATH, limits_settings, name="desk_limits"),
    edge.put(PATH, change_limits_settings, name="desk_limits_change"),
]
