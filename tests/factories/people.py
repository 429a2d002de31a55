"""Staff and visitors for tests."""

from uuid import UUID

from stoa.contact.conversations.models import Sender
from stoa.people.customers.service import ensure_visitor
from stoa.people.identity.service import open_session
from stoa.platform.clock import now
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import Locale
from stoa.platform.ids import new_id


async def a_visitor(database: Database, *, locale: Locale = "en") -> tuple[UUID, str]:
    """(id, token) of a new visitor."""
    async with database.begin() as session:
        visitor = await ensure_visitor(session, token=None, locale=locale)
    assert visitor.new_token is not None
    return visitor.id, visitor.new_token


async def an_agent(database: Database, *, name: str = "Ada", role: str = "agent") -> Sender:
    """A member of staff who never signs in by password."""
    staff_id = new_id()
    async with database.begin() as session:
        await session.execute(
            "INSERT INTO staff (id, email, name, role, created_at, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, $5)",
            staff_id,
            f"{staff_id}@example.com",
            name,
            role,
            now(),
        )
    return Sender(staff_id=staff_id, staff_name=name)


async def a_staff_token(database: Database, *, staff_id: UUID) -> str:
    """A session token, as the cookie `stoa_staff` holds it."""
    async with database.begin() as session:
        return await open_session(session, staff_id=staff_id, user_agent="test", ip="127.0.0.1")
