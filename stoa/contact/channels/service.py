"""What the chooser shows, as it is now; kept in memory."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import structlog

from stoa.contact.channels.beginning import begin_outgoing as begin_outgoing
from stoa.contact.channels.inboxes import inbox_for as inbox_for
from stoa.contact.channels.inboxes import list_inboxes as list_inboxes
from stoa.contact.channels.inboxes import type_of as type_of
from stoa.contact.channels.leaving import limits_of as limits_of
from stoa.contact.channels.leaving import require_limits as require_limits
from stoa.contact.channels.models import Channel
from stoa.contact.channels.outbox import ask_again as ask_again  # when limits are others now
from stoa.contact.channels.outbox import queue_delivery as queue_delivery  # for notices
from stoa.contact.channels.queries import situation_of
from stoa.contact.channels.schemas import ChannelsView
from stoa.contact.channels.ways import answer_by_itself as answer_by_itself  # for rules
from stoa.contact.channels.ways import ways_of as ways_of
from stoa.contact.routing.service import Presence
from stoa.platform.node import Node

log = structlog.get_logger()

LOOK_EVERY_SECONDS = 3.0
REMEMBER_SECONDS = 1.0


def channels_topic(shop_id: UUID) -> str:
    return f"channels:{shop_id}"


class Counter:
    """The counter of this node: which channels are open in front of it."""

    def __init__(self, node: Node, channels: Sequence[Channel]) -> None:
        self._node = node
        self._channels = channels
        self._views: dict[UUID, tuple[float, ChannelsView]] = {}
        self._told: dict[UUID, ChannelsView] = {}
        self._presence = node.part(Presence)
        self._presence.on_change(self.forget_views)

    def forget_views(self) -> None:
        """The next look at a chooser is a fresh one."""
        self._views = {}  # what is being looked at now belongs to those of before

    async def view(self, shop_id: UUID) -> ChannelsView:
        """The chooser of a shop, at most a second old.

        Raises:
            NotFound: no such shop.
        """
        views = self._views
        known = views.get(shop_id)
        if known is not None and known[0] > time.monotonic() - REMEMBER_SECONDS:
            return known[1]
        async with self._node.database.read() as session:
            situation = await situation_of(
                session, shop_id=shop_id, available=self._presence.available
            )
            looks = [await channel.look(session, situation) for channel in self._channels]
        view = ChannelsView(shop_id=shop_id, channels=[look for look in looks if look])
        views[shop_id] = (time.monotonic(), view)
        return view

    async def run(self) -> None:
        """Tells open choosers what changed, until cancelled."""
        while True:
            try:
                await self._tell_choosers()
            except Exception:
                log.exception("channels.look_failed")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _tell_choosers(self) -> None:
        async with self._node.database.read() as session:
            shops = [row["id"] for row in await session.fetch("SELECT id FROM shop")]
        for shop_id in shops:
            if not self._node.hub.has_subscribers(channels_topic(shop_id)):
                self._told.pop(shop_id, None)
                continue
            view = await self.view(shop_id)
            if self._told.get(shop_id) != view:
                self._told[shop_id] = view
                # Each node tells its own customers: what it knows of the staff is its own as well.
                self._node.hub.signal_here(channels_topic(shop_id), "channels", view)


@asynccontextmanager
async def keeping_counter(node: Node, *, channels: Sequence[Channel]) -> AsyncIterator[None]:
    """The counter is kept while the block runs."""
    counter = node.parts[Counter] = Counter(node, channels)
    task = asyncio.ensure_future(counter.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
