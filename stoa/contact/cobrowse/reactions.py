"""That a page was shared, and what was done in it, goes with the person whose page it was."""

from stoa.people.customers.events import CustomerErased
from stoa.platform.database.session import Session


async def forget_person(session: Session, event: CustomerErased) -> None:
    await session.execute(
        "DELETE FROM cobrowse_session WHERE visitor_id = ANY($1::uuid[])", event.visitor_ids
    )
