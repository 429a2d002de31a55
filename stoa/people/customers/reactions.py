"""What is done last for a person who is erased."""

from stoa.people.customers.events import CustomerErased
from stoa.platform.database.session import Session


async def close_browsers(session: Session, event: CustomerErased) -> None:
    """The cookies of their browsers open nothing: a page that is still open begins anew, as a
    stranger's. Last, for a token is a key: whoever writes into what is a visitor's asks for it with
    that in hand, so all of it has to be held by us, or gone, before."""
    await session.execute(
        "UPDATE visitor SET token_hash = sha256(gen_random_uuid()::text::bytea)"
        " WHERE id = ANY($1::uuid[])",
        event.visitor_ids,
    )
