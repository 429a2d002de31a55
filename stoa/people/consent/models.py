"""Consent as the database holds it: a row for each time that somebody said yes, no, or no more."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    RECORDING = "recording"  # of a call's sound
    COBROWSING = "cobrowsing"  # an agent sees the page
    CONTROL = "control"  # an agent acts in the page
    SNAPSHOT = "snapshot"  # a picture of it is kept in the conversation


class ConsentState(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class How(StrEnum):
    CLICKED = "clicked"
    ANNOUNCED = "announced"  # heard that it will be done, and went on


@dataclass(frozen=True, slots=True)
class Person:
    """Who agrees: a visitor (a customer too once they are known) or a member of staff."""

    visitor_id: UUID | None = None
    customer_id: UUID | None = None
    staff_id: UUID | None = None

    def __post_init__(self) -> None:
        is_shopper = self.visitor_id is not None or self.customer_id is not None
        if is_shopper == (self.staff_id is not None):
            raise ValueError("consent is given by a shopper or by a member of staff")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the person read or heard, word for word, and which version of it that was."""

    text: str
    version: str
    locale: str


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    id: UUID
    visitor_id: UUID | None
    customer_id: UUID | None
    staff_id: UUID | None
    purpose: Purpose
    subject: UUID
    state: ConsentState
    wording: str
    wording_version: str
    locale: str
    how: How
    at: datetime

    @property
    def is_given(self) -> bool:
        return self.state is ConsentState.GIVEN
