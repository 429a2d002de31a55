"""When a shop is open."""

from uuid import UUID

import structlog
from pydantic import ValidationError

from stoa.contact.hours.rules import is_open as is_open
from stoa.contact.hours.rules import next_opening as next_opening
from stoa.contact.hours.schemas import OpeningHours
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
