"""`/api/desk/shops`: what administrators set up about a shop."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.commerce.shops import service
from stoa.commerce.shops.errors import NoShop
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.commerce.shops.schemas import ChangeShop, Invitations, ShopDetails
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


def _shop_id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["shop_id"])
    except ValueError as error:
        raise NoShop from error


def shop_details(shop: Shop) -> ShopDetails:
    return ShopDetails(
        id=shop.id,
        name=shop.name,
        country=shop.country,
        currency=shop.currency,
        default_locale=shop.default_locale,
        locales=list(shop.locales),
        hosts=list(shop.hosts),
        order_prefix=shop.order_prefix,
        company=shop.company,
        bank_account=shop.bank_account,
        transfer_days=int(shop.settings.get("transfer_days", 7)),
        embed_origins=list(shop.settings.get("embed", {}).get("origins", ())),
        invitations=Invitations.model_validate(shop.settings.get("invitations", {})),
    )


async def shop(request: Request, session: ReadSession) -> Response:
    """Everything about one shop."""
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    found = await get_shop(session, shop_id=_shop_id(request))
    return JsonResponse(shop_details(found))


async def change_shop(request: Request, session: Session) -> Response:
    """The shop is changed; the answer is the shop as it is then."""
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    change = await edge.read_json(request, ChangeShop)
    changed = await service.change_shop(session, shop_id=_shop_id(request), change=change)
    await record_audit(
        session,
        staff_id=person.staff.id,
        action="shop.changed",
        subject=f"shop:{changed.id}",
        details={"fields": sorted(change.model_fields_set)},
    )
    return JsonResponse(shop_details(changed))


PATH = "/api/desk/shops/{shop_id}"

ROUTES: list[Route] = [
    edge.get(PATH, shop, name="desk_shop"),
    edge.patch(PATH, change_shop, name="desk_shop_change"),
]
