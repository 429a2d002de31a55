"""The card of a call in its conversation's timeline."""

from typing import Any

from stoa.contact.calls.columns import RECORDINGS_JSON
from stoa.contact.calls.models import Call, LegRole, Mode
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.schemas import CallCard, CallFact
from stoa.contact.conversations.service import (
    add_message,
    change_card,
    count_call,
    lock_conversation,
    publish_change,
)
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.i18n.messages import translator

# The customer sees the card as well: which colleague did not answer is not theirs to know.
_NAMELESS = ("rang", "declined", "not_answered")


def card_of(call: Call, *, quality: dict[str, Any], recordings: list[Any]) -> CallCard:
    """The call as its card shows it."""
    spoke = dict.fromkeys(
        leg.name for leg in call.legs if leg.role is not LegRole.CUSTOMER and leg.mode is Mode.TALK
    )
    return CallCard.model_validate(
        {
            "call_id": call.id,
            "direction": call.direction,
            "state": call.state,
            "end_reason": call.end_reason,
            "agent_names": list(spoke) if call.answered_at else [],
            "created_at": call.created_at,
            "answered_at": call.answered_at,
            "ended_at": call.ended_at,
            "callback_phone": call.callback_phone,
            "quality": quality.get("verdict"),
            "facts": [_for_everybody(fact) for fact in call.facts],
            "recordings": recordings,
        }
    )


def _for_everybody(fact: CallFact) -> CallFact:
    return fact.model_copy(update={"name": None}) if fact.fact in _NAMELESS else fact


async def add_card(session: Session, *, call: Call) -> None:
    """The new call stands in the timeline, and its conversation in the agents' list. Holds the
    conversation's topic from here on.
    """
    place = await lock_conversation(session, conversation_id=call.conversation_id)
    is_inbound = call.direction == "inbound"
    words = translator(as_locale(call.locale) or DEFAULT_LOCALE, "counter")
    preview = words("call.preview")
    await count_call(
        session,
        place=place,
        by="customer" if is_inbound else "agent",
        preview=preview,
        at=call.created_at,
    )
    message = await add_message(
        session,
        place=place,
        kind="call",
        sender=Sender(visitor_id=call.visitor_id) if is_inbound else None,
        client_id=f"call-{call.id}",
        card=card_of(call, quality={}, recordings=[]),
        preview=preview,
    )
    await session.execute("UPDATE call SET message_id = $2 WHERE id = $1", call.id, message.id)
    await publish_change(session, conversation_id=place.id)


async def refresh_card(session: Session, *, call: Call) -> None:
    """The card shows the call, and what its rows have of quality and recordings."""
    if call.message_id is None:
        return
    card, shown = await _cards(session, call=call)
    if card.model_dump(mode="json") != shown:
        await change_card(session, message_id=call.message_id, card=card)


async def _cards(session: ReadSession, *, call: Call) -> tuple[CallCard, dict[str, Any]]:
    """(as it should be, as it is)."""
    row = await session.fetch_one(
        f"SELECT c.quality, {RECORDINGS_JSON} AS recordings, m.card FROM call c"
        " JOIN message m ON m.id = c.message_id WHERE c.id = $1",
        call.id,
    )
    assert row is not None
    card = card_of(call, quality=row["quality"], recordings=row["recordings"])
    return card, row["card"]
