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
from stoa.platform.i18n.messages import Surface, catalogue, translator

Occasion = Literal["ask", "announce", "agent"]
# The very words that are on the screen: the customer's page shows the first two, the desk the last.
_SHOWN: dict[Occasion, tuple[Surface, str]] = {
    "ask": ("call", "recording.asked"),
    "announce": ("call", "recording.announced"),
    "agent": ("desk", "record.ownVoice"),
}


def wording(occasion: Occasion, *, locale: Locale, name: str = "") -> Wording:
    """The words as they are shown; `name` asks. The version names the words, so it changes whenever
    they do, and is the same whoever asked.
    """
    surface, key = _SHOWN[occasion]
    text = translator(locale, surface)(key, name=name)
    version = hashlib.sha256(str(catalogue(locale, surface)[key]).encode()).hexdigest()[:12]
    return Wording(text, version, locale)


async def note_customer(
    session: Session, *, call: Call, state: ConsentState, how: How = How.CLICKED
) -> None:
    """The ledger has the customer's word on this call's recording, and what they read: a question
    if anybody asked in this call, else the announcement.
    """
    asked_by = [fact.name or "" for fact in call.facts if fact.fact == "recording_asked"]
    await record_consent(
        session,
        person=Person(visitor_id=call.visitor_id),
        purpose=Purpose.RECORDING,
        subject=call.id,
        state=state,
        wording=wording(
            "ask" if asked_by else "announce",
            locale=as_locale(call.locale) or DEFAULT_LOCALE,
            name=asked_by[-1] if asked_by else "",
        ),
        how=how,
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
