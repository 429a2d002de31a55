"""Pure decisions: which queue a conversation belongs to, and whose it is.

Who waits in the queue of the highest priority comes first, then who waits longest. Of the members
of the queue's team who are at the desk, with every skill it needs and room left, whoever speaks the
customer's language comes first, then who has answered in it before; then the queue's rule decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from stoa.contact.routing.models import (
    LETTER_PERCENT,
    LIVE_PERCENT,
    MESSAGE,
    Agent,
    Assignment,
    Floor,
    Origin,
    Queue,
    Rule,
    Team,
    Waiting,
)

# (queue, member of staff) -> the number of their last turn; without one it is long ago.
Turns = Mapping[tuple[UUID, UUID], int]


def queue_for(origin: Origin, floor: Floor) -> Queue | None:
    """Where the conversation is to wait; None: as if there were no teams.

    A team for the customer's language goes before one for everybody, then the higher priority.
    """
    fitting = [
        (not team.languages, -queue.priority, place, queue)
        for place, team in enumerate(floor.teams)
        if _serves(team, origin)
        for queue in team.queues
        if (queue.takes_counter if origin.inbox_id is None else origin.inbox_id in queue.inbox_ids)
    ]
    return min(fitting, key=lambda one: one[:3])[3] if fitting else None


def _serves(team: Team, origin: Origin) -> bool:
    return (not team.shop_ids or origin.shop_id in team.shop_ids) and (
        not team.languages or origin.locale in team.languages
    )


def weight_of(*, channel: str, is_letter: bool, is_left: bool, weights: Mapping[str, int]) -> int:
    """Hundredths of a conversation. `is_left`: a message left at the counter for later."""
    default = LETTER_PERCENT if is_letter or is_left else LIVE_PERCENT
    return weights.get(MESSAGE if is_left else channel, default)


def can_serve(agent: Agent, *, locale: str, queue: Queue) -> bool:
    """They have what the queue asks for; whether they have room is another question."""
    return queue.skills <= agent.skills and (not queue.needs_language or locale in agent.languages)


def assign(
    waiting: Iterable[Waiting],
    *,
    queues: Mapping[UUID, Queue],
    members: Mapping[UUID, frozenset[UUID]],
    agents: Sequence[Agent],
    turns: Turns,
) -> list[Assignment]:
    """Who gets what now, in the order in which it is given. Nobody gets more than they have room
    for, and what nobody can take goes on waiting.
    """
    there = {agent.id: agent for agent in agents}
    taken = dict(turns)
    last_turn: dict[UUID, int] = {}
    for (queue_id, _), turn in turns.items():
        last_turn[queue_id] = max(turn, last_turn.get(queue_id, 0))
    given: list[Assignment] = []
    for one in sorted(
        waiting, key=lambda one: (-queues[one.queue_id].priority, one.waiting_since, one.id)
    ):
        queue = queues[one.queue_id]
        if queue.rule is Rule.MANUAL:
            continue
        able = [
            agent
            for agent in there.values()
            if agent.id in members[queue.id]
            and agent.id != one.put_back_by
            and agent.load + one.percent <= agent.capacity
            and can_serve(agent, locale=one.locale, queue=queue)
        ]
        if not able:
            continue
        chosen = min(able, key=lambda agent: order_of(agent, one, queue=queue, turns=taken))
        last_turn[queue.id] = taken[queue.id, chosen.id] = last_turn.get(queue.id, 0) + 1
        there[chosen.id] = replace(chosen, load=chosen.load + one.percent)
        given.append(Assignment(one.id, queue.id, chosen, last_turn[queue.id]))
    return given


def order_of(
    agent: Agent, one: Waiting, *, queue: Queue, turns: Turns
) -> tuple[bool, bool, int, int, UUID]:
    """Sorts those who could take the conversation: the smallest gets it."""
    load = agent.load if queue.rule is Rule.LEAST_BUSY else 0
    return (
        one.locale not in agent.languages,
        agent.id != one.known_to,
        load,
        turns.get((queue.id, agent.id), 0),
        agent.id,
    )


def circle_in(overflows: Mapping[UUID, UUID | None]) -> bool:
    """Whether a conversation that nobody takes would come back to a queue it has left.

    `overflows` says of each queue where it goes on: {a: b, b: a} is a circle, {a: b, b: None} none.
    """
    for start in overflows:
        seen = {start}
        at = overflows[start]
        while at is not None:
            if at in seen:
                return True
            seen.add(at)
            at = overflows.get(at)
    return False
