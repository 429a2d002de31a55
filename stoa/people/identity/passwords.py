"""Password hashes: argon2id (RFC 9106), computed off the event loop."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

# RFC 9106 section 4, second recommendation (64 MiB, three passes): argon2-cffi's default.
_hasher = PasswordHasher()
# Each hash takes 64 MiB and a core for some 50 ms.
_at_once = asyncio.Semaphore(2)


@cache
def _decoy() -> str:
    return _hasher.hash("nobody has this password")


async def hash_password(password: str) -> str:
    async with _at_once:
        return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether they fit. Without a hash it takes as long and is False: an unknown address shows
    no difference in time.
    """
    async with _at_once:
        is_right = await asyncio.to_thread(_verify, password, password_hash)
    return is_right and password_hash is not None


def _verify(password: str, password_hash: str | None) -> bool:
    try:
        return _hasher.verify(password_hash or _decoy(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """The hash was made with parameters we no longer use."""
    return _hasher.check_needs_rehash(password_hash)
