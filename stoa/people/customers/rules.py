"""What two addresses are compared by, whose a message is, and who may be one person."""

import contextlib
import re
import unicodedata
from collections.abc import Sequence
from uuid import UUID

import idna
import phonenumbers

from stoa.people.customers.models import Holder, Point, PointKind, PointState
from stoa.people.customers.schemas import Evidence
from stoa.platform.i18n.locale import fold

_SPACE = re.compile(r"\s+")
_NO_LETTERS = re.compile(r"[^\w]+")
KEY_MAX = 500


def key_of(point: Point, *, country: str | None = None) -> str:
    """What `point` is known by: two points of one kind with the same key are the same address.

    `country` (ISO 3166-1 alpha-2) is where a telephone number without +49 or 0048 is from. What
    cannot be understood is folded and compared as it is: it is never taken for something else.

    >>> key_of(Point(PointKind.EMAIL, " Anna.Nowak@Example.ORG"))
    'anna.nowak@example.org'
    >>> key_of(Point(PointKind.PHONE, "030 901820"), country="DE")
    '+4930901820'
    """
    value = unicodedata.normalize("NFKC", point.value).strip()
    match point.kind:
        case PointKind.EMAIL:
            key = _email_key(value)
        case PointKind.PHONE | PointKind.FAX:
            key = _phone_key(value, country)
        case PointKind.POSTAL:
            key = _NO_LETTERS.sub(" ", fold(value)).strip()
        case PointKind.MESSENGER:
            key = point.value.strip()
    return key[:KEY_MAX]


def _email_key(value: str) -> str:
    """Dots and +tags are kept: what they mean is for the receiving server alone to say."""
    local, at, domain = value.rpartition("@")
    if not at:
        return value.lower()
    domain = domain.rstrip(".").lower()
    # "local_host" and the like: no name of the DNS, compared as it is.
    with contextlib.suppress(idna.IDNAError, UnicodeError):
        domain = idna.encode(domain, uts46=True).decode()
    return f"{local.lower()}@{domain}"


def _phone_key(value: str, country: str | None) -> str:
    """E.164, or letters and digits as they are (a sender may be called "DHL")."""
    try:
        number = phonenumbers.parse(value, country.upper() if country else None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        return _SPACE.sub("", value).lower()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def who_writes(holders: Sequence[Holder], *, is_verified: bool, source: str) -> UUID | None:
    """Which of those who hold the address writes from it now; None: somebody new.

    A sender without proof is never who has proven it, and a proven one is never somebody of whom
    more is known than that they came from there without proof.
    """
    if is_verified:
        proven = (h for h in holders if h.state is PointState.VERIFIED)
        unproven = (h for h in holders if h.source == source and h.is_all_that_is_known)
        found = next(proven, None) or next(unproven, None)
    else:
        found = next(
            (h for h in holders if h.state is PointState.CLAIMED and h.source == source), None
        )
    return found.customer_id if found else None


def is_worth_proposing(evidence: Sequence[Evidence]) -> bool:
    """Whether that two are one person is put before an agent: an address that one has proven, or
    two things in common. An address that both merely claim is not enough."""
    points = [item for item in evidence if item.kind == "same_point"]
    is_proven = any(PointState.VERIFIED in (item.first, item.second) for item in points)
    return is_proven or (bool(points) and len(evidence) > 1)
