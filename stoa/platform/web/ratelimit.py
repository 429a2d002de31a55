"""Token buckets: in the database for what is dear to guess, in memory for what is merely busy."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from stoa.platform.clock import now
from stoa.platform.database.session import Database, Session
from stoa.platform.errors import TooManyRequests


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one more every `seconds_per_token`."""

    burst: int
    seconds_per_token: float


# One statement: the bucket is refilled for the time that passed and gives a token if it has one.
TAKE = """
INSERT INTO rate_limit AS r (key, tokens, refilled_at) VALUES ($1, $2::float8 - 1, $4)
ON CONFLICT (key) DO UPDATE SET
    tokens = LEAST($2::float8,
        r.tokens + extract(epoch FROM $4 - r.refilled_at) / $3::float8) - 1,
    refilled_at = $4
WHERE LEAST($2::float8, r.tokens + extract(epoch FROM $4 - r.refilled_at) / $3::float8) >= 1
RETURNING tokens
"""


async def take_token(database: Database, *, key: str, rate: Rate) -> None:
    """One token of `key`'s bucket is spent, in a transaction of its own: a refusal counts too.

    Raises:
        TooManyRequests: the bucket is empty.
    """
    async with database.begin() as session:
        await spend_token(session, key=key, rate=rate)


async def spend_token(session: Session, *, key: str, rate: Rate) -> None:
    """One token of `key`'s bucket is spent if this transaction commits; nobody else spends one
    before that. For what is done in a transaction anyway: one connection is enough.

    Raises:
        TooManyRequests: the bucket is empty.
    """
    left = await session.fetch_value(TAKE, key, rate.burst, rate.seconds_per_token, now())
    if left is None:
        raise TooManyRequests(retry_after_seconds=math.ceil(rate.seconds_per_token))


async def refill_bucket(database: Database, *, key: str) -> None:
    """`key`'s bucket is full again."""
    async with database.begin() as session:
        await session.execute("DELETE FROM rate_limit WHERE key = $1", key)


class MemoryBuckets:
    """Buckets of this process for at most `max_keys` keys; the longest unused is forgotten."""

    def __init__(
        self, rate: Rate, *, max_keys: int = 50_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._max_keys = max_keys
        self._clock = clock
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def allows(self, key: Hashable, *, cost: float = 1) -> bool:
        """`cost` tokens were spent, or there were too few."""
        moment = self._clock()
        tokens, refilled_at = self._buckets.pop(key, (float(self._rate.burst), moment))
        tokens += (moment - refilled_at) / self._rate.seconds_per_token
        tokens = min(tokens, float(self._rate.burst))
        is_allowed = tokens >= cost
        self._buckets[key] = (tokens - cost if is_allowed else tokens, moment)
        if len(self._buckets) > self._max_keys:
            self._buckets.popitem(last=False)
        return is_allowed

    def fill(self) -> None:
        """Everybody's bucket is full again."""
        self._buckets.clear()

    def require(self, key: Hashable, *, cost: float = 1) -> None:
        """Raises:
        TooManyRequests: too few tokens.
        """
        if not self.allows(key, cost=cost):
            seconds = math.ceil(self._rate.seconds_per_token * cost)
            raise TooManyRequests(retry_after_seconds=max(1, seconds))
