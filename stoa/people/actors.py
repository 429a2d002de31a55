"""Who is at the other end of a live connection."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from stoa.people.customers.cookies import VISITOR_COOKIE
from stoa.people.customers.queries import find_visitor
from stoa.people.identity.guards import STAFF_COOKIE
from stoa.people.identity.models import Staff
from stoa.people.identity.queries import signed_in
from stoa.platform.errors import Unauthenticated
from stoa.platform.node import Node
from stoa.platform.realtime.registry import Actor, Handshake

VISIT_COOKIE = "stoa_visit"


@dataclass(frozen=True, slots=True)
class StaffActor:
    """A member of staff at the desk."""

    staff: Staff
    session_id: UUID

    @property
    def key(self) -> str:
        return f"staff:{self.staff.id}"


@dataclass(frozen=True, slots=True)
class VisitorActor:
    """A browser in the shop: a visitor, a live visit, or both.

    `visit` names the visit, derived from the cookie that it never reveals.
    """

    visitor_id: UUID | None
    customer_id: UUID | None
    visit: str | None

    @property
    def key(self) -> str:
        return f"visitor:{self.visitor_id}" if self.visitor_id else f"visit:{self.visit}"


def visit_of(token: str) -> str:
    """The name of the visit that holds this cookie."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


async def resolve_actor(node: Node, handshake: Handshake) -> Actor | None:
    """At the desk the member of staff signed in; elsewhere the visitor, or on a page the visit."""
    async with node.database.read() as session:
        if handshake.surface == "desk":
            try:
                person = await signed_in(session, token=handshake.cookies.get(STAFF_COOKIE))
            except Unauthenticated:
                return None
            return StaffActor(person.staff, person.session_id)
        token = handshake.token or handshake.cookies.get(VISITOR_COOKIE)
        visitor = await find_visitor(session, token=token)
    # In the shop's own counter the visit comes along: it is how the radar learns whose visit it is.
    visit = handshake.cookies.get(VISIT_COOKIE)
    if visitor is None and (not visit or handshake.surface != "storefront"):
        return None
    return VisitorActor(
        visitor_id=visitor.id if visitor else None,
        customer_id=visitor.customer_id if visitor else None,
        visit=visit_of(visit) if visit else None,
    )
