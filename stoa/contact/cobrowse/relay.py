"""The relay of this node: signals between a customer's pages and the agent who watches them.

A page's signals pass while its session is active and the agent has said within the last seconds
that the replica is on the screen. Nothing of them is stored.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from prometheus_client import Counter

from stoa.contact.cobrowse.events import watched_topic, watching_topic
from stoa.contact.cobrowse.queries import remembered_session, session_key
from stoa.contact.cobrowse.rules import Ceiling, without_secrets
from stoa.contact.cobrowse.schemas import (
    BYTES_PER_SECOND,
    COBROWSE_VERSION,
    ActedInput,
    CobrowseView,
    FrameInput,
    PageInput,
    PointInput,
    RefusedSignal,
    SlowSignal,
    WatchInput,
)
from stoa.contact.cobrowse.service import end_overdue, note_outcome, note_seen
from stoa.platform.database.session import SERVER_AWAY
from stoa.platform.errors import NotFound
from stoa.platform.node import Node
from stoa.platform.realtime.outgoing import Outgoing

log = structlog.get_logger()

# The agent says so every five seconds.
WATCHED_SECONDS = 12.0
SWEEP_SECONDS = 5.0
RELAYED = Counter("stoa_cobrowse_bytes", "Bytes of customers' pages passed on to agents")
DROPPED = Counter("stoa_cobrowse_dropped", "Parts not passed on", ["why"])


class Ear:
    """Hears on a session's topic that the agent watches, whichever node they are connected to."""

    def __init__(self) -> None:
        self.heard_at = -WATCHED_SECONDS

    def push(self, frame: Outgoing) -> None:
        if b'"type":"cobrowse.watch"' in frame.payload[:160]:
            self.heard_at = time.monotonic()

    @property
    def is_watched(self) -> bool:
        return time.monotonic() - self.heard_at < WATCHED_SECONDS


class Relay:
    """What this node knows of the sessions whose pages or agents are connected to it."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._ears: dict[UUID, Ear] = {}
        self._ceilings: dict[UUID, Ceiling] = {}
        self._pages: dict[UUID, str] = {}

    async def session(self, session_id: UUID) -> CobrowseView:
        """Raises:
        NotFound: there is none.
        """
        known: CobrowseView | None = self._node.database.memory.recall(session_key(session_id))
        if known is not None:
            return known
        async with self._node.database.read() as reading:
            return await remembered_session(reading, session_id=session_id)

    async def _mine(self, session_id: UUID, actor_key: str) -> CobrowseView | None:
        """The session, if it is active and this person's; a page or a desk may be a moment late."""
        view = await self.session(session_id)
        if actor_key not in (f"visitor:{view.visitor_id}", f"staff:{view.staff_id}"):
            raise NotFound()
        return view if view.state == "active" else None

    def page_of(self, session_id: UUID) -> str:
        """The address of the page the customer is on, as far as this node knows."""
        return self._pages.get(session_id, "")

    # ---- from the customer's pages ----

    async def listen(self, session_id: UUID) -> Ear:
        """From here on this node hears whether the session is watched."""
        known = self._ears.get(session_id)
        if known is not None:
            return known
        ear, topic = Ear(), watched_topic(session_id)
        # Known once it hears: whoever takes an ear that is only joining drops the first keyframe.
        await self._node.hub.subscribe(ear, topic, after=None, joined=lambda _seq: None)
        first = self._ears.setdefault(session_id, ear)
        if first is not ear:
            self._node.hub.unsubscribe(ear, topic)
        return first

    async def take_frame(self, form: FrameInput, *, visitor_key: str) -> None:
        """The part is on its way to the agent, or is dropped and the reason counted."""
        view = await self._mine(form.session_id, visitor_key)
        if view is None:
            return DROPPED.labels(why="ended").inc()
        if not self._speaks(form.version, view.id, by="page"):
            return DROPPED.labels(why="version").inc()
        ear = await self.listen(view.id)
        if not ear.is_watched:
            return DROPPED.labels(why="unwatched").inc()
        moment = time.monotonic()
        ceiling = self._ceilings.setdefault(
            view.visitor_id, Ceiling(per_second=BYTES_PER_SECOND, now=moment)
        )
        if not ceiling.take(len(form.data), now=moment):
            DROPPED.labels(why="ceiling").inc()
            self._slow(view.id, ceiling.silence(now=moment))
            return None
        RELAYED.inc(len(form.data))
        return self._node.hub.signal(watching_topic(view.id), "cobrowse.frame", form)

    def _slow(self, session_id: UUID, seconds: float | None) -> None:
        if seconds is None:
            return
        signal = SlowSignal(session_id=session_id, seconds=seconds)
        self._node.hub.signal(watched_topic(session_id), "cobrowse.slow", signal)

    def _speaks(self, version: int, session_id: UUID, *, by: str) -> bool:
        """Whether it is our version; both sides are told when it is not."""
        if version == COBROWSE_VERSION:
            return True
        refusal = RefusedSignal.model_validate(
            {"session_id": session_id, "reason": "version", "by": by}
        )
        for topic in (watching_topic(session_id), watched_topic(session_id)):
            self._node.hub.signal(topic, "cobrowse.refused", refusal)
        return False

    async def take_page(self, form: PageInput, *, visitor_key: str) -> None:
        """The agent knows where the customer is; without the address's secrets."""
        view = await self._mine(form.session_id, visitor_key)
        if view is None or not self._speaks(form.version, view.id, by="page"):
            return
        ear = await self.listen(view.id)
        told = form.model_copy(update={"url": without_secrets(form.url)})
        if form.state in ("shown", "paused"):
            self._pages[view.id] = told.url
        if ear.is_watched:
            self._node.hub.signal(watching_topic(view.id), "cobrowse.page", told)

    async def take_outcome(self, form: ActedInput, *, visitor_key: str) -> None:
        """The agent knows what became of the action, and the record says so."""
        view = await self._mine(form.session_id, visitor_key)
        if view is None:
            return
        async with self._node.database.begin() as session:
            await note_outcome(
                session,
                session_id=view.id,
                action_id=form.action_id,
                outcome=form.outcome,
                reason=form.reason,
                target=form.target,
            )
        self._node.hub.signal(watching_topic(view.id), "cobrowse.acted", form)

    # ---- from the agent ----

    async def take_watch(self, form: WatchInput, *, staff_key: str) -> None:
        """The customer's pages know that the replica is on the agent's screen."""
        view = await self._mine(form.session_id, staff_key)
        if view is not None and self._speaks(form.version, view.id, by="replica"):
            self._node.hub.signal(watched_topic(view.id), "cobrowse.watch", form)

    async def take_point(self, form: PointInput, *, staff_key: str) -> None:
        """The customer sees where the agent points."""
        view = await self._mine(form.session_id, staff_key)
        if view is not None:
            told = form.model_dump(mode="json") | {"staff_name": view.staff_name}
            self._node.hub.signal(watched_topic(view.id), "cobrowse.point", told)

    # ---- time ----

    async def run(self) -> None:
        """Notes who is here and ends what is overdue, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.sweep()
            except SERVER_AWAY as error:
                log.warning("cobrowse.unswept", error=type(error).__name__)
            except Exception:
                log.exception("cobrowse.sweep_failed")

    async def sweep(self) -> None:
        """One turn: sessions of connected customers are seen, overdue ones end, ears are closed."""
        live = await self._live()
        present = [view.visitor_id for view in live if self._is_here(view)]
        async with self._node.database.begin() as session:
            if present:
                await note_seen(session, visitor_ids=present)
            await end_overdue(session)
        await self._live()

    async def _live(self) -> list[CobrowseView]:
        """The sessions this node listens for; what is over, or was erased, is forgotten."""
        live = []
        for session_id in list(self._ears):
            try:
                view = await self.session(session_id)
            except NotFound:
                self.forget(session_id)
                continue
            if view.state == "ended":
                self.forget(session_id)
            else:
                live.append(view)
        return live

    def _is_here(self, view: CobrowseView) -> bool:
        connections = self._node.connections.of(f"visitor:{view.visitor_id}")
        return any(one.handshake.surface == "counter" for one in connections)

    def forget(self, session_id: UUID) -> None:
        """Nothing is kept of a session that is over."""
        ear = self._ears.pop(session_id, None)
        if ear is not None:
            self._node.hub.unsubscribe(ear, watched_topic(session_id))
        self._pages.pop(session_id, None)
        if not self._ears:
            self._ceilings.clear()


@asynccontextmanager
async def keeping_relay(node: Node) -> AsyncIterator[None]:
    """The node relays and sweeps while the block runs."""
    relay = node.parts[Relay] = Relay(node)
    task = asyncio.ensure_future(relay.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
