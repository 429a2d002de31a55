"""Who hears what in a call: pure, from its legs, their modes and who holds.

`play` takes the place of the others for whoever hears it; everything else is gains.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from stoa.contact.calls.models import Call, CallState, Leg, LegRole, LegState, Mode, OfferKind


class Hears(StrEnum):
    OTHERS = "others"  # as the gains say, which may be nobody
    QUEUE = "queue"  # the place in the queue, and music
    HANDOVER = "handover"  # that a colleague is rung, and music
    MUSIC = "music"  # put on hold
    AWAY = "away"  # the other side's line broke: music, without a word
    VOICEMAIL = "voicemail"  # what to do, and a tone; then nothing, for they speak


@dataclass(frozen=True, slots=True)
class Plan:
    """`gains`: (who speaks, who hears), every pair of the call."""

    gains: dict[tuple[UUID, UUID], float]
    hears: dict[UUID, Hears]


def plan(call: Call) -> Plan:
    """What the engine is to do for the call as it stands."""
    legs = call.legs_in
    gains = {
        (speaker.id, hearer.id): gain(speaker, hearer)
        for speaker in legs
        for hearer in legs
        if speaker.id != hearer.id
    }
    return Plan(gains, {leg.id: _hears(call, leg) for leg in legs})


def gain(speaker: Leg, hearer: Leg) -> float:
    """How loud the one is for the other: 0 or 1."""
    if speaker.is_held or speaker.is_parked or hearer.is_held or hearer.is_parked:
        return 0.0
    if speaker.is_muted or speaker.mode is Mode.LISTEN:
        return 0.0
    if speaker.mode is Mode.WHISPER:
        return 1.0 if hearer.role is LegRole.AGENT else 0.0
    return 1.0


def _hears(call: Call, leg: Leg) -> Hears:
    if leg.mode is not Mode.TALK:
        return Hears.OTHERS
    is_customer = leg.role is LegRole.CUSTOMER
    if call.is_waiting:
        if not is_customer:
            return Hears.OTHERS
        is_handed_over = any(offer.kind is OfferKind.TRANSFER for offer in call.open_offers)
        return Hears.HANDOVER if is_handed_over else Hears.QUEUE
    if call.state is CallState.VOICEMAIL:
        return Hears.VOICEMAIL
    if call.state is not CallState.ACTIVE:
        return Hears.OTHERS
    if leg.is_parked:
        return Hears.MUSIC
    others = [one for one in call.legs_in if one.id != leg.id and one.mode is Mode.TALK]
    if leg.is_held or any(_is_there(one) for one in others):
        return Hears.OTHERS
    if any(one.is_held for one in others):
        return Hears.MUSIC
    if is_customer and any(one.state is LegState.AWAY for one in others):
        return Hears.AWAY
    return Hears.OTHERS


def _is_there(leg: Leg) -> bool:
    return not leg.is_held and not leg.is_parked and leg.state is not LegState.AWAY
