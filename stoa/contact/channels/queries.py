"""How a shop's channels stand."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from stoa.contact.channels.models import Situation
from stoa.contact.channels.rules import expected_wait
from stoa.contact.channels.schemas import ChannelView, ExpectedWait
from stoa.contact.conversations.queries import recent_answer_seconds, waiting_count
from stoa.contact.hours.queries import hours_of
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession

# Answers of the last hours say more than those of last week, if there are enough of them.
WINDOWS = (timedelta(hours=2), timedelta(days=7))
BUSY_PER_AGENT = 5


async def situation_of(
    session: ReadSession, *, shop_id: UUID, available: Collection[UUID]
) -> Situation:
    """The shop at this moment.

    Raises:
        NotFound: no such shop.
    """
    hours = await hours_of(session, shop_id=shop_id)
    return Situation(shop_id=shop_id, now=now(), available=frozenset(available), hours=hours)


async def recent_wait(
    session: ReadSession, *, shop_id: UUID, channel: str, at: datetime
) -> ExpectedWait | None:
    """What the channel's answers of the last hours, else of the last days, let one expect."""
    for window in WINDOWS:
        seconds = await recent_answer_seconds(
            session, shop_id=shop_id, channel=channel, since=at - window
        )
        if wait := expected_wait(seconds):
            return wait
    return None


async def look_at_chat(session: ReadSession, situation: Situation) -> ChannelView:
    """Chat is there while somebody is at the desk within hours."""
    waiting = await waiting_count(session, shop_id=situation.shop_id)
    is_within_hours = situation.is_within_hours("chat")
    is_staffed = situation.agents_available > 0
    is_available = is_staffed and is_within_hours
    wait = None
    if is_available:
        wait = await recent_wait(
            session, shop_id=situation.shop_id, channel="chat", at=situation.now
        )
    if not is_within_hours:
        reason = "closed"
    elif not is_staffed:
        reason = "nobody_there"
    else:
        is_busy = waiting >= BUSY_PER_AGENT * situation.agents_available
        reason = "all_busy" if is_busy else "open"
    return ChannelView.model_validate(
        {
            "code": "chat",
            "icon": "message-circle",
            "is_available": is_available,
            "reason": reason,
            "wait": wait,
            "agents_available": situation.agents_available,
            **asdict(situation.times("chat")),
        }
    )


async def look_at_message(_session: ReadSession, situation: Situation) -> ChannelView:
    """A message can always be left."""
    return ChannelView(
        code="message",
        icon="mail",
        is_available=True,
        reason="open",
        wait=None,
        agents_available=situation.agents_available,
        words=dict(situation.times("message").words),
    )
