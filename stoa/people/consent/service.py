"""Writing to the ledger. Rows are added, never changed and never deleted: the database refuses."""

from uuid import UUID

from stoa.people.consent.models import ConsentEntry, ConsentState, How, Person, Purpose, Wording
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id


async def record_consent(
    session: Session,
    *,
    person: Person,
    purpose: Purpose,
    subject: UUID,
    state: ConsentState,
    wording: Wording,
    how: How = How.CLICKED,
) -> ConsentEntry:
    """The ledger holds one row more: what this person said now about this call or session."""
    entry = ConsentEntry(
        id=new_id(),
        visitor_id=person.visitor_id,
        customer_id=person.customer_id,
        staff_id=person.staff_id,
        purpose=purpose,
        subject=subject,
        state=state,
        wording=wording.text,
        wording_version=wording.version,
        locale=wording.locale,
        how=how,
        at=now(),
    )
    await session.execute(
        "INSERT INTO consent (id, visitor_id, customer_id, staff_id, purpose, subject, state,"
        " wording, wording_version, locale, how, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        entry.id,
        entry.visitor_id,
        entry.customer_id,
        entry.staff_id,
        entry.purpose,
        entry.subject,
        entry.state,
        entry.wording,
        entry.wording_version,
        entry.locale,
        entry.how,
        entry.at,
    )
    return entry
