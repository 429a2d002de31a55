"""Hold, mute, and what is shown: what a leg says of itself."""

from typing import Literal
from uuid import UUID

from stoa.contact.calls import rules
from stoa.contact.calls.service.board import Desk, open_board
from stoa.contact.calls.service.people import leg_of
from stoa.contact.calls.service.settling import settle
from stoa.contact.conversations.models import Sender
from stoa.platform.database.session import Session

# Neither changes the queue, nor whom it rings.
_NOBODY = Desk()


async def hold_call(session: Session, *, call_id: UUID, by: Sender, is_held: bool) -> None:
    """Whoever holds hears nobody and is not heard; whoever is left alone hears music.

    Raises:
        NotFound: not in this call.
        CallOver: it has ended.
        NotPossibleNow: nobody talks yet.
    """
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.get(call_id)
    leg = leg_of(call, by)
    board.put(rules.hold(call, leg_id=leg.id, is_held=is_held, at=board.at))
    await settle(board, _NOBODY)


async def mute_leg(session: Session, *, call_id: UUID, by: Sender, is_muted: bool) -> None:
    """The others see that this one is silent.

    Raises:
        NotFound: not in this call.
        CallOver: it has ended.
    """
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.get(call_id)
    board.put(rules.mute(call, leg_id=leg_of(call, by).id, is_muted=is_muted))
    await settle(board, _NOBODY)


async def show_sight(
    session: Session, *, call_id: UUID, by: Sender, source: Literal["camera", "screen"]
) -> None:
    """The call's story tells that this one showed a camera or a screen.

    Raises:
        NotFound: not in this call.
        CallOver: it has ended.
        NotPossibleNow: nobody talks yet.
    """
    board = await open_board(session, ids=[call_id], is_whole=False)
    call = board.get(call_id)
    fact: Literal["video_started", "screen_shared"] = (
        "video_started" if source == "camera" else "screen_shared"
    )
    board.put(rules.show(call, leg_id=leg_of(call, by).id, fact=fact, at=board.at))
    await settle(board, _NOBODY)
