"""Token buckets: how many pass, when the next one may, and that nobody passes twice at once."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.platform.database.session import Database
from stoa.platform.errors import TooManyRequests
from stoa.platform.web.ratelimit import MemoryBuckets, Rate, refill_bucket, take_token

SLOW = Rate(burst=3, seconds_per_token=3600)


async def passes(database: Database, key: str) -> bool:
    try:
        await take_token(database, key=key, rate=SLOW)
    except TooManyRequests:
        return False
    return True


async def test_a_bucket_gives_its_burst_and_no_more(database: Database) -> None:
    assert [await passes(database, "a") for _ in range(5)] == [True, True, True, False, False]
    assert await passes(database, "b"), "each key has its own"
    with pytest.raises(TooManyRequests) as refused:
        await take_token(database, key="a", rate=SLOW)
    assert refused.value.retry_after_seconds == 3600
    await refill_bucket(database, key="a")
    assert await passes(database, "a")


@pytest.mark.race
async def test_twenty_at_once_share_one_burst(database: Database) -> None:
    results = await asyncio.gather(*(passes(database, "race") for _ in range(20)))
    assert sum(results) == 3


@given(st.lists(st.floats(0, 30), min_size=1, max_size=80))
def test_in_any_span_no_more_pass_than_burst_and_refill_allow(gaps: list[float]) -> None:
    moment = 0.0
    rate = Rate(burst=4, seconds_per_token=2)
    buckets = MemoryBuckets(rate, clock=lambda: moment)
    passed = 0
    for gap in gaps:
        moment += gap
        passed += buckets.allows("key")
    assert passed <= rate.burst + moment / rate.seconds_per_token + 1e-6
    assert passed >= min(len(gaps), rate.burst)


def test_memory_is_bounded_and_forgets_the_longest_unused() -> None:
    moment = 0.0
    buckets = MemoryBuckets(SLOW, max_keys=2, clock=lambda: moment)
    for _ in range(3):
        assert buckets.allows("first")
    assert not buckets.allows("first")
    buckets.allows("second")
    buckets.allows("third")
    assert buckets.allows("first"), "forgotten: it begins anew"
    with pytest.raises(TooManyRequests):
        buckets.require("third", cost=10)
