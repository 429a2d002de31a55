"""Pages that are the same for everybody, kept per node until an event changes them."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from weakref import WeakKeyDictionary

from stoa.platform.database.session import Database
from stoa.storefront.stored import StoredPage

Key = tuple[str, ...]

MAX_BYTES = 64 * 1024 * 1024
KEPT_SECONDS = 60.0  # bounds how long a node that missed an event shows what was
EVERYTHING = frozenset({"shop.changed", "category.changed", "shipping.changed", "product.changed"})


class PageCache:
    """The most recently used pages, up to `max_bytes`."""

    def __init__(
        self, *, max_bytes: int = MAX_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pages: OrderedDict[Key, tuple[float, StoredPage]] = OrderedDict()
        self._size_bytes = 0
        self._max_bytes = max_bytes
        self._clock = clock
        self.generation = 0

    def get(self, key: Key) -> StoredPage | None:
        kept = self._pages.get(key)
        if kept is None:
            return None
        if kept[0] < self._clock():
            self._drop(key)
            return None
        self._pages.move_to_end(key)
        return kept[1]

    def put(self, key: Key, page: StoredPage, *, generation: int) -> None:
        """The page is kept, unless something changed since `generation`, when it was begun."""
        if generation != self.generation:
            return
        self._drop(key)
        self._pages[key] = (self._clock() + KEPT_SECONDS, page)
        self._size_bytes += page.size_bytes
        while self._size_bytes > self._max_bytes:
            self._drop(next(iter(self._pages)))

    def forget(self, event_types: Iterable[str]) -> None:
        """Nothing is kept that these events, of any node, made stale."""
        if not EVERYTHING.isdisjoint(event_types):
            self.generation += 1
            self._pages.clear()
            self._size_bytes = 0

    def _drop(self, key: Key) -> None:
        if kept := self._pages.pop(key, None):
            self._size_bytes -= kept[1].size_bytes


_caches: "WeakKeyDictionary[Database, PageCache]" = WeakKeyDictionary()


def page_cache(database: Database) -> PageCache:
    """The cache of the node that reads this database; from its first use on it hears events."""
    cache = _caches.get(database)
    if cache is None:
        cache = _caches[database] = PageCache()
        database.on_stale(cache.forget)
    return cache
