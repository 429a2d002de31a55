"""`/api/desk/shipping-methods`: what an agent can propose for the delivery."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.commerce.shipping.queries import shipping_methods
from stoa.commerce.shipping.schemas import ShippingMethodView, ShippingQuery
from stoa.commerce.shops.queries import get_shop
from stoa.people.identity.guards import require_staff
from stoa.platform.database.session import ReadSession
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def methods(request: Request, session: ReadSession) -> Response:
    """The shop's active methods in its order, named in the locale asked for or the agent's own."""
    person = await require_staff(request, session)
    wanted = edge.read_query(request, ShippingQuery)
    shop = await get_shop(session, shop_id=wanted.shop_id)
    found = await shipping_methods(
        session, shop_id=shop.id, locale=wanted.locale or person.staff.locale
    )
    views = [ShippingMethodView(**asdict(method), currency=shop.currency) for method in found]
    return JsonResponse({"items": views})


ROUTES: list[Route] = [
    edge.get("/api/desk/shipping-methods", methods, name="desk_shipping_methods")
]
