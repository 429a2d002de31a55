"""`/api/desk/shops/{shop_id}/ratings`: whether customers are asked how they were served."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from stoa.commerce.shops.queries import get_shop
from stoa.commerce.shops.service import update_settings
from stoa.contact.ratings.queries import settings_of
from stoa.contact.ratings.schemas import ShopRatings
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def rating_settings(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop = await get_shop(session, shop_id=edge.path_id(request, "shop_id"))
    return JsonResponse(ShopRatings(ratings=await settings_of(session, shop_id=shop.id)))


async def change_rating_settings(request: Request, session: Session) -> Response:
    """They are as sent, for whatever is closed from now on."""
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop = await get_shop(session, shop_id=edge.path_id(request, "shop_id"))
    change = await edge.read_json(request, ShopRatings)
    await update_settings(session, shop_id=shop.id, settings=change.model_dump(mode="json"))
    await record_audit(
        session,
        staff_id=person.staff.id,
        action="shop.ratings_changed",
        subject=f"shop:{shop.id}",
        details=change.model_dump(mode="json"),
    )
    return JsonResponse(change)


PATH = "/api/desk/shops/{shop_id}/ratings"

ROUTES: list[BaseRoute] = [
    edge.get(PATH, rating_settings, name="desk_rating_settings"),
    edge.put(PATH, change_rating_settings, name="desk_rating_settings_change"),
]
