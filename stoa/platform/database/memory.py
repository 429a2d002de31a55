"""What a node remembers of the database until an event says that it changed."""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any, TypeVar

Value = TypeVar("Value")

KEPT_SECONDS = 30.0  # bounds how long a node that missed an event believes what it read


class Memory:
    """Values read from the database, by key, each with the event types that make it stale.

    Only reads outside a transaction are kept: what a transaction sees may yet be rolled back.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._values: dict[object, tuple[float, frozenset[str], Any]] = {}
        self._changes: defaultdict[str, int] = defaultdict(int)

    def recall(self, key: object) -> Any | None:
        """The value under `key`, None when it is not known or too old."""
        known = self._values.get(key)
        if known is None:
            return None
        if known[0] < self._clock():
            del self._values[key]
            return None
        return known[2]

    async def remember(
        self, key: object, load: Callable[[], Awaitable[Value]], *, until: Collection[str]
    ) -> Value:
        """The value of `load()`, kept under `key` unless it went stale while it was loaded."""
        types = frozenset(until)
        before = [self._changes[type_] for type_ in types]
        value = await load()
        if before == [self._changes[type_] for type_ in types]:
            self._values[key] = (self._clock() + KEPT_SECONDS, types, value)
        return value

    def forget(self, event_types: Iterable[str]) -> None:
        """Nothing is remembered that one of these events made stale."""
        types = frozenset(event_types)
        for type_ in types:
            self._changes[type_] += 1
        stale = [key for key, known in self._values.items() if known[1] & types]
        for key in stale:
            del self._values[key]
