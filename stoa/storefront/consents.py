"""An address and what it may be used for, as its owner sees it: in words, with a button each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.contact.channels.service import inbox_for
from stoa.people.consent.models import (
    POINT_PURPOSES,
    ConsentEntry,
    ConsentRequest,
    ConsentState,
    How,
    Person,
    Proof,
    Purpose,
    Wording,
    needs_confirmation,
)
from stoa.people.consent.queries import (
    current_wording,
    requests_of_person,
    standing_point_consents,
    wordings_for,
)
from stoa.people.consent.service import ask_consent, record_point_consent, withdraw_for_point
from stoa.people.customers.models import Point, PointKind
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import Locale


class Standing(StrEnum):
    GIVEN = "given"
    WAITING = "waiting"  # to be confirmed at the address
    REFUSED = "refused"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Use:
    """What one address may be used for. `words` are those that were agreed to, or that would be."""

    purpose: Purpose
    standing: Standing
    at: datetime | None
    words: Wording
    is_confirmed_there: bool
    can_be_given: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """Who looks at an address without having proven it: they see and undo what they said
    themselves, and learn nothing of what others did."""

    customer_ids: Collection[UUID]
    visitor_ids: Collection[UUID]

    def said(self, entry: ConsentEntry) -> bool:
        return entry.customer_id in self.customer_ids or entry.visitor_id in self.visitor_ids


async def uses_of(
    session: ReadSession,
    *,
    shop: Shop,
    locale: Locale,
    kind: PointKind,
    key: str,
    only_of: Owner | None = None,
) -> list[Use]:
    """What the address may be used for, by purpose. `only_of`: nothing but what they said."""
    standing = await standing_point_consents(session, kind=kind, key=key)
    if only_of is not None:
        standing = {purpose: one for purpose, one in standing.items() if only_of.said(one)}
    waiting = await _waiting(session, kind=kind, key=key, only_of=only_of)
    has_way = kind is not PointKind.PHONE or await has_sms(session, shop)
    asked = await wordings_for(
        session, shop_id=shop.id, shop_name=shop.name, kind=kind, locale=locale
    )
    return [
        _use(
            purpose,
            kind=kind,
            said=standing.get(purpose),
            waiting=next((one for one in waiting if one.purpose is purpose), None),
            words=asked[purpose],
            has_way=has_way,
        )
        for purpose in POINT_PURPOSES
    ]


def _use(
    purpose: Purpose,
    *,
    kind: PointKind,
    said: ConsentEntry | None,
    waiting: ConsentRequest | None,
    words: Wording,
    has_way: bool,
) -> Use:
    is_confirmed_there = needs_confirmation(purpose, kind)
    if said is not None and said.permits:
        agreed = Wording(said.wording, said.wording_version, said.locale)
        return Use(purpose, Standing.GIVEN, said.at, agreed, is_confirmed_there, has_way)
    if waiting is not None:
        asked = Wording(waiting.wording, waiting.wording_version, waiting.locale)
        return Use(purpose, Standing.WAITING, waiting.asked_at, asked, is_confirmed_there, has_way)
    if said is not None and said.state is not ConsentState.GIVEN:
        return Use(purpose, Standing.REFUSED, said.at, words, is_confirmed_there, has_way)
    return Use(purpose, Standing.UNSAID, None, words, is_confirmed_there, has_way)


async def _waiting(
    session: ReadSession, *, kind: PointKind, key: str, only_of: Owner | None
) -> Sequence[ConsentRequest]:
    found = await requests_of_person(
        session,
        customer_ids=list(only_of.customer_ids) if only_of else [],
        points=[] if only_of else [(kind, key)],
    )
    return [one for one in found if (one.kind, one.key) == (kind, key) and one.is_open(now())]


async def has_sms(session: ReadSession, shop: Shop) -> bool:
    """Whether the shop could keep the promise to tell by SMS."""
    return await inbox_for(session, shop_id=shop.id, kind=PointKind.PHONE) is not None


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody's word about one use of an address. `source`: "account", or "link" in a message."""

    shop: Shop
    locale: Locale
    point: Point
    key: str
    purpose: Purpose
    source: str
    person: Person | None
    proof: Proof
    is_owner: bool  # the address was proven to be theirs, or they hold a link that went there


async def give(session: Session, word: Word, *, version: str) -> Standing:
    """The owner agrees, with the words in `version` that they have read; where that has to be
    confirmed, they are asked at the address.

    Raises:
        NotFound: the shop has no way there.
        AskedTooOften: it was asked there often enough.
    """
    kind, purpose = word.point.kind, word.purpose
    if kind is PointKind.PHONE and not await has_sms(session, word.shop):
        raise NotFound()
    wording = await _wording(session, word, version=version)
    if needs_confirmation(purpose, kind):
        await ask_consent(
            session,
            shop_id=word.shop.id,
            point=word.point if kind is PointKind.EMAIL else Point(kind, word.key),
            purpose=purpose,
            wording=wording,
            source=word.source,
            person=word.person,
            proof=word.proof,
            is_owner=word.is_owner,
        )
        return Standing.WAITING
    await record_point_consent(
        session,
        point=Point(kind, word.key),
        purpose=purpose,
        state=ConsentState.GIVEN,
        wording=wording,
        how=How.CLICKED,
        channel=word.source,
        person=word.person,
        proof=word.proof,
    )
    return Standing.GIVEN


async def withdraw(session: Session, word: Word) -> None:
    """Nothing more goes to the address for this purpose, and no question about it is open."""
    await withdraw_for_point(
        session,
        kind=word.point.kind,
        key=word.key,
        purposes=[word.purpose],
        how=How.LINK if word.source == "link" else How.CLICKED,
        channel=word.source,
        wording=await _wording(session, word),
        proof=word.proof,
        person=word.person,
    )


async def _wording(session: ReadSession, word: Word, *, version: str = "") -> Wording:
    is_number = version.isascii() and version.isdigit() and len(version) < 7
    return await current_wording(
        session,
        shop_id=word.shop.id,
        shop_name=word.shop.name,
        purpose=word.purpose,
        kind=word.point.kind,
        locale=word.locale,
        version=int(version) if is_number else None,
    )
