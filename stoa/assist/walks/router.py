"""`/api/desk/walk-categories`: what of the shop, beside products, a customer can be led to."""

from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.assist.walks.places import list_categories
from stoa.commerce.shops.queries import get_shop
from stoa.people.identity.guards import require_staff
from stoa.platform.database.session import ReadSession
from stoa.platform.i18n.locale import Locale
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


class _Query(BaseModel):
    shop_id: UUID | None = None
    locale: Locale | None = None


async def categories(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    query = edge.read_query(request, _Query)
    shop = await get_shop(session, shop_id=query.shop_id)
    locale = next((tag for tag in shop.locales if tag == query.locale), shop.default_locale)
    return JsonResponse({"items": await list_categories(session, shop=shop, locale=locale)})


ROUTES: list[Route] = [
    edge.get("/api/desk/walk-categories", categories, name="walk_categories"),
]
