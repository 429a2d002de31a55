"""Whose place in a call somebody has."""

from uuid import UUID

from stoa.contact.calls.errors import CallOver, InAnotherCall
from stoa.contact.calls.models import Agent, Call, Leg
from stoa.contact.calls.queries import load_agents
from stoa.contact.calls.service.board import Board, Desk
from stoa.contact.conversations.models import Sender
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound


def leg_of(call: Call, by: Sender) -> Leg:
    """The leg of whoever asks.

    Raises:
        NotFound: somebody else's call, or nobody's place in it.
        CallOver: it has ended.
    """
    if by.staff_id is None and call.visitor_id != by.visitor_id:
        raise NotFound()
    if call.is_over:
        raise CallOver()
    leg = call.leg_of(by.staff_id) if by.staff_id is not None else call.customer_leg
    if leg is None:
        raise NotFound()
    return leg


def require_owner(call: Call, visitor_id: UUID) -> None:
    """Raises:
    NotFound: somebody else's call.
    """
    if call.visitor_id != visitor_id:
        raise NotFound()


async def require_earlier_offer(
    session: ReadSession, *, call_id: UUID, offer_id: UUID, staff_id: UUID
) -> None:
    """Of closed offers a call knows the newest of each person; this is an older one.

    Raises:
        NotFound: it is none of theirs.
    """
    found = await session.fetch_value(
        "SELECT EXISTS (SELECT FROM call_offer WHERE id = $1 AND call_id = $2 AND staff_id = $3)",
        offer_id,
        call_id,
        staff_id,
    )
    if not found:
        raise NotFound()


def require_free(board: Board, staff_id: UUID) -> None:
    """Raises:
    InAnotherCall: this member of staff is in a call.
    """
    if staff_id in board.busy():
        raise InAnotherCall()


async def find_colleague(board: Board, desk: Desk, staff_id: UUID) -> Agent | None:
    """The colleague, if they are available and in no call."""
    if staff_id not in desk.available or staff_id in board.busy():
        return None
    found = await load_agents(board.session, ids=[staff_id])
    return found[0] if found else None
