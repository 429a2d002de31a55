"""What an agent decides of a proposal, and writes down about a customer."""

from uuid import UUID

from stoa.people.customers.models import CustomerNote
from stoa.people.customers.service.holding import lock_customer, lock_known, short_name
from stoa.people.customers.service.telling import tell_of
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import Conflict, NotFound
from stoa.platform.i18n.locale import Locale, fold
from stoa.platform.ids import new_id


async def dismiss_proposal(session: Session, *, proposal_id: UUID, by: UUID) -> None:
    """The two are not one person; it is not proposed again unless more speaks for it.

    Raises:
        NotFound: no such proposal.
        Conflict: somebody else has decided already.
    """
    row = await session.fetch_one(
        "SELECT state, first_id, second_id FROM merge_proposal WHERE id = $1 FOR UPDATE",
        proposal_id,
    )
    if row is None:
        raise NotFound()
    if row["state"] != "open":
        raise Conflict()
    await session.execute(
        "UPDATE merge_proposal SET state = 'dismissed', staff_id = $2, decided_at = $3"
        " WHERE id = $1",
        proposal_id,
        by,
        now(),
    )
    await record_audit(
        session,
        staff_id=by,
        action="customer.proposal_dismissed",
        subject=str(proposal_id),
        details={},
    )
    tell_of(session, [row["first_id"], row["second_id"]])


async def add_note(session: Session, *, customer_id: UUID, body: str, by: UUID) -> CustomerNote:
    """Whoever opens the customer's page reads it.

    Raises:
        NotFound, AlreadyErased: there is nobody it could be about.
    """
    found = await lock_known(session, customer_id=customer_id)
    note = CustomerNote(new_id(), found, by, body.replace("\0", "").strip(), now())
    await session.execute(
        "INSERT INTO customer_note (id, customer_id, staff_id, body, created_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        note.id,
        note.customer_id,
        note.staff_id,
        note.body,
        note.created_at,
    )
    tell_of(session, [found])
    return note


async def change_customer(
    session: Session,
    *,
    customer_id: UUID,
    name: str,
    locale: Locale,
    preferred_channel: str | None,
    by: UUID,
) -> UUID:
    """The customer is called so, and is answered in this language and by this channel; returns
    whose that is.

    Raises:
        NotFound, AlreadyErased: there is nobody to change.
    """
    found = await lock_known(session, customer_id=customer_id)
    await session.execute(
        "UPDATE customer SET name = $2, search_text = $3, locale = $4, preferred_channel = $5,"
        " updated_at = $6 WHERE id = $1",
        found,
        short_name(name),
        fold(short_name(name)),
        locale,
        preferred_channel,
        now(),
    )
    await record_audit(
        session, staff_id=by, action="customer.changed", subject=str(found), details={}
    )
    tell_of(session, [found])
    return found


async def remove_point(session: Session, *, customer_id: UUID, point_id: UUID, by: UUID) -> None:
    """The address is not the customer's.

    Raises:
        NotFound: it was not.
    """
    found = await lock_customer(session, customer_id=customer_id)
    count = await session.execute(
        "DELETE FROM contact_point WHERE id = $1 AND customer_id = $2", point_id, found
    )
    if count == 0:
        raise NotFound()
    await record_audit(
        session, staff_id=by, action="customer.point_removed", subject=str(found), details={}
    )
    tell_of(session, [found])
