"""Who an actor on a socket is in a conversation."""

from uuid import UUID

from stoa.contact.conversations.models import Sender
from stoa.people.actors import StaffActor, VisitorActor
from stoa.platform.errors import Forbidden
from stoa.platform.realtime.registry import Actor


def sender_of(actor: Actor) -> Sender:
    """Raises:
    Forbidden: neither staff nor a visitor (a page before its first act).
    """
    if isinstance(actor, StaffActor):
        return Sender(staff_id=actor.staff.id, staff_name=actor.staff.name)
    if isinstance(actor, VisitorActor) and actor.visitor_id is not None:
        return Sender(visitor_id=actor.visitor_id)
    raise Forbidden()


def customer_of(actor: Actor) -> UUID:
    """The visitor. Raises:
    Forbidden: not a visitor.
    """
    if isinstance(actor, VisitorActor) and actor.visitor_id is not None:
        return actor.visitor_id
    raise Forbidden()


def agent_of(actor: Actor) -> Sender:
    """Raises:
    Forbidden: not staff.
    """
    if not isinstance(actor, StaffActor):
        raise Forbidden()
    return sender_of(actor)
