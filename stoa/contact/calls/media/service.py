"""The media engine as a part of a node."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from stoa.contact.calls.media.addresses import host_addresses, ports_of
from stoa.contact.calls.media.embedded import EmbeddedEngine
from stoa.contact.calls.media.engine import MediaEngine, MediaError
from stoa.contact.calls.media.pool import Start
from stoa.platform.config import Settings
from stoa.platform.node import Node

log = structlog.get_logger()

# A node that serves pages is up first; a call that comes sooner starts the process itself.
_READY_AFTER_SECONDS = 2.0
_MEASURE_EVERY_SECONDS = 10.0


def engine_for(settings: Settings) -> EmbeddedEngine:
    """An engine as the settings want it; `stop` ends it."""

    def addresses() -> list[str]:
        return host_addresses(settings.media_address)

    return EmbeddedEngine(
        Start(
            addresses=addresses(),
            public_address=str(public) if (public := settings.media_public_address) else None,
            ports=ports_of(settings.media_ports),
            log_format=settings.log_format,
            log_level=settings.log_level,
        ),
        most_workers=settings.media_workers or os.cpu_count() or 1,
        addresses=addresses,
    )


def media_of(node: Node) -> MediaEngine:
    """The engine that `keeping_media` put into the node."""
    return node.part(EmbeddedEngine)


@asynccontextmanager
async def keeping_media(node: Node) -> AsyncIterator[None]:
    """The node has a media engine, whose processes end with it."""
    engine = engine_for(node.settings)
    node.parts[EmbeddedEngine] = engine
    try:
        async with asyncio.TaskGroup() as running:
            caring = running.create_task(_care_for(engine))
            try:
                yield
            finally:
                caring.cancel()
    finally:
        await engine.stop()


async def _care_for(engine: EmbeddedEngine) -> None:
    """A process is ready before the first call; what the processes do is counted."""
    await asyncio.sleep(_READY_AFTER_SECONDS)
    try:
        await engine.prepare()
    except MediaError as error:
        log.error("media.not_ready", reason=str(error))
    while True:
        await asyncio.sleep(_MEASURE_EVERY_SECONDS)
        try:
            await engine.measure()
        except MediaError as error:
            log.warning("media.not_measured", reason=str(error))
