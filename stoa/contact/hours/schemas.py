"""Opening hours as a shop sets them, and as the desk shows them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from datetime import time as clock_time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from stoa.contact.hours.calendars import is_known
from stoa.platform.i18n.locale import Locale

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# In `words`: for every channel that has none of its own.
EVERY_CHANNEL = "all"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("no such time zone") from error
    return name


def _on_the_wall(time: clock_time) -> clock_time:
    if time.tzinfo is not None:
        raise ValueError("a time of day has no offset of its own")
    return time


def _code(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]{1,30}", text):
        raise ValueError("not a channel's code")
    return text


WallTime = Annotated[clock_time, AfterValidator(_on_the_wall)]
# An end that is not after its beginning is on the next day: 18:00 to 02:00, 00:00 to 00:00.
Span = tuple[WallTime, WallTime]
Spans = Annotated[Sequence[Span], Field(max_length=6)]
Weekly = Mapping[Day, Spans]
Code = Annotated[str, AfterValidator(_code)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class Holidays(BaseModel):
    """Closed on the public holidays of a country (ISO 3166-1) or of a region of it (3166-2)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    region: Annotated[str, StringConstraints(max_length=40)] = ""

    @model_validator(mode="after")
    def _are_known(self) -> Self:
        if not is_known(self.country, region=self.region):
            raise ValueError("no holidays are known of this country or region")
        return self


class OwnDay(BaseModel):
    """These days are not as usual: closed, or open at other times. They win over holidays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_date: date
    to_date: date
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    spans: Spans = ()

    @model_validator(mode="after")
    def _end_after_they_begin(self) -> Self:
        if self.to_date < self.from_date:
            raise ValueError("the last day is before the first")
        return self


class OpeningHours(BaseModel):
    """A shop's setting `hours`: local times by weekday; a day without a row is closed.

    `{"timezone": "Europe/Warsaw", "weekly": {"mon": [["09:00", "17:00"]]}}`
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: Annotated[str, AfterValidator(_known_zone)]
    weekly: Weekly = Field(default_factory=dict)
    holidays: Holidays | None = None
    days: Annotated[Sequence[OwnDay], Field(max_length=200)] = ()
    channels: Mapping[Code, Weekly] = Field(
        default_factory=dict, description="A channel's own week instead of `weekly`"
    )
    words: Mapping[Code, Mapping[Locale, Words]] = Field(
        default_factory=dict,
        description="What a customer reads while the shop is closed, by channel (or `all`) and"
        " language; {{opens}} stands for when it opens next",
    )


class ShopHours(BaseModel):
    """`PUT /api/desk/shops/{id}/hours`: null means that the shop never closes."""

    model_config = ConfigDict(extra="forbid")

    hours: OpeningHours | None


class NamedDate(BaseModel):
    date: date
    name: str


class Region(BaseModel):
    code: str
    name: str


class HoursView(BaseModel):
    """`GET /api/desk/shops/{id}/hours`."""

    hours: OpeningHours | None
    is_open: bool
    changes_at: datetime | None = Field(description="When it closes, or opens, next")


class CalendarView(BaseModel):
    """`GET /api/desk/holidays?country=&region=&locale=`: the next ones, named in that language."""

    countries: list[str] = Field(description="Of which holidays are known")
    regions: list[Region]
    next_days: list[NamedDate]
