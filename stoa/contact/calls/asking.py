"""Who asks at the socket edge of calls."""

from uuid import UUID

from stoa.contact.calls.service import Switchboard
from stoa.contact.conversations.models import Sender
from stoa.people.actors import StaffActor, VisitorActor
from stoa.platform.errors import Forbidden
from stoa.platform.realtime.connection import Connection


def sender_of(connection: Connection) -> Sender:
    """Raises:
    Forbidden: neither staff nor a visitor.
    """
    actor = connection.actor
    if isinstance(actor, StaffActor):
        return Sender(staff_id=actor.staff.id, staff_name=actor.staff.name)
    if isinstance(actor, VisitorActor) and actor.visitor_id is not None:
        return Sender(visitor_id=actor.visitor_id)
    raise Forbidden()


def customer_of(connection: Connection) -> UUID:
    """The visitor. Raises:
    Forbidden: not a visitor.
    """
    visitor_id = sender_of(connection).visitor_id
    if visitor_id is None:
        raise Forbidden()
    return visitor_id


def agent_of(connection: Connection) -> Sender:
    """Raises:
    Forbidden: not staff.
    """
    sender = sender_of(connection)
    if sender.staff_id is None:
        raise Forbidden()
    return sender


def switchboard_of(connection: Connection) -> Switchboard:
    """What the connection's node knows of calls."""
    return connection.node.part(Switchboard)
