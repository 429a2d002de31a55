"""Reading the ledger: what stands now, and everything that was ever said."""

from uuid import UUID

from stoa.people.consent.models import ConsentEntry, ConsentState, How, Person, Purpose
from stoa.platform.database.session import ReadSession, Row

_COLUMNS = """id, visitor_id, customer_id, staff_id, purpose, subject, state, wording,
    wording_version, locale, how, at"""


def _entry_from(row: Row) -> ConsentEntry:
    return ConsentEntry(
        **{
            **row,
            "purpose": Purpose(row["purpose"]),
            "state": ConsentState(row["state"]),
            "how": How(row["how"]),
        }
    )


async def list_consents(session: ReadSession, *, subject: UUID) -> list[ConsentEntry]:
    """Everything said about a call or a co-browsing session, from old to new."""
    rows = await session.fetch(
        f"SELECT {_COLUMNS} FROM consent WHERE subject = $1 ORDER BY at, id", subject
    )
    return [_entry_from(row) for row in rows]


async def standing_consent(
    session: ReadSession, *, person: Person, purpose: Purpose, subject: UUID
) -> ConsentEntry | None:
    """What this person said last, or None when they were never asked."""
    row = await session.fetch_one(
        f"SELECT {_COLUMNS} FROM consent"
        " WHERE subject = $1 AND purpose = $2"
        " AND (staff_id = $3 OR visitor_id = $4 OR customer_id = $5)"
        " ORDER BY at DESC, id DESC LIMIT 1",
        subject,
        purpose,
        person.staff_id,
        person.visitor_id,
        person.customer_id,
    )
    return _entry_from(row) if row else None


async def has_consent(
    session: ReadSession, *, person: Person, purpose: Purpose, subject: UUID
) -> bool:
    """Whether this person agreed and did not take it back."""
    entry = await standing_consent(session, person=person, purpose=purpose, subject=subject)
    return entry is not None and entry.is_given
