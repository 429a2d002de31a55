"""An agent calls the customer's page."""

from stoa.contact.calls import rules
from stoa.contact.calls.errors import CallsOff, CustomerInCall, NobodyToCall
from stoa.contact.calls.models import Call, CallState, LegRole
from stoa.contact.calls.queries import get_row, live_call_of, settings_of
from stoa.contact.calls.schemas import CallRow, RingCustomer
from stoa.contact.calls.service.board import Desk, open_board
from stoa.contact.calls.service.people import require_free
from stoa.contact.calls.service.settling import settle
from stoa.contact.calls.steps import new_leg, with_fact, with_leg
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
    known = await session.fetch_value(
        "SELECT id FROM call WHERE visitor_id = $1 AND client_id = $2",
        place.visitor_id,
        form.client_id,
    )
    if known is not None:
        return await get_row(session, call_id=known)
    if not (await settings_of(session, shop_id=place.shop_id)).is_on:
        raise CallsOff()
    require_free(board, by.staff_id)
    waiting = board.get(form.callback_of) if form.callback_of else None
    if waiting is not None and waiting.conversation_id != place.id:
        raise NotFound()
    live = await live_call_of(session, visitor_id=place.visitor_id)
    if live is not None and live != form.callback_of:
        raise CustomerInCall()
    if waiting is not None:
        board.put(rules.called_back(waiting, at=board.at, name=by.staff_name))
    row = await get_conversation(session, conversation_id=place.id)
    call = Call(
        id=new_id(),
        shop_id=place.shop_id,
        conversation_id=place.id,
        visitor_id=place.visitor_id,
        message_id=None,
        client_id=form.client_id,
        direction="outbound",
        state=CallState.CALLING,
        end_reason=None,
        locale=row.locale,
        skill=None,
        page_url=row.page_url,
        recording="off",
        callback_phone=waiting.callback_phone if waiting else None,
        callback_of=waiting.id if waiting else None,
        queued_at=waiting.queued_at if waiting else None,
        unattended_since=None,
        answered_at=None,
        ended_at=None,
        media_node=None,
        created_at=board.at,
    )
    leg = new_leg(
        new_id(),
        role=LegRole.AGENT,
        staff_id=by.staff_id,
        name=by.staff_name or "",
        at=board.at,
        connection_id=connection_id,
    )
    call = with_fact(with_leg(call, leg), "called", board.at, name=by.staff_name)
    board.put(call)
    await settle(board, desk)
    return await get_row(session, call_id=call.id)
