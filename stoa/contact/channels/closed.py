"""What a shop says by itself to whoever writes while it is closed."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from stoa.contact.channels.models import Content, DeliveryState, Inbox, Purpose
from stoa.contact.channels.outbox import queue_delivery
from stoa.contact.channels.protocol import Inbound
from stoa.contact.channels.reports import delivery_view
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.service import add_message, lock_conversation, publish_change
from stoa.contact.hours.queries import hours_of, is_open, next_opening, words_for
from stoa.contact.hours.schemas import OpeningHours
from stoa.people.customers.queries import key_of
from stoa.platform.database.session import Session
from stoa.platform.i18n.formats import format_moment
from stoa.platform.i18n.locale import DEFAULT_LOCALE, Locale, as_locale
from stoa.platform.ids import new_id


async def answer_while_closed(
    session: Session, *, inbox: Inbox, inbound: Inbound, conversation_id: UUID, at: datetime
) -> bool:
    """Whoever wrote is told that the shop is closed, if it is and has words for that: at most once
    a day, in whatever conversation, and never in answer to a machine (RFC 3834). They wait as
    before. Returns whether anything was said.
    """
    if inbound.is_automatic or inbound.is_withdrawal:
        return False
    hours = await hours_of(session, shop_id=inbox.shop_id)
    words = words_for(hours, channel=inbox.channel)
    if hours is None or not words or is_open(hours, at=at, channel=inbox.channel):
        return False
    place = await lock_conversation(session, conversation_id=conversation_id)
    row = await get_row(session, conversation_id=conversation_id)
    locale = as_locale(row.locale) or DEFAULT_LOCALE
    text = words_in(words, hours, locale=locale, channel=inbox.channel, at=at)
    today = at.astimezone(ZoneInfo(hours.timezone)).date()
    # Not the address itself: this is no place to keep one.
    person = sha256(f"{inbound.point.kind}:{key_of(inbound.point)}".encode()).hexdigest()[:32]
    unique_key = f"closed-{inbox.id}-{person}-{today}"
    delivery_id, message_id = new_id(), new_id()
    content = Content(
        text=text,
        subject=f"Re: {row.subject}" if row.subject else "",
        locale=locale,
        to_name=row.contact_name,
        is_automatic=True,
    )
    queued = await queue_delivery(
        session,
        inbox=inbox,
        to=inbound.point,
        content=content,
        purpose=Purpose.SERVICE,
        conversation_id=conversation_id,
        unique_key=unique_key,
        delivery_id=delivery_id,
    )
    if queued is None:
        return False
    view = delivery_view(
        delivery_id=delivery_id,
        channel=inbox.channel,
        to=inbound.point.value,
        state=DeliveryState.QUEUED,
    )
    message = await add_message(
        session,
        place=place,
        kind="text",
        sender=None,
        client_id=f"closed-{message_id}",
        preview=text,
        body=text,
        channel=inbox.channel,
        delivery=view,
    )
    await session.execute(
        "UPDATE delivery SET message_ids = ARRAY[$2::uuid] WHERE id = $1", delivery_id, message.id
    )
    await session.execute(
        "UPDATE conversation SET message_count = message_count + 1, version = version + 1"
        " WHERE id = $1",
        conversation_id,
    )
    await publish_change(session, conversation_id=conversation_id)
    return True


def words_in(
    words: Mapping[str, str], hours: OpeningHours, *, locale: Locale, channel: str, at: datetime
) -> str:
    """The shop's words in the reader's language, else in any that it has."""
    text = words.get(locale) or next(iter(words.values()))
    opens = next_opening(hours, after=at, channel=channel)
    when = format_moment(opens, locale=locale, zone=hours.timezone) if opens else "…"
    return text.replace("{{opens}}", when)
