"""Pure decisions: whether the shop is open, and when it opens next."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from stoa.contact.hours.schemas import DAYS, OpeningHours


def is_open(hours: OpeningHours | None, *, at: datetime) -> bool:
    """Whether the shop's hours say that somebody could be there. Without hours: always."""
    if hours is None:
        return True
    local = at.astimezone(ZoneInfo(hours.timezone))
    spans = hours.weekly.get(DAYS[local.weekday()], ())
    return any(start <= local.time() < end for start, end in spans)


def next_opening(hours: OpeningHours | None, *, after: datetime) -> datetime | None:
    """The next beginning of a span within a week, in UTC; None without hours or without spans."""
    if hours is None:
        return None
    zone = ZoneInfo(hours.timezone)
    local = after.astimezone(zone)
    for ahead in range(8):
        day = (local + timedelta(days=ahead)).date()
        for start, _ in sorted(hours.weekly.get(DAYS[day.weekday()], ())):
            moment = datetime.combine(day, start, zone)
            if moment > local:
                return moment.astimezone(UTC)
    return None
