"""Somebody hangs up."""

from uuid import UUID

from stoa.contact.calls import rules, transfers
from stoa.contact.calls.service.board import Desk, open_board
from stoa.contact.calls.service.people import require_owner
from stoa.contact.calls.service.settling import settle
from stoa.contact.calls.service.voicemail import without_message
from stoa.contact.conversations.models import Sender
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound


async def hang_up(session: Session, *, desk: Desk, call_id: UUID, by: Sender) -> None:
    """Whoever hangs up is out; the customer or the last agent ends the call. Whoever is out
    already stays out.

    Raises:
        NotFound: no such call, somebody else's, or one this agent was never in.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    if by.staff_id is None:
        assert by.visitor_id is not None
        require_owner(call, by.visitor_id)
        board.put(rules.customer_leaves(call, at=board.at))
        await without_message(board, call)
    elif leg := call.leg_of(by.staff_id):
        board.put(transfers.agent_leaves(call, leg_id=leg.id, at=board.at))
    elif all(leg.staff_id != by.staff_id for leg in call.legs):
        raise NotFound()
    await settle(board, desk)
