"""Opening hours as a shop sets them."""

from collections.abc import Mapping, Sequence
from datetime import time as clock_time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
