"""What calls do by themselves: prompts are rendered ahead, recordings go when they are due."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from stoa.contact.calls.prompts.library import PromptLibrary
from stoa.contact.calls.recordings.storing import DROP_JOB
from stoa.contact.calls.service.retention import drop_recorded_blob, expire_recordings
from stoa.platform.node import Node

__all__ = ["DROP_JOB", "drop_recorded_blob", "expire_recordings", "keeping_prompts"]

log = structlog.get_logger()

# Nobody calls a new shop in its first minute, in which it has enough to do; who does waits a
# second for the sentences they hear.
RENDERED_AFTER_SECONDS = 60.0


@asynccontextmanager
async def keeping_prompts(node: Node) -> AsyncIterator[None]:
    """The node has its library, filled in the background once it has run for a moment."""
    library = PromptLibrary(node)
    node.parts[PromptLibrary] = library

    async def fill() -> None:
        await asyncio.sleep(RENDERED_AFTER_SECONDS)
        try:
            await library.render_ahead()
        except Exception:
            # Whoever calls waits for what they hear; the node is more than its prompts.
            log.exception("prompts.not_rendered_ahead")

    async with asyncio.TaskGroup() as tasks:
        filling = tasks.create_task(fill())
        try:
            yield
        finally:
            filling.cancel()
