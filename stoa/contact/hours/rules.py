"""Pure decisions: whether the shop is open, when it opens, and time counted while it is.

Times of day are the shop's; everything else is UTC, so that a day on which the clocks change is as
long as it is. A span belongs to the day on which it begins: an evening that lasts beyond midnight
ends in full before a holiday.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stoa.contact.hours.calendars import holidays_of
from stoa.contact.hours.schemas import DAYS, EVERY_CHANNEL, OpeningHours, Span

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(weeks=1)
# Who is closed for longer than this is closed.
HORIZON = timedelta(days=400)

Open = tuple[datetime, datetime]


def is_open(hours: OpeningHours | None, *, at: datetime, channel: str | None = None) -> bool:
    """Whether the shop's hours say that somebody could be there. Without hours: always."""
    if hours is None:
        return True
    return any(start <= at < end for start, end in _pieces(hours, since=at, until=at, by=channel))


def closes_at(
    hours: OpeningHours | None, *, at: datetime, channel: str | None = None
) -> datetime | None:
    """When what is open at `at` closes, in UTC; None while closed, and when it is not this week."""
    if hours is None or not is_open(hours, at=at, channel=channel):
        return None
    end = at
    for since, to in _pieces(hours, since=at, until=at + ONE_WEEK, by=channel):
        if since > end:
            return end
        end = max(end, to)
    return end if end < at + ONE_WEEK else None


def next_opening(
    hours: OpeningHours | None, *, after: datetime, channel: str | None = None
) -> datetime | None:
    """The next beginning of a span, in UTC; None without hours or without any within a year."""
    if hours is None:
        return None
    closed_since = None
    for since, to in _pieces(hours, since=after, until=after + HORIZON, by=channel):
        if since > after and since != closed_since:
            return since
        closed_since = to
    return None


def business_seconds_between(
    hours: OpeningHours | None, *, start: datetime, end: datetime, channel: str | None = None
) -> float:
    """How much of the time from `start` to `end` the shop was open; 0 when that is no time at all.

    Open 9 to 17: from 16:30 to 9:10 the next day is 2,400 seconds.
    """
    if end <= start:
        return 0.0
    if hours is None:
        return (end - start).total_seconds()
    pieces = _pieces(hours, since=start, until=end, by=channel)
    spent = (min(to, end) - max(since, start) for since, to in pieces if since < end and to > start)
    return sum(spent, timedelta()).total_seconds()


def add_business_seconds(
    hours: OpeningHours | None, *, start: datetime, seconds: float, channel: str | None = None
) -> datetime | None:
    """The first moment at which the shop has been open for `seconds` since `start`, in UTC.

    None when that is not within a year. Open 9 to 17: 2,400 seconds after 16:30 is 9:10 on the next
    day.
    """
    left = timedelta(seconds=seconds)
    if hours is None or left <= timedelta():
        return (start + left).astimezone(UTC)
    for since, to in _pieces(hours, since=start, until=start + HORIZON, by=channel):
        begins = max(since, start)
        if to - begins >= left:
            return (begins + left).astimezone(UTC)
        left -= max(to - begins, timedelta())
    return None


def words_for(hours: OpeningHours | None, *, channel: str) -> Mapping[str, str]:
    """What a customer reads while the shop is closed, by language."""
    if hours is None:
        return {}
    usual = hours.words.get(EVERY_CHANNEL, {})
    own = hours.words.get(channel, {})
    return {locale: text for locale, text in {**usual, **own}.items() if text}


def spans_on(hours: OpeningHours, day: date, *, channel: str | None = None) -> Sequence[Span]:
    """The day's spans by the clock on the wall: an own day's, a holiday's (none), the week's."""
    own = next((one for one in hours.days if one.from_date <= day <= one.to_date), None)
    if own is not None:
        return own.spans
    rule = hours.holidays
    if rule and day in holidays_of(rule.country, region=rule.region, year=day.year):
        return ()
    weekly = hours.channels.get(channel, hours.weekly) if channel else hours.weekly
    return weekly.get(DAYS[day.weekday()], ())


def _pieces(
    hours: OpeningHours, *, since: datetime, until: datetime, by: str | None
) -> Iterator[Open]:
    """When the shop is open, from the day before `since` to the day of `until`, in order and
    without overlaps; what begins where the one before ends goes on."""
    weekly = hours.channels.get(by, hours.weekly) if by else hours.weekly
    if not any(weekly.values()) and not hours.days:
        return
    zone = ZoneInfo(hours.timezone)
    # A span of the day before may last until now.
    day = since.astimezone(zone).date() - ONE_DAY
    last_day = until.astimezone(zone).date()
    open_until = None
    while day <= last_day:
        for start, end in _day_spans(hours, day, zone=zone, by=by):
            begins = start if open_until is None else max(start, open_until)
            if begins < end:
                yield begins, end
                open_until = end
        day += ONE_DAY


def _day_spans(hours: OpeningHours, day: date, *, zone: ZoneInfo, by: str | None) -> list[Open]:
    found = []
    for start, end in spans_on(hours, day, channel=by):
        begins = _moment(day, start, zone=zone, is_end=False)
        ends = _moment(day if end > start else day + ONE_DAY, end, zone=zone, is_end=True)
        if begins < ends:
            found.append((begins, ends))
    return sorted(found)


def _moment(day: date, at: time, *, zone: ZoneInfo, is_end: bool) -> datetime:
    """What the clock on the wall shows at `at`, in UTC.

    In the night in which an hour comes twice a beginning is the first of the two and an end the
    second. What the clocks leave out in spring is the moment at which they do.
    """
    wall = datetime.combine(day, at)
    early = wall.replace(tzinfo=zone).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if early <= late:
        return late if is_end else early
    # PEP 495: of a time that is left out the two readings lie on either side of the change.
    after_change = early.astimezone(zone).utcoffset()
    low, high = late, early
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == after_change:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)
