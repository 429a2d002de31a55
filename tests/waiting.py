"""Waiting for what is to come about, and for no longer than that."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")
PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.01


async def until(
    look: Callable[[], Awaitable[Found]], *, seconds: float = PATIENCE_SECONDS
) -> Found:
    """The first answer that is something."""
    async with asyncio.timeout(seconds):
        while not (found := await look()):
            await asyncio.sleep(PAUSE_SECONDS)
        return found


async def until_so(is_so: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Returns once it is so."""
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(PAUSE_SECONDS)
