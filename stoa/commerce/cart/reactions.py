"""Carts of a person who is erased hold goods and no addresses."""

from stoa.commerce.cart.events import topic_of
from stoa.people.customers.events import CustomerErased
from stoa.platform.database.session import Session
from stoa.platform.jobs.forgetting import forget_soon


async def forget_person(session: Session, event: CustomerErased) -> None:
    rows = await session.fetch(
        "UPDATE cart SET checkout = '{}', version = version + 1"
        " WHERE visitor_id = ANY($1::uuid[]) RETURNING id",
        event.visitor_ids,
    )
    await forget_soon(session, topics=[topic_of(row["id"]) for row in rows])
