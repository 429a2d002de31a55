"""The guard at the HTTP edge of everything that only staff may do."""

from starlette.requests import HTTPConnection

from stoa.people.identity.models import Role, SignedIn
from stoa.people.identity.queries import signed_in
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import Forbidden
from stoa.platform.web.security import cookie, require_own_page

STAFF_COOKIE = "stoa_staff"


async def require_staff(
    connection: HTTPConnection, session: ReadSession, *, role: Role = Role.AGENT
) -> SignedIn:
    """The member of staff behind this request, who has at least `role`.

    Raises:
        CrossSiteRequest: an unsafe request that may come from a foreign page.
        Unauthenticated: nobody is signed in.
        Forbidden: the role does not suffice.
    """
    require_own_page(connection)
    person = await signed_in(session, token=cookie(connection, STAFF_COOKIE))
    if not person.staff.role.includes(role):
        raise Forbidden()
    return person
