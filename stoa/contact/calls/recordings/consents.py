"""Who agreed to a recording, in which words."""

import hashlib
from typing import Literal
from uuid import UUID

from stoa.contact.calls.models import Call
from stoa.people.consent.models import ConsentState, How, Person, Purpose, Wording
from stoa.people.consent.queries import has_consent
from stoa.people.consent.service import record_consent
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.i18n.locale import DEFAULT_LOCALE, Locale, as_locale
from stoa.platform.i18n.messages import Surface, translator

Occasion = Literal["ask", "announce", "agent"]
# The customer hears and reads these words, the member of staff reads them beside the button.
_SURFACES: dict[Occasion, Surface] = {"ask": "counter", "announce": "counter", "agent": "desk"}


def wording(occasion: Occasion, *, locale: Locale) -> Wording:
    """The words as they are shown. The version names them, so it changes whenever they do."""
    text = translator(locale, _SURFACES[occasion])(f"consent.recording.{occasion}")
    return Wording(text, hashlib.sha256(text.encode()).hexdigest()[:12], locale)


async def note_customer(
    session: Session, *, call: Call, state: ConsentState, occasion: Literal["ask", "announce"]
) -> None:
    """The ledger has the customer's word on this call's recording."""
    is_by_going_on = occasion == "announce" and state is ConsentState.GIVEN
    await record_consent(
        session,
        person=Person(visitor_id=call.visitor_id),
        purpose=Purpose.RECORDING,
        subject=call.id,
        state=state,
        wording=wording(occasion, locale=as_locale(call.locale) or DEFAULT_LOCALE),
        how=How.ANNOUNCED if is_by_going_on else How.CLICKED,
    )


async def note_staff(session: Session, *, call_id: UUID, staff_id: UUID, how: How) -> None:
    """The ledger has this member of staff's consent, unless it stands already."""
    person = Person(staff_id=staff_id)
    if await has_consent(session, person=person, purpose=Purpose.RECORDING, subject=call_id):
        return
    locale = await session.fetch_value("SELECT locale FROM staff WHERE id = $1", staff_id)
    await record_consent(
        session,
        person=person,
        purpose=Purpose.RECORDING,
        subject=call_id,
        state=ConsentState.GIVEN,
        wording=wording("agent", locale=as_locale(locale) or DEFAULT_LOCALE),
        how=how,
    )


async def customer_agrees(session: ReadSession, *, call_id: UUID, visitor_id: UUID) -> bool:
    """Whether the customer's yes stands."""
    return await has_consent(
        session,
        person=Person(visitor_id=visitor_id),
        purpose=Purpose.RECORDING,
        subject=call_id,
    )
