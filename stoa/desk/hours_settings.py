"""`/api/desk/shops/{shop_id}/hours`: when a shop is open, and what it says while it is not."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from stoa.commerce.shops.queries import get_shop
from stoa.commerce.shops.service import update_settings
from stoa.contact.channels.service import ask_again
from stoa.contact.hours.queries import calendar_of, closes_at, hours_of, is_open, next_opening
from stoa.contact.hours.schemas import HoursView, OpeningHours, ShopHours
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.i18n.locale import Locale
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def _shop_id(request: Request, session: ReadSession) -> UUID:
    """Raises:
    NoShop: there is none of this id.
    """
    return (await get_shop(session, shop_id=edge.path_id(request, "shop_id"))).id


def _view(hours: OpeningHours | None) -> HoursView:
    moment = now()
    is_now = is_open(hours, at=moment)
    changes_at = closes_at(hours, at=moment) if is_now else next_opening(hours, after=moment)
    return HoursView(hours=hours, is_open=is_now, changes_at=changes_at)


async def hours_settings(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop_id = await _shop_id(request, session)
    return JsonResponse(_view(await hours_of(session, shop_id=shop_id)))


async def change_hours_settings(request: Request, session: Session) -> Response:
    """They are as sent, as a whole; who waits already is counted by them, and what was held back by
    the clock of another time zone is decided anew."""
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    shop_id = await _shop_id(request, session)
    change = await edge.read_json(request, ShopHours)
    await update_settings(session, shop_id=shop_id, settings=change.model_dump(mode="json"))
    await ask_again(session, shop_id=shop_id)
    await record_audit(
        session,
        staff_id=person.staff.id,
        action="shop.hours_changed",
        subject=f"shop:{shop_id}",
        details=change.model_dump(mode="json"),
    )
    return JsonResponse(_view(change.hours))


class _CalendarQuery(BaseModel):
    country: Annotated[str, StringConstraints(max_length=2)] = ""
    region: Annotated[str, StringConstraints(max_length=40)] = ""
    locale: Locale = "en"


async def holidays(request: Request, session: ReadSession) -> Response:
    """An unknown country or region has none."""
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    query = edge.read_query(request, _CalendarQuery)
    view = calendar_of(
        query.country, region=query.region, language=query.locale, today=now().date()
    )
    return JsonResponse(view)


PATH = "/api/desk/shops/{shop_id}/hours"

ROUTES: list[BaseRoute] = [
    edge.get(PATH, hours_settings, name="desk_hours"),
    edge.put(PATH, change_hours_settings, name="desk_hours_change"),
    edge.get("/api/desk/holidays", holidays, name="desk_holidays"),
]
