"""Reading the ledger: what stands now, and everything that was ever said."""

from collections.abc import Sequence
from uuid import UUID

from stoa.people.consent.models import (
    POINT_PURPOSES,
    ConsentEntry,
    ConsentRequest,
    ConsentState,
    How,
    Person,
    Purpose,
    RequestState,
)
from stoa.people.consent.wordings import current_wording as current_wording
from stoa.people.consent.wordings import default_version as default_version
from stoa.people.consent.wordings import wording_versions as wording_versions
from stoa.people.consent.wordings import wordings_for as wordings_for
from stoa.people.customers.models import PointKind
from stoa.platform.database.session import ReadSession, Row

_COLUMNS = """id, visitor_id, customer_id, staff_id, purpose, subject, state, wording,
    wording_version, locale, how, at, point_kind, point_key, channel, recorded_by, proof"""


def _entry_from(row: Row) -> ConsentEntry:
    return ConsentEntry(
        **{
            **row,
            "purpose": Purpose(row["purpose"]),
            "state": ConsentState(row["state"]),
            "how": How(row["how"]),
            "point_kind": PointKind(row["point_kind"]) if row["point_kind"] else None,
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


async def standing_point_consents(
    session: ReadSession, *, kind: PointKind, key: str
) -> dict[Purpose, ConsentEntry]:
    """What was said last about each use of an address; a use that nobody spoke of is not there."""
    rows = await session.fetch(
        f"SELECT DISTINCT ON (purpose) {_COLUMNS} FROM consent"
        " WHERE point_kind = $1 AND point_key = $2 ORDER BY purpose, at DESC, id DESC",
        kind,
        key,
    )
    return {entry.purpose: entry for entry in map(_entry_from, rows)}


async def has_point_consent(
    session: ReadSession, *, kind: PointKind, key: str, purpose: Purpose
) -> bool:
    """Whether something may be sent to this address for this purpose: it was agreed to, and not
    taken back; marketing, from the address itself. `key` is the point's
    (`stoa.people.customers.queries.key_of`)."""
    if purpose not in POINT_PURPOSES:
        raise ValueError(f"{purpose} is not about an address")
    row = await session.fetch_one(
        f"SELECT {_COLUMNS} FROM consent"
        " WHERE point_kind = $1 AND point_key = $2 AND purpose = $3"
        " ORDER BY at DESC, id DESC LIMIT 1",
        kind,
        key,
        purpose,
    )
    return row is not None and _entry_from(row).permits


async def has_refused_point(
    session: ReadSession, *, kind: PointKind, key: str, purpose: Purpose
) -> bool:
    """Whether this use of the address was refused or withdrawn: then nothing is sent even where
    no consent would be needed."""
    state = await session.fetch_value(
        "SELECT state FROM consent WHERE point_kind = $1 AND point_key = $2 AND purpose = $3"
        " ORDER BY at DESC, id DESC LIMIT 1",
        kind,
        key,
        purpose,
    )
    return state is not None and state != ConsentState.GIVEN


async def consents_of_person(
    session: ReadSession,
    *,
    customer_ids: Sequence[UUID],
    points: Sequence[tuple[str, str]],
    limit: int = 500,
) -> list[ConsentEntry]:
    """Everything these customers said (and their visitors), and what was said about these
    addresses, the newest first."""
    rows = await session.fetch(
        f"SELECT {_COLUMNS} FROM consent WHERE customer_id = ANY($1::uuid[])"
        " OR visitor_id IN (SELECT id FROM visitor WHERE customer_id = ANY($1::uuid[]))"
        " OR (point_kind, point_key) IN (SELECT * FROM unnest($2::text[], $3::text[]))"
        " ORDER BY at DESC, id DESC LIMIT $4",
        list(customer_ids),
        [kind for kind, _ in points],
        [key for _, key in points],
        limit,
    )
    return [_entry_from(row) for row in rows]


# ---- what was asked and waits to be confirmed ---------------------------------------------------

_REQUEST = """id, shop_id, point_kind AS kind, point_value AS value, point_key AS key, purpose,
    wording, wording_version, locale, source, visitor_id, customer_id, recorded_by, proof, state,
    asked_at, expires_at, done_at"""


def request_from(row: Row) -> ConsentRequest:
    return ConsentRequest(
        **{
            **row,
            "kind": PointKind(row["kind"]),
            "purpose": Purpose(row["purpose"]),
            "state": RequestState(row["state"]),
        }
    )


async def find_request(
    session: ReadSession, *, request_id: UUID, is_locked: bool = False
) -> ConsentRequest | None:
    """What was asked under this id; None when it is long gone."""
    row = await session.fetch_one(
        f"SELECT {_REQUEST} FROM consent_request WHERE id = $1"
        + (" FOR UPDATE" if is_locked else ""),
        request_id,
    )
    return request_from(row) if row else None


async def requests_of_person(
    session: ReadSession,
    *,
    customer_ids: Sequence[UUID],
    points: Sequence[tuple[str, str]] = (),
    limit: int = 100,
) -> list[ConsentRequest]:
    """What these customers (and their visitors) asked for, and what was asked for these addresses,
    the newest first."""
    rows = await session.fetch(
        f"SELECT {_REQUEST} FROM consent_request WHERE customer_id = ANY($1::uuid[])"
        " OR visitor_id IN (SELECT id FROM visitor WHERE customer_id = ANY($1::uuid[]))"
        " OR (point_kind, point_key) IN (SELECT * FROM unnest($2::text[], $3::text[]))"
        " ORDER BY asked_at DESC, id DESC LIMIT $4",
        list(customer_ids),
        [kind for kind, _ in points],
        [key for _, key in points],
        limit,
    )
    return [request_from(row) for row in rows]
