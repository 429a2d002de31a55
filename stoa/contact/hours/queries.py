"""When a shop is open."""

from datetime import date
from uuid import UUID

import structlog
from pydantic import ValidationError

from stoa.contact.hours.calendars import countries, holidays_of, is_known, regions
from stoa.contact.hours.rules import add_business_seconds as add_business_seconds
from stoa.contact.hours.rules import business_seconds_between as business_seconds_between
from stoa.contact.hours.rules import closes_at as closes_at
from stoa.contact.hours.rules import is_open as is_open
from stoa.contact.hours.rules import next_opening as next_opening
from stoa.contact.hours.rules import words_for as words_for
from stoa.contact.hours.schemas import CalendarView, NamedDate, OpeningHours, Region
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound

log = structlog.get_logger()


async def hours_of(session: ReadSession, *, shop_id: UUID) -> OpeningHours | None:
    """None: the shop has set none, or what it has set cannot be read any more.

    Raises:
        NotFound: no such shop.
    """
    row = await session.fetch_one(
        "SELECT settings -> 'hours' AS hours FROM shop WHERE id = $1", shop_id
    )
    if row is None:
        raise NotFound()
    if row["hours"] is None:
        return None
    try:
        return OpeningHours.model_validate(row["hours"])
    except ValidationError:
        log.warning("hours.unreadable", shop_id=str(shop_id))
        return None


NEXT_DAYS = 12


def calendar_of(country: str, *, region: str, language: str, today: date) -> CalendarView:
    """The next holidays, named in the reader's language where that is known."""
    if not is_known(country, region=region):
        region = ""
    days: dict[date, str] = {}
    if is_known(country):
        for year in (today.year, today.year + 1):
            days.update(holidays_of(country, region=region, year=year, language=language))
    coming = [NamedDate(date=day, name=name) for day, name in days.items() if day >= today]
    return CalendarView(
        countries=list(countries()),
        regions=[Region(code=code, name=name) for code, name in regions(country).items()],
        next_days=coming[:NEXT_DAYS],
    )
