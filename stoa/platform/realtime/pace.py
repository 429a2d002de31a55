"""How fast one connection may send."""


class Pace:
    """A token bucket: `burst` at once, `per_second` in the long run."""

    __slots__ = ("_at", "_tokens", "burst", "per_second")

    def __init__(self, *, per_second: float, burst: float, now: float) -> None:
        self.per_second = per_second
        self.burst = burst
        self._tokens = burst
        self._at = now

    def take(self, now: float) -> bool:
        """One may pass now. Refused ones count against the bucket, down to minus `burst`."""
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.per_second)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return True
        self._tokens = max(-self.burst, self._tokens - 0.5)
        return False

    @property
    def is_abused(self) -> bool:
        """It went on for so long although it was refused that it is no accident."""
        return self._tokens <= 0.5 - self.burst

    @property
    def wait_seconds(self) -> float:
        return max(0.0, (1 - self._tokens) / self.per_second)
