"""Pure decisions: opening hours, and the wait that recent answers let one expect."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from stoa.contact.channels.schemas import ExpectedWait

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FEWEST_ANSWERS = 3


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("no such time zone") from error
    return name


class OpeningHours(BaseModel):
    """A shop's setting `hours`: local times by weekday; a day without a row is closed.

    `{"timezone": "Europe/Warsaw", "weekly": {"mon": [["09:00", "17:00"]]}}`
    """

    model_config = ConfigDict(extra="forbid")

    timezone: Annotated[str, AfterValidator(_known_zone)]
    weekly: Mapping[str, Sequence[tuple[clock_time, clock_time]]] = Field(default_factory=dict)


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


def expected_wait(seconds: Sequence[float]) -> ExpectedWait | None:
    """The middle half of recent answers, rounded as people say it; None when they are too few.

    [8, 12, 18, 25, 90] is 12 to 25 seconds.
    """
    if len(seconds) < FEWEST_ANSWERS:
        return None
    ordered = sorted(seconds)
    low = ordered[len(ordered) // 4]
    high = ordered[(3 * len(ordered) - 1) // 4]
    return ExpectedWait(
        low_seconds=round_wait(low), high_seconds=round_wait(high), sample=len(ordered)
    )


def round_wait(seconds: float) -> int:
    """Up to a wording: 5 s below a minute, half a minute below ten, then five minutes."""
    step = 5 if seconds < 60 else 30 if seconds < 600 else 300
    return max(step, -(-int(seconds) // step) * step)
