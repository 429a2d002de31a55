"""A person is forgotten."""

from uuid import UUID

from stoa.people.customers.errors import AlreadyErased, AlreadyMerged
from stoa.people.customers.events import CustomerErased
from stoa.people.customers.models import PointKind
from stoa.people.customers.queries import ids_of_person
from stoa.people.customers.service.holding import lock_people, lock_rows
from stoa.people.customers.service.telling import tell_of
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.jobs.dropping import drop_soon
from stoa.platform.jobs.queue import forget_jobs


async def erase_customer(session: Session, *, customer_id: UUID) -> None:
    """Nothing is known of the customer any more, nor of those who were merged into them, but that
    there were such; no browser is theirs. What others keep of them goes by `CustomerErased`.

    Raises:
        NotFound: no such customer.
        AlreadyMerged: it is the one they were merged into who is to be erased.
        AlreadyErased: it was done before.
    """
    await lock_people(session)
    ids = await ids_of_person(session, customer_id=customer_id)
    await session.execute(
        "SELECT id FROM visitor WHERE customer_id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE",
        ids,
    )
    rows = await session.fetch(
        "SELECT id, merged_into, erased_at FROM customer WHERE id = ANY($1::uuid[])"
        " ORDER BY id FOR NO KEY UPDATE",
        ids,
    )
    found = {row["id"]: row for row in rows}
    if customer_id not in found:
        raise NotFound()
    if found[customer_id]["merged_into"] is not None:
        raise AlreadyMerged()
    if found[customer_id]["erased_at"] is not None:
        raise AlreadyErased()
    event = CustomerErased(
        customer_ids=ids,
        visitor_ids=await _forget_browsers(session, ids),
        points=await _forget_points(session, ids),
    )
    await session.execute(
        "DELETE FROM point_proof WHERE visitor_id = ANY($1::uuid[])"
        " OR (point_kind, point_key) IN (SELECT * FROM unnest($2::text[], $3::text[]))",
        event.visitor_ids,
        [kind.value for kind, _ in event.points],
        [key for _, key in event.points],
    )
    await _forget_rows(session, ids)
    await forget_jobs(session, texts=[key for _, key in event.points])
    session.publish(event, topics=[])
    tell_of(session, ids)


async def _forget_browsers(session: Session, ids: list[UUID]) -> list[UUID]:
    """Their browsers are nobody's any more (`close_browsers`)."""
    rows = await session.fetch(
        "UPDATE visitor SET customer_id = NULL WHERE customer_id = ANY($1::uuid[]) RETURNING id",
        ids,
    )
    return [row["id"] for row in rows]


async def _forget_points(session: Session, ids: list[UUID]) -> list[tuple[PointKind, str]]:
    """Returns the addresses that nobody else holds."""
    joined = await session.fetch(
        "SELECT DISTINCT m.joined ->> 'kind' AS kind, m.joined ->> 'key' AS key"
        " FROM customer_move m JOIN customer_merge g ON g.id = m.merge_id"
        " WHERE m.kind = 'point_joined' AND g.into_id = ANY($1::uuid[])",
        ids,
    )
    await lock_rows(session, customer_ids=ids)
    held = await session.fetch(
        "DELETE FROM contact_point WHERE customer_id = ANY($1::uuid[]) RETURNING kind, key", ids
    )
    keys = sorted({(row["kind"], row["key"]) for row in (*held, *joined)})
    others = await session.fetch(
        "SELECT kind, key FROM contact_point"
        " WHERE (kind, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))",
        [kind for kind, _ in keys],
        [key for _, key in keys],
    )
    shared = {(row["kind"], row["key"]) for row in others}
    return [(PointKind(kind), key) for kind, key in keys if (kind, key) not in shared]


async def _forget_rows(session: Session, ids: list[UUID]) -> None:
    moment = now()
    await session.execute(
        "DELETE FROM merge_proposal"
        " WHERE first_id = ANY($1::uuid[]) OR second_id = ANY($1::uuid[])",
        ids,
    )
    # That there was a merge may be known, not what it moved.
    await session.execute(
        "DELETE FROM customer_move WHERE merge_id IN (SELECT id FROM customer_merge"
        " WHERE into_id = ANY($1::uuid[]) OR from_id = ANY($1::uuid[]))",
        ids,
    )
    await session.execute(
        "UPDATE customer_merge SET before = '{}'"
        " WHERE into_id = ANY($1::uuid[]) OR from_id = ANY($1::uuid[])",
        ids,
    )
    await session.execute("DELETE FROM customer_note WHERE customer_id = ANY($1::uuid[])", ids)
    exported = await session.fetch(
        "SELECT blob_id FROM customer_export WHERE customer_id = ANY($1::uuid[])", ids
    )
    await session.execute("DELETE FROM customer_export WHERE customer_id = ANY($1::uuid[])", ids)
    await drop_soon(session, blob_ids=[row["blob_id"] for row in exported])
    await session.execute(
        "UPDATE customer SET name = '', email = NULL, phone = NULL, search_text = '',"
        " preferred_channel = NULL, erased_at = $2, updated_at = $2 WHERE id = ANY($1::uuid[])",
        ids,
        moment,
    )
