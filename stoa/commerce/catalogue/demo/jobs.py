"""The demo shop's job."""

from uuid import UUID

import structlog

from stoa.commerce.catalogue.demo.loader import DRAW_JOB, draw_pictures
from stoa.platform.jobs.queue import Payload
from stoa.platform.node import Node

__all__ = ["DRAW_JOB", "draw"]

log = structlog.get_logger()
_TOLD_EVERY = 50


async def draw(node: Node, payload: Payload) -> None:
    """The shop's pictures are drawn, those that already are left as they are."""

    def tell(done: int, total: int) -> None:
        if done % _TOLD_EVERY == 0 or done == total:
            log.info("demo.drawn", done=done, total=total)

    shop_id = UUID(payload["shop_id"])
    await draw_pictures(node.database, node.blobs, shop_id=shop_id, progress=tell)
