"""Visitors: a browser that holds a token. Customers: who we know, and how they are reached."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from stoa.platform.i18n.locale import Locale


@dataclass(frozen=True, slots=True)
class Visitor:
    id: UUID
    customer_id: UUID | None
    locale: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EnsuredVisitor:
    """`new_token` is set when the visitor was made just now: the browser has to be given it."""

    id: UUID
    customer_id: UUID | None
    new_token: str | None


class PointKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    POSTAL = "postal"
    FAX = "fax"
    MESSENGER = "messenger"


# Where a code can go that proves who holds the address.
PROVABLE = (PointKind.EMAIL, PointKind.PHONE)


class PointState(StrEnum):
    CLAIMED = "claimed"  # somebody said so
    VERIFIED = "verified"  # it was proven that whoever writes from it owns it


@dataclass(frozen=True, slots=True)
class Point:
    """A way to reach somebody. `value` is as it was given; `stoa.people.customers.rules.key_of`
    gives what two of them are compared by."""

    kind: PointKind
    value: str


@dataclass(frozen=True, slots=True)
class ContactPoint:
    id: UUID
    customer_id: UUID
    kind: PointKind
    value: str
    key: str
    state: PointState
    source: str
    undeliverable_code: str | None
    undeliverable_at: datetime | None
    created_at: datetime
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class PointProof:
    """A code that went to an address, for the browser of this visitor to give back."""

    id: UUID
    shop_id: UUID
    visitor_id: UUID
    kind: PointKind
    value: str
    key: str
    locale: Locale
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """Whose contact point it is. `is_new`: made just now."""

    id: UUID
    name: str
    locale: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an address. `is_all_that_is_known`: nothing else is known of them."""

    customer_id: UUID
    state: PointState
    source: str
    is_all_that_is_known: bool


class MoveKind(StrEnum):
    """What a merge moves. A point that both held is joined: one row of two."""

    VISITOR = "visitor"
    CONVERSATION = "conversation"
    ORDER = "order"
    POINT = "point"
    NOTE = "note"
    POINT_JOINED = "point_joined"


@dataclass(frozen=True, slots=True)
class Customer:
    """`merged_into` is whose everything of theirs is now."""

    id: UUID
    name: str
    locale: str
    preferred_channel: str | None
    merged_into: UUID | None
    erased_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerNote:
    id: UUID
    customer_id: UUID
    staff_id: UUID
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MergeRecord:
    """A merge that stands. `name` is how the customer who went was called."""

    id: UUID
    from_id: UUID
    into_id: UUID
    name: str
    reason: str
    staff_name: str | None
    merged_at: datetime
