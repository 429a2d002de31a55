"""The background work of the realtime side, for as long as a node runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stoa.platform.node import Node
from stoa.platform.realtime.bus import PostgresBus


@asynccontextmanager
async def running_realtime(node: Node) -> AsyncIterator[None]:
    """The hub follows the log, and with the setting `bus` other nodes, while the block runs."""
    tasks = [asyncio.ensure_future(node.hub.run())]
    if node.settings.bus == "postgres":
        assert node.settings.database_url is not None
        bus = PostgresBus(node.settings.database_url, node.database, node.hub)
        tasks.append(asyncio.ensure_future(bus.run()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
