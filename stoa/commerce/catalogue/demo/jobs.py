"""The demo shop's job."""

from uuid import UUID

import structlog

from stoa.commerce.catalogue.demo.loader import DRAW_JOB, draw_pictures
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node

__all__ = ["DRAW_JOB", "draw"]

log = structlog.get_logger()


async def draw(node: Node, payload: Payload) -> None:
    """More of the shop's pictures are drawn; a further job draws what is left."""
    shop_id = UUID(payload["shop_id"])
    progress = await draw_pictures(node.database, node.blobs, shop_id=shop_id)
    log.info("demo.drawn", pictures=progress.drawn, left=progress.left)
    if progress.left:
        async with node.database.begin() as session:
            await enqueue(session, DRAW_JOB, {"shop_id": shop_id})
