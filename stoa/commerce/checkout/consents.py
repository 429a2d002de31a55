"""What a customer agrees to beside the order itself: to be told by SMS what cannot wait."""

from typing import Final
from uuid import UUID

from stoa.commerce.cart.models import Cart
from stoa.commerce.checkout.models import Step
from stoa.commerce.shops.models import Shop
from stoa.people.consent.models import ConsentState, How, Person, Proof, Purpose, Wording
from stoa.people.consent.service import record_point_consent
from stoa.people.customers.models import Point, PointKind
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import as_locale
from stoa.platform.i18n.messages import translator

URGENT_SMS: Final = "urgent_sms"  # a field of the step `contact`; the language it was read in
# To be raised whenever the sentence `checkout.urgent_sms` is changed in any language.
WORDING_VERSION: Final = "1"


async def record_urgent_sms(session: Session, *, shop: Shop, cart: Cart, order_id: UUID) -> None:
    """The ledger says so for the telephone number, if the box was ticked. An empty box says
    nothing: what was agreed to with an earlier order stands."""
    contact = cart.checkout[Step.CONTACT]
    locale = as_locale(contact.get(URGENT_SMS, ""))
    phone = contact.get("phone", "")
    if locale is None or not phone:
        return
    number = await session.fetch_value('SELECT number FROM "order" WHERE id = $1', order_id)
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
