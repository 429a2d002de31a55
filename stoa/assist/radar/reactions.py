"""Visits go with the person who came."""

from stoa.people.customers.events import CustomerErased
from stoa.platform.database.session import Session


async def forget_person(session: Session, event: CustomerErased) -> None:
    await session.execute("DELETE FROM visit WHERE visitor_id = ANY($1::uuid[])", event.visitor_ids)
    await session.execute(
        "DELETE FROM invitation WHERE visitor_id = ANY($1::uuid[])", event.visitor_ids
    )
