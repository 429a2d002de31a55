"""The customer does not want to wait on the line."""

from uuid import UUID

from stoa.contact.calls import rules
from stoa.contact.calls.models import Call, CallState, EndReason
from stoa.contact.calls.queries import customer_call, live_call_of
from stoa.contact.calls.schemas import CustomerCall
from stoa.contact.calls.service.board import Board, Desk, open_board
from stoa.contact.calls.service.people import require_owner
from stoa.contact.calls.service.settling import settle
from stoa.contact.calls.steps import Beginning, new_call, with_fact
from stoa.contact.conversations.models import Sender
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import know_visitor
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id


async def ask_callback(
    session: Session, *, desk: Desk, call_id: UUID, visitor_id: UUID, phone: str | None
) -> CustomerCall:
    """The customer waits to be called back, in the place they had; also after a lost call.

    Raises:
        NotFound: no such call of this visitor.
        CallOver: it has ended, and did not break off.
        NotPossibleNow: the customer does not wait.
    """
    if phone:
        await _claim_number(session, call_id=call_id, visitor_id=visitor_id, phone=phone)
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    require_owner(call, visitor_id)
    if call.end_reason in (EndReason.LOST, EndReason.FAILED):
        live = await live_call_of(session, visitor_id=visitor_id)
        if live is not None:
            return await customer_call(session, call_id=live)
        call = _in_place_of(call, board, phone)
        board.put(call)
    else:
        board.put(rules.ask_callback(call, phone=phone, at=board.at))
    await settle(board, desk)
    return await customer_call(session, call_id=call.id)


async def _claim_number(session: Session, *, call_id: UUID, visitor_id: UUID, phone: str) -> None:
    """Whoever leaves a number is a customer who claims it."""
    country = await session.fetch_value(
        "SELECT s.country FROM call c JOIN shop s ON s.id = c.shop_id WHERE c.id = $1", call_id
    )
    await know_visitor(
        session,
        visitor_id=visitor_id,
        points=[Point(PointKind.PHONE, phone)],
        name="",
        source="call",
        country=country,
    )


def _in_place_of(call: Call, board: Board, phone: str | None) -> Call:
    """A call that waits to be called back because this one broke off."""
    beginning = Beginning(
        shop_id=call.shop_id,
        conversation_id=call.conversation_id,
        visitor_id=call.visitor_id,
        client_id=f"after-{call.id}",
        locale=call.locale,
        page_url=call.page_url,
        skill=call.skill,
    )
    again = new_call(
        new_id(),
        beginning,
        state=CallState.CALLBACK,
        at=board.at,
        queued_at=call.queued_at or call.created_at,
        callback_phone=phone,
    )
    return with_fact(again, "callback_wanted", board.at)


async def close_callback(session: Session, *, desk: Desk, call_id: UUID, by: Sender) -> None:
    """Somebody has called the number, or it is done otherwise; nobody waits any more.

    Raises:
        NotFound: no such call.
        CallOver: it has ended otherwise.
        NotPossibleNow: nobody waits to be called back.
    """
    board = await open_board(session, ids=[call_id])
    call = board.get(call_id)
    board.put(rules.called_back(call, at=board.at, name=by.staff_name))
    await settle(board, desk)
