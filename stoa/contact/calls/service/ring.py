"""An agent calls the customer's page."""

from datetime import datetime
from uuid import UUID

from stoa.contact.calls import rules
from stoa.contact.calls.errors import CallsOff, CustomerInCall, NobodyToCall
from stoa.contact.calls.models import Call, CallState, LegRole
from stoa.contact.calls.queries import call_named, get_row, live_call_of, settings_of
from stoa.contact.calls.schemas import CallRow, RingCustomer
from stoa.contact.calls.service.board import Board, Desk, open_board
from stoa.contact.calls.service.people import require_free
from stoa.contact.calls.service.settling import settle
from stoa.contact.calls.steps import Beginning, new_call, new_leg, with_fact, with_leg
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import get_row as get_conversation
from stoa.contact.conversations.service import lock_conversation
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id


async def ring_customer(
    session: Session, *, desk: Desk, by: Sender, connection_id: str, form: RingCustomer
) -> CallRow:
    """The customer's page rings. With `callback_of` whoever waited to be called back is called;
    should the page not answer, they go on waiting in their place.

    Raises:
        NotFound: no such conversation, or no such call to call back.
        NobodyToCall: the conversation has no page.
        CustomerInCall: the customer is in a call, or waits in one.
        InAnotherCall: this agent is in a call.
        CallsOff: the shop makes no calls.
    """
    assert by.staff_id is not None, "only staff ring"
    board = await open_board(session, ids=[form.callback_of] if form.callback_of else [])
    place = await lock_conversation(session, conversation_id=form.conversation_id)
    if place.visitor_id is None:
        raise NobodyToCall()
    known = await call_named(session, visitor_id=place.visitor_id, client_id=form.client_id)
    if known is not None:
        return await get_row(session, call_id=known)
    if not (await settings_of(session, shop_id=place.shop_id)).is_on:
        raise CallsOff()
    require_free(board, by.staff_id)
    waiting = await _instead_of(board, place.id, place.visitor_id, form)
    if waiting is not None:
        board.put(rules.called_back(waiting, at=board.at, name=by.staff_name))
    row = await get_conversation(session, conversation_id=place.id)
    beginning = Beginning(
        shop_id=place.shop_id,
        conversation_id=place.id,
        visitor_id=place.visitor_id,
        client_id=form.client_id,
        locale=row.locale,
        page_url=row.page_url,
    )
    call = _outgoing(beginning, waiting, by, at=board.at, connection_id=connection_id)
    board.put(call)
    await settle(board, desk)
    return await get_row(session, call_id=call.id)


async def _instead_of(
    board: Board, conversation_id: UUID, visitor_id: UUID, form: RingCustomer
) -> Call | None:
    """The call that waits to be called back, which the new one takes the place of.

    Raises:
        NotFound: no such call in this conversation.
        CustomerInCall: the customer has another call.
    """
    waiting = board.get(form.callback_of) if form.callback_of else None
    if waiting is not None and waiting.conversation_id != conversation_id:
        raise NotFound()
    live = await live_call_of(board.session, visitor_id=visitor_id)
    if live is not None and live != form.callback_of:
        raise CustomerInCall()
    return waiting


def _outgoing(
    beginning: Beginning, waiting: Call | None, by: Sender, *, at: datetime, connection_id: str
) -> Call:
    call = new_call(
        new_id(),
        beginning,
        state=CallState.CALLING,
        at=at,
        queued_at=waiting.queued_at if waiting else None,
        callback_of=waiting.id if waiting else None,
        callback_phone=waiting.callback_phone if waiting else None,
    )
    leg = new_leg(
        new_id(),
        role=LegRole.AGENT,
        staff_id=by.staff_id,
        name=by.staff_name or "",
        at=at,
        connection_id=connection_id,
    )
    return with_fact(with_leg(call, leg), "called", at, name=by.staff_name)
