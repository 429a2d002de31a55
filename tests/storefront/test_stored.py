"""Composed pages decompress to what was composed; nothing stale is kept."""

import gzip
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from stoa.storefront.cache import KEPT_SECONDS, PageCache
from stoa.storefront.stored import PERSONAL, StoredPage, store_page

SHOP = UUID(int=1)


def page(html: str, *, level: int = 9) -> StoredPage:
    return store_page(html, shop_id=SHOP, status=200, headers={}, level=level)


@given(
    st.text().filter(lambda text: PERSONAL not in text),
    st.text(),
    st.binary(max_size=300),
    st.sampled_from([1, 9]),
)
def test_compressed_and_plain_are_the_same(
    head: str, tail: str, personal: bytes, level: int
) -> None:
    head, tail = (text.encode("utf-8", "replace").decode() for text in (head, tail))
    stored = page(head + PERSONAL + tail, level=level)
    assert stored.plain(personal) == head.encode() + personal + tail.encode()
    assert gzip.decompress(stored.gzipped(personal)) == stored.plain(personal)


def test_another_text_has_another_etag() -> None:
    assert page("a").etag != page("b").etag


def test_keeps_a_page_until_something_changes() -> None:
    cache = PageCache()
    cache.put(("a",), page("a"), generation=cache.generation)
    assert cache.get(("a",)) is not None
    cache.forget(["message.added"])
    assert cache.get(("a",)) is not None
    cache.forget(["product.changed"])
    assert cache.get(("a",)) is None


def test_keeps_nothing_that_was_begun_before_a_change() -> None:
    cache = PageCache()
    begun = cache.generation
    cache.forget(["product.changed"])
    cache.put(("a",), page("a"), generation=begun)
    assert cache.get(("a",)) is None


def test_forgets_by_time() -> None:
    moment = 0.0
    cache = PageCache(clock=lambda: moment)
    cache.put(("a",), page("a"), generation=0)
    moment = KEPT_SECONDS + 1
    assert cache.get(("a",)) is None


def test_drops_what_was_used_least_recently() -> None:
    size = page("x" * 1000).size_bytes
    cache = PageCache(max_bytes=2 * size)
    cache.put(("a",), page("x" * 1000), generation=0)
    cache.put(("b",), page("y" * 1000), generation=0)
    assert cache.get(("a",)) is not None
    cache.put(("c",), page("z" * 1000), generation=0)
    assert cache.get(("b",)) is None
    assert cache.get(("a",)) is not None
    assert cache.get(("c",)) is not None
