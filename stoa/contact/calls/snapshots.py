"""What a customer said to stills of their camera or screen being kept in the conversation."""

from uuid import UUID

from stoa.people.consent.models import ConsentState, Person, Purpose, Wording
from stoa.people.consent.queries import standing_consent
from stoa.people.consent.service import record_consent
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.messages import translator

WORDING_VERSION = "1"


async def answer_snapshot(
    session: Session,
    *,
    call_id: UUID,
    visitor_id: UUID,
    customer_id: UUID | None,
    is_agreed: bool,
    locale: Locale,
) -> None:
    """The ledger holds what this customer said in this call, word for word; once for each change.

    Raises:
        NotFound: no call of this visitor's that is on.
    """
    is_theirs = await session.fetch_value(
        "SELECT EXISTS (SELECT FROM call WHERE id = $1 AND visitor_id = $2 AND state = 'active')",
        call_id,
        visitor_id,
    )
    if not is_theirs:
        raise NotFound()
    person = Person(visitor_id=visitor_id, customer_id=customer_id)
    state = ConsentState.GIVEN if is_agreed else ConsentState.REFUSED
    before = await standing_consent(
        session, person=person, purpose=Purpose.SNAPSHOT, subject=call_id
    )
    if before is not None and before.state is state:
        return
    await record_consent(
        session,
        person=person,
        purpose=Purpose.SNAPSHOT,
        subject=call_id,
        state=state,
        wording=Wording(
            text=translator(locale, "video")("snapshot.question"),
            version=WORDING_VERSION,
            locale=locale,
        ),
    )
