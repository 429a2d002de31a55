"""Reads about visitors and customers."""

from uuid import UUID

from stoa.people.customers.models import Visitor
from stoa.people.customers.rules import key_of as key_of  # what every list of addresses goes by
from stoa.platform.database.session import ReadSession
from stoa.platform.web.security import hash_token

VISITOR = "id, customer_id, locale, created_at"


async def find_visitor(session: ReadSession, *, token: str | None) -> Visitor | None:
    """The visitor who holds this token."""
    if token is None:
        return None
    row = await session.fetch_one(
        f"SELECT {VISITOR} FROM visitor WHERE token_hash = $1", hash_token(token)
    )
    return Visitor(**row) if row else None


async def get_visitor(session: ReadSession, *, visitor_id: UUID) -> Visitor | None:
    row = await session.fetch_one(f"SELECT {VISITOR} FROM visitor WHERE id = $1", visitor_id)
    return Visitor(**row) if row else None
