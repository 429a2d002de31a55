"""How a shop's channels stand."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from stoa.contact.channels.models import Situation
from stoa.contact.channels.rules import expected_wait
from stoa.contact.channels.schemas import ChannelView, ChannelWait, ExpectedWait, SpokenView
from stoa.contact.conversations.queries import recent_answers, waiting_count
from stoa.contact.hours.queries import business_seconds_between, hours_of
from stoa.contact.hours.schemas import OpeningHours
from stoa.contact.routing.queries import who_serves
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
    session: ReadSession,
    *,
    shop_id: UUID,
    channel: str,
    at: datetime,
    hours: OpeningHours | None = None,
    locale: str | None = None,
) -> ExpectedWait | None:
    """What the channel's answers of the last hours, else of the last days, let one expect. A night
    in between says nothing about the answer, so only the time in which the shop is open counts.
    """
    for window in WINDOWS:
        answers = await recent_answers(
            session, shop_id=shop_id, channel=channel, since=at - window, locale=locale
        )
        seconds = [
            business_seconds_between(hours, start=asked_at, end=answered_at, channel=channel)
            for asked_at, answered_at in answers
        ]
        if wait := expected_wait(seconds):
            return wait
    return None


async def recent_waits(session: ReadSession, *, shop_id: UUID, at: datetime) -> list[ChannelWait]:
    """The expected wait of every way in which the shop was asked lately, as its choosers show it.

    Raises:
        NotFound: no such shop.
    """
    hours = await hours_of(session, shop_id=shop_id)
    rows = await session.fetch(
        "SELECT DISTINCT channel FROM answer_time WHERE shop_id = $1 AND answered_at > $2"
        " UNION SELECT channel FROM inbox WHERE shop_id = $1 AND is_on ORDER BY channel",
        shop_id,
        at - max(WINDOWS),
    )
    found = []
    for row in rows:
        wait = await recent_wait(
            session, shop_id=shop_id, channel=row["channel"], at=at, hours=hours
        )
        found.append(ChannelWait(channel=row["channel"], wait=wait))
    return found


async def look_at_chat(session: ReadSession, situation: Situation) -> ChannelView:
    """Chat is there while somebody is at the desk within hours. Where teams serve the counter, a
    customer may have to do with fewer: only who serves their language counts."""
    serving = await who_serves(session, shop_id=situation.shop_id, available=situation.available)
    stand = await _chat_stands(session, situation, agents=situation.agents_available, locale=None)
    return ChannelView(
        code="chat",
        icon="message-circle",
        **dict(stand),
        **asdict(situation.times("chat")),
        by_locale={
            locale: await _chat_stands(session, situation, agents=len(people), locale=locale)
            for locale, people in serving.items()
        },
    )


async def _chat_stands(
    session: ReadSession, situation: Situation, *, agents: int, locale: str | None
) -> SpokenView:
    is_within_hours = situation.is_within_hours("chat")
    is_available = agents > 0 and is_within_hours
    wait = None
    if is_available:
        wait = await recent_wait(
            session,
            shop_id=situation.shop_id,
            channel="chat",
            at=situation.now,
            hours=situation.hours,
            locale=locale,
        )
    reason: Literal["open", "nobody_there", "closed", "all_busy"] = "open"
    if not is_within_hours:
        reason = "closed"
    elif agents == 0:
        reason = "nobody_there"
    else:
        waiting = await waiting_count(session, shop_id=situation.shop_id, locale=locale)
        reason = "all_busy" if waiting >= BUSY_PER_AGENT * agents else "open"
    return SpokenView(is_available=is_available, reason=reason, wait=wait, agents_available=agents)


async def look_at_message(session: ReadSession, situation: Situation) -> ChannelView:
    """A message can always be left."""
    wait = await recent_wait(
        session,
        shop_id=situation.shop_id,
        channel="message",
        at=situation.now,
        hours=situation.hours,
    )
    times = situation.times("message")
    return ChannelView(
        code="message",
        icon="mail",
        is_available=True,
        reason="open",
        wait=wait,
        agents_available=situation.agents_available,
        opens_at=times.opens_at,
        words=dict(times.words),
    )
