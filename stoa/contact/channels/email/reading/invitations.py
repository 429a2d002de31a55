"""Meetings in mails (RFC 5545, RFC 5546, RFC 6047)."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from stoa.contact.conversations.schemas import Invitation

BYTES_MAX = 200_000
_METHODS = frozenset(
    {"publish", "request", "reply", "add", "cancel", "refresh", "counter", "declinecounter"}
)


class NoInvitation(ValueError):
    """The bytes are no calendar with a meeting in it."""


def read_invitation(text: str, *, method: str = "") -> Invitation:
    """The first meeting of a calendar. `method` is what the mail says of it (RFC 6047 2.4).

    Raises:
        NoInvitation: there is none that can be read.
    """
    # It takes 0.2 s to import, and most mails invite to nothing.
    from icalendar import Calendar

    if len(text) > BYTES_MAX:
        raise NoInvitation("longer than any invitation")
    try:
        calendar = Calendar.from_ical(text.replace("\x00", ""))
        meetings = calendar.walk("VEVENT") or calendar.walk("VTODO")
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise NoInvitation("no calendar") from error
    if not meetings:
        raise NoInvitation("a calendar without a meeting")
    meeting = meetings[0]
    said = str(calendar.get("method") or method or "publish").strip().lower()
    return Invitation(
        method=said if said in _METHODS else "publish",
        title=_line(meeting, "summary"),
        starts_at=_moment(meeting, "dtstart"),
        ends_at=_moment(meeting, "dtend") or _moment(meeting, "due"),
        location=_line(meeting, "location"),
    )


def _line(meeting: Any, name: str) -> str:
    value = meeting.get(name)
    if isinstance(value, list):
        value = value[0] if value else ""
    return " ".join(str(value or "").split())[:500]


def _moment(meeting: Any, name: str) -> datetime | None:
    """In UTC; a whole day begins at midnight UTC, a time without a zone is taken as UTC."""
    try:
        found = meeting.decoded(name)
        if isinstance(found, list):
            found = found[0]
        if isinstance(found, datetime):
            zone = found.tzinfo or ZoneInfo("UTC")
            return found.replace(tzinfo=zone).astimezone(UTC)
        if isinstance(found, date):
            return datetime(found.year, found.month, found.day, tzinfo=UTC)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        return None
    return None
