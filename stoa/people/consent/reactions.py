"""What is left of a consent when the person is erased: that it was given, when and how."""

from stoa.people.customers.events import CustomerErased
from stoa.platform.clock import now
from stoa.platform.database.session import Session


async def forget_person(session: Session, event: CustomerErased) -> None:
    """The ledger no longer says whose consents these were, nor for which address. That something
    was agreed to, or withdrawn, with which words, when and how, stays. What was only asked goes."""
    await session.execute(
        "DELETE FROM consent_request WHERE customer_id = ANY($1::uuid[])"
        " OR visitor_id = ANY($4::uuid[])"
        " OR (point_kind, point_key) IN (SELECT * FROM unnest($2::text[], $3::text[]))",
        event.customer_ids,
        [kind.value for kind, _ in event.points],
        [key for _, key in event.points],
        event.visitor_ids,
    )
    await session.execute("SELECT set_config('stoa.erasing', 'yes', true)")
    await session.execute(
        "UPDATE consent SET erased_at = $4, point_key = NULL, proof = '{}'"
        " WHERE customer_id = ANY($1::uuid[])"
        " OR visitor_id = ANY($5::uuid[])"
        " OR (point_kind, point_key) IN (SELECT * FROM unnest($2::text[], $3::text[]))",
        event.customer_ids,
        [kind.value for kind, _ in event.points],
        [key for _, key in event.points],
        now(),
        event.visitor_ids,
    )
    await session.execute("SELECT set_config('stoa.erasing', '', true)")
