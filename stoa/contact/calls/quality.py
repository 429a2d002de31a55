"""How a call sounded, from what its pages measured: pure.

The bounds are those of `web/packages/rtc/src/quality.ts`, which shows the sign while it is talked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from stoa.contact.calls.schemas import CallQuality

Verdict = Literal["good", "fair", "poor"]

# (from here on fair, from here on poor)
BOUNDS: Mapping[str, tuple[float, float]] = {
    "round_trip_ms": (300, 600),
    "jitter_ms": (40, 100),
    "loss_percent": (3, 10),
    "concealed_percent": (3, 10),
}


def verdict_of(measured: CallQuality) -> Verdict | None:
    """The worst of what was measured decides; None when nothing was."""
    found: Verdict | None = None
    for name, (fair, poor) in BOUNDS.items():
        value = getattr(measured, name)
        if value is None:
            continue
        if value >= poor:
            return "poor"
        found = "fair" if value >= fair or found == "fair" else "good"
    return found


@dataclass(slots=True)
class Averages:
    """What one leg measured, on average."""

    sums: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, measured: CallQuality) -> None:
        for name in BOUNDS:
            value = getattr(measured, name)
            if value is not None:
                self.sums[name] = self.sums.get(name, 0.0) + value
                self.counts[name] = self.counts.get(name, 0) + 1

    def quality(self) -> CallQuality:
        return CallQuality(
            **{name: round(total / self.counts[name], 2) for name, total in self.sums.items()}
        )


def worst(heard: Iterable[CallQuality]) -> CallQuality:
    """Each figure of the side that had it worst, and what it comes to.

    >>> from stoa.contact.calls.schemas import CallQuality
    >>> sides = [CallQuality(loss_percent=0.1), CallQuality(loss_percent=12, jitter_ms=5)]
    >>> found = worst(sides)
    >>> found.loss_percent, found.jitter_ms, found.verdict
    (12.0, 5.0, 'poor')
    """
    sides = list(heard)
    figures = {
        name: max(
            (value for side in sides if (value := getattr(side, name)) is not None), default=None
        )
        for name in BOUNDS
    }
    found = CallQuality(**figures)
    return found.model_copy(update={"verdict": verdict_of(found)})
