"""`/api/desk/shops/{shop_id}/wordings`: the words that the shop's customers agree to."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.commerce.shops.service import update_settings
from stoa.people.consent.models import POINT_PURPOSES, Purpose
from stoa.people.consent.queries import default_version, wording_versions
from stoa.people.consent.schemas import (
    NewWording,
    ShopWordings,
    WhereToAsk,
    WordingVersionView,
    WordingView,
)
from stoa.people.consent.service import add_wording
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def wordings(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop = await get_shop(session, shop_id=edge.path_id(request, "shop_id"))
    return JsonResponse(await _list(session, shop))


async def change_wording(request: Request, session: Session) -> Response:
    """A new version is asked from now on; what was agreed to before stays as it was read."""
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop = await get_shop(session, shop_id=edge.path_id(request, "shop_id"))
    new = await edge.read_json(request, NewWording)
    version = await add_wording(
        session,
        shop_id=shop.id,
        purpose=Purpose(new.purpose),
        locale=new.locale,
        text=new.text.replace("\0", ""),
        by=person.staff.id,
    )
    await record_audit(
        session,
        staff_id=person.staff.id,
        action="shop.wording_changed",
        subject=f"shop:{shop.id}",
        details={"purpose": new.purpose, "locale": new.locale, "version": version},
    )
    return JsonResponse(await _list(session, shop), status_code=201)


async def change_where(request: Request, session: Session) -> Response:
    """The checkout asks for offers from now on, or does not."""
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop = await get_shop(session, shop_id=edge.path_id(request, "shop_id"))
    change = await edge.read_json(request, WhereToAsk)
    details = change.model_dump(mode="json")
    await update_settings(session, shop_id=shop.id, settings={"consents": details})
    await record_audit(
        session,
        staff_id=person.staff.id,
        action="shop.consents_changed",
        subject=f"shop:{shop.id}",
        details=details,
    )
    listed = await _list(session, shop)
    return JsonResponse(listed.model_copy(update=details))


async def _list(session: ReadSession, shop: Shop) -> ShopWordings:
    made = await wording_versions(session, shop_id=shop.id)
    items = []
    for purpose in POINT_PURPOSES:
        for locale in shop.locales:
            own = [one for one in made if (one.purpose, one.locale) == (purpose, locale)]
            current, *earlier = [
                WordingVersionView.model_validate(one, from_attributes=True)
                for one in (*own, default_version(purpose=purpose, locale=locale))
            ]
            about = {"purpose": purpose, "locale": locale}
            items.append(
                WordingView.model_validate({**about, "current": current, "earlier": earlier})
            )
    asks = shop.settings.get("consents", {}).get("asks_in_checkout", True)
    return ShopWordings(items=items, asks_in_checkout=asks)


PATH = "/api/desk/shops/{shop_id}/wordings"

ROUTES: list[BaseRoute] = [
    edge.get(PATH, wordings, name="desk_wordings"),
    edge.put(PATH, change_where, name="desk_wordings_where"),
    edge.post(PATH, change_wording, name="desk_wording_change"),
]
