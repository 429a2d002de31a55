"""Proposals go with the person they were made to."""

from stoa.people.customers.events import CustomerErased
from stoa.platform.database.session import Session


async def forget_person(session: Session, event: CustomerErased) -> None:
    await session.execute(
        "DELETE FROM proposal WHERE visitor_id = ANY($1::uuid[])", event.visitor_ids
    )
