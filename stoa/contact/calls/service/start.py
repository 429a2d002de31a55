"""The customer calls from the page."""

import re
from urllib.parse import urlsplit
from uuid import UUID

from stoa.contact.calls.errors import CallsOff
from stoa.contact.calls.models import CallSettings, CallState, LegRole
from stoa.contact.calls.queries import call_named, customer_call, live_call_of, settings_of
from stoa.contact.calls.schemas import CustomerCall, StartCall
from stoa.contact.calls.service.board import Desk, open_board
from stoa.contact.calls.service.settling import settle
from stoa.contact.calls.steps import Beginning, new_call, new_leg, with_fact, with_leg
from stoa.contact.conversations.service import ensure_conversation
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import LOCALES
from stoa.platform.ids import new_id

_LOCALE_PREFIX = re.compile(rf"^/(?:{'|'.join(LOCALES)})(?=/|$)")


async def start_call(
    session: Session,
    *,
    desk: Desk,
    visitor_id: UUID,
    connection_id: str,
    form: StartCall,
) -> CustomerCall:
    """The customer waits, and whoever is free is rung. The call that is on already is given
    instead, and so is the one with this `client_id`.

    Raises:
        CallsOff: the shop takes no calls.
        NotFound: no such shop.
    """
    board = await open_board(session)
    settings = await settings_of(session, shop_id=form.shop_id)
    conversation_id = await ensure_conversation(
        session,
        visitor_id=visitor_id,
        shop_id=form.shop_id,
        locale=form.locale,
        page_url=form.page_url,
    )
    known = await call_named(session, visitor_id=visitor_id, client_id=form.client_id)
    known = known or await live_call_of(session, visitor_id=visitor_id)
    if known is not None:
        return await customer_call(session, call_id=known)
    if not settings.is_on:
        raise CallsOff()
    beginning = Beginning(
        shop_id=form.shop_id,
        conversation_id=conversation_id,
        visitor_id=visitor_id,
        client_id=form.client_id,
        locale=form.locale,
        page_url=form.page_url,
        skill=skill_wanted(settings, form),
    )
    call = new_call(new_id(), beginning, state=CallState.QUEUED, at=board.at, queued_at=board.at)
    leg = new_leg(new_id(), role=LegRole.CUSTOMER, at=board.at, connection_id=connection_id)
    board.put(with_fact(with_leg(call, leg), "called", board.at))
    await settle(board, desk)
    return await customer_call(session, call_id=call.id)


def skill_wanted(settings: CallSettings, form: StartCall) -> str | None:
    """What the page asks for, or what the shop says of pages like it, in whatever language."""
    if form.skill:
        return form.skill.strip().lower()
    path = urlsplit(form.page_url).path
    return settings.skill_for(path) or settings.skill_for(_LOCALE_PREFIX.sub("", path) or "/")
