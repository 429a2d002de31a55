"""Whom a waiting call rings: pure.

Who waits longest comes first. Of the agents who are free, those of the customer's language come
first, then those with the skill, then whoever has been idle longest. Who did not take a call is
left in peace by it for a while.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from stoa.contact.calls.models import Agent, Call, Offer, OfferKind

AGAIN_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Ring:
    """This agent is to be rung for this call."""

    call_id: UUID
    agent: Agent


def rings_by_queue(call: Call) -> bool:
    """It waits for anybody, not for the one colleague to whom it was handed over."""
    return call.is_waiting and all(
        offer.kind is not OfferKind.TRANSFER for offer in call.open_offers
    )


def is_left_in_peace(call: Call, agent: Agent, *, at: datetime) -> bool:
    """They were rung for this call and did not take it, just now."""
    offer: Offer | None = next((one for one in call.offers if one.staff_id == agent.id), None)
    return offer is not None and (
        offer.is_open or at < (offer.answered_at or offer.until) + AGAIN_AFTER
    )


def order_of(call: Call, agent: Agent, *, at: datetime) -> tuple[bool, bool, bool, float, UUID]:
    """Sorts the agents of a call: the smallest is rung first."""
    has_been_asked = any(offer.staff_id == agent.id for offer in call.offers)
    idle_seconds = (at - agent.idle_since).total_seconds() if agent.idle_since else float("inf")
    return (
        has_been_asked,
        call.locale not in agent.languages,
        call.skill is not None and call.skill not in agent.skills,
        -idle_seconds,
        agent.id,
    )


def choose(
    waiting: Iterable[Call], agents: Sequence[Agent], *, at_once: dict[UUID, int], at: datetime
) -> list[Ring]:
    """Who is rung now. Every call gets one agent before any gets a second; `at_once` says how many
    a call of that shop may ring at a time.
    """
    calls = sorted(waiting, key=lambda call: (call.queued_at or call.created_at, call.id))
    rung = {offer.staff_id for call in calls for offer in call.open_offers}
    free = {agent.id: agent for agent in agents if not agent.is_busy and agent.id not in rung}
    ringing = {
        call.id: sum(offer.kind is not OfferKind.CONFERENCE for offer in call.open_offers)
        for call in calls
    }
    chosen: list[Ring] = []
    for number in range(1, max(at_once.values(), default=0) + 1):
        for call in calls:
            if ringing[call.id] >= min(number, at_once[call.shop_id]):
                continue
            able = [one for one in free.values() if not is_left_in_peace(call, one, at=at)]
            if able:
                agent = min(able, key=lambda one: order_of(call, one, at=at))
                del free[agent.id]
                ringing[call.id] += 1
                chosen.append(Ring(call.id, agent))
    return chosen
