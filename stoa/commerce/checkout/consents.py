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
from stoa.people.consent.models import ConsentState, How, Person, Proof, Purpose, Wording
from stoa.people.consent.queries import current_wording
from stoa.people.consent.service import ask_consent, record_point_consent
from stoa.people.customers.models import Point, PointKind
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import Locale, as_locale
from stoa.platform.i18n.messages import translator

URGENT_SMS: Final = "urgent_sms"  # a field of the step `contact`; the language it was read in
# Fields of the same step, one for each of its addresses; which words were read there (`WordsRead`).
NEWS: Final = {"news_email": PointKind.EMAIL, "news_phone": PointKind.PHONE}
# To be raised whenever the sentence `checkout.urgent_sms` is changed in any language.
WORDING_VERSION: Final = "1"


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
    number = await session.fetch_value('SELECT number FROM "order" WHERE id = $1', order_id)
    await _record_urgent_sms(session, shop=shop, cart=cart, number=number)
    await _ask_for_news(session, shop=shop, cart=cart, number=number)


async def _ask_for_news(session: Session, *, shop: Shop, cart: Cart, number: str) -> None:
    contact = cart.checkout[Step.CONTACT]
    for name, kind in NEWS.items():
        read = words_read(contact.get(name, ""))
        value = contact.get(kind.value, "")
        if read is None or not value:
            continue
        # Whoever was asked often enough already still gets their order.
        with contextlib.suppress(AskedTooOften):
            await ask_consent(
                session,
                shop_id=shop.id,
                point=Point(kind, value),
                purpose=Purpose.MARKETING,
                wording=await current_wording(
                    session,
                    shop_id=shop.id,
                    shop_name=shop.name,
                    purpose=Purpose.MARKETING,
                    kind=kind,
                    locale=read.locale,
                    version=read.version,
                ),
                source="checkout",
                person=Person(visitor_id=cart.visitor_id),
                proof=Proof(order=number),
                country=shop.country,
            )


async def _record_urgent_sms(session: Session, *, shop: Shop, cart: Cart, number: str) -> None:
    contact = cart.checkout[Step.CONTACT]
    locale = as_locale(contact.get(URGENT_SMS, ""))
    phone = contact.get("phone", "")
    if locale is None or not phone:
        return
    text = translator(locale, "storefront")("checkout.urgent_sms", shop=shop.name)
    await record_point_consent(
        session,
        point=Point(PointKind.PHONE, phone),
        purpose=Purpose.URGENT,
        state=ConsentState.GIVEN,
        wording=Wording(text=text, version=WORDING_VERSION, locale=locale),
        how=How.CLICKED,
        channel="checkout",
        person=Person(visitor_id=cart.visitor_id),
        proof=Proof(order=number),
        country=shop.country,
    )
