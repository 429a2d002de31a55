"""Desks that have a customer's page open hear that it is another now."""

from collections.abc import Iterable
from uuid import UUID

from stoa.people.customers.events import CustomerTouched, customer_topic
from stoa.platform.database.session import Session


def tell_of(session: Session, customer_ids: Iterable[UUID]) -> None:
    """Whoever looks at one of these customers hears that there is something new, once."""
    for customer_id in customer_ids:
        session.publish_once(
            CustomerTouched(customer_id=customer_id), topics=[customer_topic(customer_id)]
        )


async def tell_of_holders(session: Session, *, kind: str, key: str) -> None:
    """As `tell_of`, of everybody who holds the address."""
    rows = await session.fetch(
        "SELECT DISTINCT customer_id FROM contact_point WHERE kind = $1 AND key = $2", kind, key
    )
    tell_of(session, [row["customer_id"] for row in rows])


async def tell_of_visitors(session: Session, *, visitor_ids: Iterable[UUID]) -> None:
    """As `tell_of`, of the customers that these visitors are."""
    rows = await session.fetch(
        "SELECT DISTINCT customer_id FROM visitor WHERE id = ANY($1::uuid[])"
        " AND customer_id IS NOT NULL",
        list(visitor_ids),
    )
    tell_of(session, [row["customer_id"] for row in rows])


async def tell_of_likenesses(session: Session, *, customer_ids: Iterable[UUID]) -> None:
    """As `tell_of`, and of everybody who was proposed to be one of them."""
    ids = list(customer_ids)
    rows = await session.fetch(
        "SELECT first_id, second_id FROM merge_proposal"
        " WHERE first_id = ANY($1::uuid[]) OR second_id = ANY($1::uuid[])",
        ids,
    )
    others = {row[column] for row in rows for column in ("first_id", "second_id")}
    tell_of(session, sorted(others.union(ids)))
