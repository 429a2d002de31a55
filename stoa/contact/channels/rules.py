"""Pure decisions: the wait that recent answers let one expect."""

from collections.abc import Sequence

from stoa.contact.channels.schemas import ExpectedWait

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
