"""What a customer agrees to beside the order itself: to be told by SMS what cannot wait. And what
they ask for: offers and news, which they agree to only by confirming it from the address itself.
"""

import contextlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from stoa.commerce.cart.models import Cart
from stoa.commerce.checkout.models import Step
from stoa.commerce.shops.models import Shop
from stoa.people.consent.errors import AskedTooOften
from stoa.people.consent.models import (
    ConsentState,
    How,
    Person,
    Proof,
    Purpose,
    Wording,
    needs_confirmation,
)
from stoa.people.consent.queries import current_wording, has_point_consent
from stoa.people.consent.service import ask_consent, record_point_consent
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import key_of
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import Locale, as_locale


@dataclass(frozen=True, slots=True)
class Box:
    """What is agreed to by a box of the step `contact`; `kind` is the field that it is about."""

    kind: PointKind
    purpose: Purpose


# A ticked box holds which words stood beside it (`words_read`).
BOXES: Final = {
    "urgent_sms": Box(PointKind.PHONE, Purpose.URGENT),
    "news_email": Box(PointKind.EMAIL, Purpose.MARKETING),
    "news_phone": Box(PointKind.PHONE, Purpose.MARKETING),
}


def offered_boxes(shop: Shop, *, has_sms: bool) -> dict[str, Box]:
    """The boxes that stand in the checkout: for a number only if the shop could keep to it, for
    offers only if it wants to ask there."""
    wants_news = shop.settings.get("consents", {}).get("asks_in_checkout", True)
    return {
        name: box
        for name, box in BOXES.items()
        if (has_sms or box.kind is not PointKind.PHONE)
        and (wants_news or box.purpose is not Purpose.MARKETING)
    }


@dataclass(frozen=True, slots=True)
class WordsRead:
    """Which words stood at a box: the shop may have changed them before the order is placed."""

    locale: Locale
    version: int


def words_read(mark: str) -> WordsRead | None:
    """What a ticked box says; None for anything else.

    >>> words_read("pl.3")
    WordsRead(locale='pl', version=3)
    """
    tag, _, version = mark.partition(".")
    locale = as_locale(tag)
    if locale is None or not (version.isascii() and version.isdigit() and len(version) <= 6):
        return None
    return WordsRead(locale, int(version))


async def record_consents(session: Session, *, shop: Shop, cart: Cart, order_id: UUID) -> None:
    """What was ticked is in the ledger, or is asked at the address. An empty box says nothing: what
    was agreed to with an earlier order stands."""
    contact = cart.checkout[Step.CONTACT]
    number = await session.fetch_value('SELECT number FROM "order" WHERE id = $1', order_id)
    for name, box in BOXES.items():
        read = words_read(contact.get(name, ""))
        value = contact.get(box.kind.value, "")
        if read is None or not value:
            continue
        wording = await current_wording(
            session,
            shop_id=shop.id,
            shop_name=shop.name,
            purpose=box.purpose,
            kind=box.kind,
            locale=read.locale,
            version=read.version,
        )
        hear = _ask if needs_confirmation(box.purpose, box.kind) else _record
        said = _Said(box, Point(box.kind, value), wording, Person(cart.visitor_id), number)
        await hear(session, shop, said)


@dataclass(frozen=True, slots=True)
class _Said:
    box: Box
    point: Point
    wording: Wording
    person: Person
    order: str


async def _ask(session: Session, shop: Shop, said: _Said) -> None:
    """Who agreed long ago is not asked again, and whoever was asked often enough already still gets
    their order."""
    key = key_of(said.point, country=shop.country)
    purpose = said.box.purpose
    if await has_point_consent(session, kind=said.box.kind, key=key, purpose=purpose):
        return
    with contextlib.suppress(AskedTooOften):
        await ask_consent(
            session,
            shop_id=shop.id,
            point=said.point,
            purpose=purpose,
            wording=said.wording,
            source="checkout",
            person=said.person,
            proof=Proof(order=said.order),
            country=shop.country,
        )


async def _record(session: Session, shop: Shop, said: _Said) -> None:
    await record_point_consent(
        session,
        point=said.point,
        purpose=said.box.purpose,
        state=ConsentState.GIVEN,
        wording=said.wording,
        how=How.CLICKED,
        channel="checkout",
        person=said.person,
        proof=Proof(order=said.order),
        country=shop.country,
    )
