"""Identifiers that sort by the time they were made."""

import os
import time
from uuid import UUID

_FRACTIONS = 4096  # of a millisecond
_RANDOM_BITS = 62

_latest = 0


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562 section 5.7) that sorts behind every earlier one of this process.

    48 bits of Unix milliseconds, 12 bits of fractions of one (section 6.2, method 3), and 62 random
    ones. Where the clock has not moved on, or was set back, the fractions go on counting.
    """
    global _latest
    made = _latest = max(_latest + 1, time.time_ns() * _FRACTIONS // 1_000_000)
    random = int.from_bytes(os.urandom(8), "big") >> (64 - _RANDOM_BITS)
    milliseconds, fraction = divmod(made, _FRACTIONS)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | random)
