"""Consent as the database holds it: a row for each time that somebody said yes, no, or no more.

Some consents are about a call or a shared page (`subject`), the others about an address: that one
may be written to there, for a purpose. Those follow the address, whoever holds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from stoa.people.customers.models import PointKind
from stoa.platform.i18n.locale import Locale


class Purpose(StrEnum):
    RECORDING = "recording"  # of a call's sound
    COBROWSING = "cobrowsing"  # an agent sees the page
    CONTROL = "control"  # an agent acts in the page
    SNAPSHOT = "snapshot"  # a picture of it is kept in the conversation
    SERVICE = "service"  # answers and what an order needs, sent to an address
    URGENT = "urgent"  # the parcel is at the door, the payment was refused
    MARKETING = "marketing"


# What an address may be used for.
POINT_PURPOSES = (Purpose.SERVICE, Purpose.URGENT, Purpose.MARKETING)
# Where marketing is agreed to only from the address itself (double opt-in).
CONFIRMED_KINDS = (PointKind.EMAIL, PointKind.PHONE)


class ConsentState(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class How(StrEnum):
    CLICKED = "clicked"
    ANNOUNCED = "announced"  # heard that it will be done, and went on
    WRITTEN = "written"  # in a message, on paper
    SPOKEN = "spoken"  # and somebody wrote it down
    DOUBLE_OPT_IN = "double_opt_in"  # asked for, and confirmed from the address itself
    IMPORTED = "imported"  # given to another program before
    STOP = "stop"  # withdrawn by a word the channel knows
    LINK = "link"  # withdrawn by the link in a message


# How marketing can have been agreed to for such an address.
CONFIRMED_WAYS = (How.DOUBLE_OPT_IN, How.IMPORTED)


def needs_confirmation(purpose: Purpose, kind: PointKind | None) -> bool:
    """Whether only the owner of such an address can agree to this, from the address itself."""
    return purpose is Purpose.MARKETING and kind in CONFIRMED_KINDS


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
class Proof:
    """What one could show to whoever doubts it. Everything is optional."""

    ip: str = ""
    user_agent: str = ""
    page: str = ""
    message_id: str = ""  # the message it was written in
    order: str = ""  # the number of the order it was given with
    note: str = ""  # what the member of staff wrote down
    request: str = ""  # of a double opt-in: which request was confirmed,
    asked_at: str = ""  # when it was asked,
    asked_ip: str = ""  # from where,
    asked_by: str = ""  # and by what: "checkout", "account", "desk"

    def as_json(self) -> dict[str, str]:
        known = {
            "ip": self.ip,
            "user_agent": self.user_agent[:500],
            "page": self.page[:1000],
            "message_id": self.message_id,
            "order": self.order,
            "note": self.note[:2000],
            "request": self.request,
            "asked_at": self.asked_at,
            "asked_ip": self.asked_ip,
            "asked_by": self.asked_by,
        }
        return {name: value for name, value in known.items() if value}


NO_PROOF = Proof()


@dataclass(frozen=True, slots=True)
class WithdrawalLink:
    """What the link in a message withdraws: the consent for one purpose, for one address."""

    kind: PointKind
    key: str
    purpose: Purpose
    locale: Locale


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    id: UUID
    visitor_id: UUID | None
    customer_id: UUID | None
    staff_id: UUID | None
    purpose: Purpose
    subject: UUID | None
    state: ConsentState
    wording: str
    wording_version: str
    locale: str
    how: How
    at: datetime
    point_kind: PointKind | None = None
    point_key: str | None = None
    channel: str | None = None
    recorded_by: UUID | None = None
    proof: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_given(self) -> bool:
        return self.state is ConsentState.GIVEN

    @property
    def permits(self) -> bool:
        """Whether it lets something leave: what has to be confirmed counts once it was, however a
        row of an older version came about."""
        if not self.is_given:
            return False
        return not needs_confirmation(self.purpose, self.point_kind) or self.how in CONFIRMED_WAYS


class RequestState(StrEnum):
    """Of what was asked. One that is pending after its time has ended all the same."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DECLINED = "declined"  # "that was not me"
    CANCELLED = "cancelled"  # a later word about the address outweighs it


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """Somebody said that an address may be used for a purpose; its owner has yet to say so.

    `source` is where it was asked: "checkout", "account", "desk", "link".
    """

    id: UUID
    shop_id: UUID
    kind: PointKind
    value: str
    key: str
    purpose: Purpose
    wording: str
    wording_version: str
    locale: Locale
    source: str
    visitor_id: UUID | None
    customer_id: UUID | None
    recorded_by: UUID | None
    proof: Mapping[str, str]
    state: RequestState
    asked_at: datetime
    expires_at: datetime
    done_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        return self.state is RequestState.PENDING and now < self.expires_at
