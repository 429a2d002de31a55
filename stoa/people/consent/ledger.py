"""Writing to the ledger. Rows are added, never changed and never deleted: the database refuses."""

from collections.abc import Sequence
from uuid import UUID

from stoa.people.consent.errors import NeedsConfirmation, NothingToConsent
from stoa.people.consent.events import ConsentWithdrawn
from stoa.people.consent.models import (
    CONFIRMED_WAYS,
    NO_PROOF,
    POINT_PURPOSES,
    ConsentEntry,
    ConsentState,
    How,
    Person,
    Proof,
    Purpose,
    Wording,
    needs_confirmation,
)
from stoa.people.consent.queries import standing_point_consents
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import key_of
from stoa.people.customers.service import tell_of, tell_of_holders, tell_of_visitors
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
    await _add(session, entry)
    return entry


async def record_point_consent(
    session: Session,
    *,
    point: Point,
    purpose: Purpose,
    state: ConsentState,
    wording: Wording,
    how: How,
    channel: str,
    person: Person | None = None,
    proof: Proof = NO_PROOF,
    recorded_by: UUID | None = None,
    country: str | None = None,
) -> ConsentEntry:
    """The ledger holds one row more: what was said now about this use of this address.

    `channel` is by what it was asked and answered: a channel's code, "checkout", "desk". `person`
    is whoever said it, where that is known.

    Raises:
        NothingToConsent: there is no address in `point`.
        NeedsConfirmation: the owner of the address has to say so from there (`ask_consent`).
    """
    if purpose not in POINT_PURPOSES:
        raise ValueError(f"{purpose} is not about an address")
    key = key_of(point, country=country)
    if not key:
        raise NothingToConsent()
    is_unconfirmed = needs_confirmation(purpose, point.kind) and how not in CONFIRMED_WAYS
    if state is ConsentState.GIVEN and is_unconfirmed:
        raise NeedsConfirmation()
    await lock_consents(session, kind=point.kind, key=key)
    entry = ConsentEntry(
        id=new_id(),
        visitor_id=person.visitor_id if person else None,
        customer_id=person.customer_id if person else None,
        staff_id=None,
        purpose=purpose,
        subject=None,
        state=state,
        wording=wording.text,
        wording_version=wording.version,
        locale=wording.locale,
        how=how,
        at=now(),
        point_kind=point.kind,
        point_key=key,
        channel=channel,
        recorded_by=recorded_by,
        proof=proof.as_json(),
    )
    await _add(session, entry)
    if state is not ConsentState.GIVEN:
        await _cancel_requests(session, kind=point.kind, key=key, purpose=purpose)
        session.publish(ConsentWithdrawn(kind=point.kind, key=key, purposes=[purpose]), topics=[])
    return entry


async def withdraw_for_point(
    session: Session,
    *,
    kind: PointKind,
    key: str,
    how: How,
    channel: str,
    wording: Wording,
    purposes: Sequence[Purpose] = POINT_PURPOSES,
    proof: Proof = NO_PROOF,
    person: Person | None = None,
    recorded_by: UUID | None = None,
) -> list[Purpose]:
    """Nothing more is sent to this address for these purposes; returns those for which that is new.

    Also what was never agreed to is withdrawn: somebody who says STOP means it. Said twice, it is
    written down once.
    """
    await lock_consents(session, kind=kind, key=key)
    standing = await standing_point_consents(session, kind=kind, key=key)
    withdrawn = []
    for purpose in purposes:
        known = standing.get(purpose)
        if known is not None and known.state is ConsentState.WITHDRAWN:
            # Asked anew since then, and now this: it is a no to the question.
            await _cancel_requests(session, kind=kind, key=key, purpose=purpose)
            continue
        await record_point_consent(
            session,
            point=Point(kind, key),
            purpose=purpose,
            state=ConsentState.WITHDRAWN,
            wording=wording,
            how=how,
            channel=channel,
            proof=proof,
            person=person,
            recorded_by=recorded_by,
        )
        withdrawn.append(purpose)
    return withdrawn


async def lock_consents(session: Session, *, kind: PointKind, key: str) -> None:
    """What is said about this address now is said in one order: a yes and a no at the same moment
    stand as they were committed."""
    await session.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"consent:{kind}:{key}"
    )


async def _cancel_requests(
    session: Session, *, kind: PointKind, key: str, purpose: Purpose
) -> None:
    """Who says no now does not say yes by a mail that is still in their inbox."""
    await session.execute(
        "UPDATE consent_request SET state = 'cancelled', done_at = $4 WHERE point_kind = $1"
        " AND point_key = $2 AND purpose = $3 AND state = 'pending'",
        kind,
        key,
        purpose,
        now(),
    )


async def _add(session: Session, entry: ConsentEntry) -> None:
    await session.execute(
        "INSERT INTO consent (id, visitor_id, customer_id, staff_id, purpose, subject, state,"
        " wording, wording_version, locale, how, at, point_kind, point_key, channel, recorded_by,"
        " proof)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
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
        entry.point_kind,
        entry.point_key,
        entry.channel,
        entry.recorded_by,
        dict(entry.proof),
    )
    if entry.point_kind is not None and entry.point_key is not None:
        await tell_of_holders(session, kind=entry.point_kind, key=entry.point_key)
    if entry.customer_id is not None:
        tell_of(session, [entry.customer_id])
    if entry.visitor_id is not None:
        await tell_of_visitors(session, visitor_ids=[entry.visitor_id])
