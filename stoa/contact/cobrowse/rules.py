"""Pure decisions: what passes the relay."""

from urllib.parse import urlsplit, urlunsplit


class Ceiling:
    """A bucket of bytes: `per_second` in the long run, ten seconds' worth at once."""

    __slots__ = ("_at", "_left", "_silent_until", "most", "per_second")

    def __init__(self, *, per_second: int, now: float) -> None:
        self.per_second = per_second
        self.most = per_second * 10
        self._left = float(self.most)
        self._at = now
        self._silent_until = 0.0

    def take(self, size: int, *, now: float) -> bool:
        """So many bytes may pass now. Nothing passes during the silence after too many."""
        self._left = min(self.most, self._left + (now - self._at) * self.per_second)
        self._at = now
        if now < self._silent_until or size > self._left:
            return False
        self._left -= size
        return True

    def silence(self, *, now: float) -> float | None:
        """Seconds the page has to be silent for, once for each silence; None during one."""
        if now < self._silent_until:
            return None
        # Half full again: room for the keyframe that comes next.
        seconds = max(1.0, (self.most / 2 - self._left) / self.per_second)
        self._silent_until = now + seconds
        return seconds


def without_secrets(url: str) -> str:
    """The address without query and fragment, where tokens and searches are.

    "https://shop.example/en/cart?token=1#x" is "https://shop.example/en/cart".
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # an address no browser has
        return ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
