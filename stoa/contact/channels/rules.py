"""Pure decisions: the wait that recent answers let one expect, and which way an answer goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from stoa.contact.channels.schemas import ExpectedWait, Way, WaysView, WayWhy

CHAT = "chat"

FEWEST_ANSWERS = 3


def expected_wait(seconds: Sequence[float]) -> ExpectedWait | None:
    """The middle half of recent answers, rounded as people say it; None when they are too few.

    [8, 12, 18, 25, 90] is 12 to 25 seconds.
    """
    if len(seconds) < FEWEST_ANSWERS:
        return None
    ordered = sorted(seconds)
    low = ordered[len(ordered) // 4]
    high = ordered[(3 * len(ordered) - 1) // 4]
    return ExpectedWait(
        low_seconds=round_wait(low), high_seconds=round_wait(high), sample=len(ordered)
    )


def round_wait(seconds: float) -> int:
    """Up to a wording: 5 s below a minute, half a minute below ten, then five minutes."""
    step = 5 if seconds < 60 else 30 if seconds < 600 else 300
    return max(step, -(-int(seconds) // step) * step)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a customer when the way of an answer is chosen."""

    is_here: bool = False  # they have the counter open
    last: str = CHAT  # the channel by which they wrote last, or were answered since
    preferred: str | None = None  # the channel they like best
    inbox_id: UUID | None = None  # where the conversation began
    email: str | None = None  # the address given in it


def choose_way(ways: Sequence[Way], standing: Standing) -> WaysView:
    """The way an answer goes by itself first, and why; what the customer prefers comes first among
    the others, and what cannot be gone last.

    Whoever is at the counter is answered there; else it goes the way they wrote last. Where that is
    closed (or is a chat they have left), it goes the way they prefer, else any that is open.
    """
    last = standing.last

    def rank(way: Way) -> tuple[bool, ...]:
        return (
            way.problem is not None,
            way.code != standing.preferred,
            way.code != last,
            way.inbox_id is not None and way.inbox_id != standing.inbox_id,
            way.to.lower() != (standing.email or way.to).lower(),
            way.code != CHAT,
        )

    ranked = [
        way.model_copy(update={"is_preferred": way.code == standing.preferred})
        for way in sorted(ways, key=rank)
    ]

    def first(code: str | None) -> Way | None:
        return next((way for way in ranked if way.code == code and way.problem is None), None)

    has_left = last == CHAT and not standing.is_here
    tried: list[tuple[Way | None, WayWhy]] = [
        (first(CHAT) if standing.is_here else None, "here"),
        (None if has_left else first(last), "last"),
        (first(standing.preferred), "left" if has_left else "closed"),
        (first(last), "last"),
        (next((way for way in ranked if way.problem is None), None), "open"),
    ]
    for way, why in tried:
        if way is not None:
            others = [other for other in ranked if other is not way]
            return WaysView(ways=[way, *others], why=why)
    # Nothing can be gone: the way they wrote last says why.
    ranked.sort(key=lambda way: way.code != last)
    return WaysView(ways=ranked, why=None)
