"""The calls of this node: which page speaks for whom, what the engine says, and what time does."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from uuid import UUID
from weakref import WeakValueDictionary

import structlog

from stoa.contact.calls import metrics
from stoa.contact.calls.errors import SoundUnavailable
from stoa.contact.calls.events import call_topic
from stoa.contact.calls.hearing import gain
from stoa.contact.calls.media.engine import (
    CallFailed,
    LegConnected,
    LegLost,
    MediaEngine,
    MediaError,
    MediaEvent,
    PlaybackEnded,
    RecordingEnded,
)
from stoa.contact.calls.models import CallState, LegState, Mode
from stoa.contact.calls.queries import count_live, get_call, pages_and_carriers
from stoa.contact.calls.schemas import QualityInput
from stoa.contact.calls.service.board import Desk
from stoa.contact.calls.service.lines import (
    line_is,
    nodes_gone,
    page_gone,
    sound_failed,
    speak_from,
    sweep_calls,
)
from stoa.contact.calls.service.measuring import Measured, keep_quality
from stoa.contact.calls.service.nodes import CallNodes
from stoa.contact.calls.service.people import leg_of
from stoa.contact.calls.service.sound import CallSound
from stoa.contact.calls.steps import find_leg
from stoa.contact.conversations.models import Sender
from stoa.contact.routing.service import Presence
from stoa.platform.database.session import SERVER_AWAY, Session
from stoa.platform.errors import NotFound
from stoa.platform.node import Node
from stoa.platform.realtime.connection import Connection

log = structlog.get_logger()

LOOK_EVERY_SECONDS = 1.0
SELDOM_LOOKS = 5

EngineOf = Callable[[Node], MediaEngine | None]


@dataclass(frozen=True, slots=True)
class Speaker:
    """The leg that a page speaks for. `is_quiet`: what the page says shall not give it away."""

    call_id: UUID
    leg_id: UUID | None
    is_quiet: bool = False


class Switchboard:
    """What this node knows of calls besides their rows."""

    def __init__(self, node: Node, engine: MediaEngine | None) -> None:
        self.id = secrets.token_hex(6)
        self.node = node
        self.sound = CallSound(node, engine) if engine is not None else None
        self.speakers: dict[str, Speaker] = {}
        self._heard: asyncio.Queue[MediaEvent] = asyncio.Queue()
        self._turn = asyncio.Lock()
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self.measured = Measured()
        self.nodes = CallNodes(node, self.id, self.sound, on_end=self._keep_quality)
        if engine is not None:
            engine.listen(self._hear)

    @property
    def desk(self) -> Desk:
        """Who could be rung now."""
        return Desk(self.node.part(Presence).available)

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[Session]:
        """A transaction that changes calls, committed at the end. All of them take one lock:
        whoever has to wait for it waits here, without one of the connections that others need.
        """
        async with self._turn, self.node.database.begin() as session:
            yield session

    # ---- pages ----

    def page_of(self, connection: Connection) -> str:
        """The page as rows name it. With its node: all pages of one that is gone are gone."""
        return f"{self.id}:{connection.id}"

    def speaks(
        self,
        connection: Connection,
        call_id: UUID,
        leg_id: UUID | None = None,
        *,
        is_quiet: bool = False,
    ) -> None:
        """This page speaks in the call, or is about to; or it only listens or whispers."""
        self.speakers[connection.id] = Speaker(call_id, leg_id, is_quiet)

    async def connect(
        self, connection: Connection, *, call_id: UUID, leg_id: UUID, by: Sender, sdp: str
    ) -> str:
        """The page's sound is in the call; returns the answer to its offer.

        Raises:
            NotFound: not this person's leg.
            CallOver: the call has ended.
            SoundUnavailable: no engine here carries the call.
        """
        if self.sound is None:
            raise SoundUnavailable()
        turn = self._turns.setdefault(leg_id, asyncio.Lock())
        async with turn:
            async with self.changing() as session:
                call = await speak_from(
                    session,
                    call_id=call_id,
                    leg_id=leg_id,
                    by=by,
                    connection_id=self.page_of(connection),
                    media_node=self.id,
                )
            leg = find_leg(call, leg_id)
            self.speaks(connection, call_id, leg_id, is_quiet=leg.mode is not Mode.TALK)
            if call.media_node is not None and call.media_node != self.id:
                return await self.nodes.connect(
                    call.media_node, call_id=call_id, leg_id=leg_id, sdp=sdp
                )
            try:
                return await self.sound.connect(call, leg_id, sdp=sdp)
            except MediaError as error:
                log.warning("call.not_connected", call=str(call_id), reason=str(error))
                raise SoundUnavailable() from error

    async def press_key(self, *, call_id: UUID, by: Sender, digit: str) -> None:
        """The others in the call hear the key's tones.

        Raises:
            NotFound: not in this call.
            CallOver: it has ended.
        """
        async with self.node.database.read() as session:
            call = await get_call(session, call_id=call_id)
        pressing = leg_of(call, by)
        if self.sound is None or call.media_node is None:
            raise SoundUnavailable()
        for leg in call.legs_in:
            if leg.id == pressing.id or not gain(pressing, leg):
                continue
            if call.media_node != self.id:
                self.nodes.press_key(call.media_node, call_id=call_id, leg_id=leg.id, digit=digit)
            elif leg.state is LegState.CONNECTED:
                await self.sound.engine.send_digit(call_id, leg.id, digit)

    async def page_closed(self, connection: Connection) -> None:
        """Whoever spoke from this page is away, until they come back."""
        if self.speakers.pop(connection.id, None) is not None:
            async with self.changing() as session:
                await page_gone(session, connection_id=self.page_of(connection))

    def measure(self, connection: Connection, form: QualityInput) -> None:
        """The others in the call learn how it sounds here, unless they shall not know who listens.

        Raises:
            NotFound: this page does not speak in the call.
        """
        speaker = self.speakers.get(connection.id)
        if speaker is None or speaker.leg_id is None or speaker.call_id != form.call_id:
            raise NotFound()
        if speaker.is_quiet:
            return
        told = self.measured.add(speaker.leg_id, form)
        if told is not None:
            topic = call_topic(form.call_id)
            self.node.hub.signal(topic, "call.quality", told, skip=connection)

    async def _keep_quality(self, call_id: UUID) -> None:
        if (quality := self.measured.take(call_id)) is None:
            return

        async def keep() -> None:
            async with self.changing() as session:
                await keep_quality(session, call_id=call_id, quality=quality)

        await self._keep_trying(keep)

    # ---- what happens by itself ----

    async def run(self) -> None:
        """Looks after the calls until cancelled."""
        looks = 0
        while True:
            self.nodes.say_here()
            await self._keep_trying(self._look)
            if looks % SELDOM_LOOKS == 0:
                await self._keep_trying(self._look_for_the_gone)
                if self.sound is not None:
                    for call_id in self.sound.carried_calls():
                        self.sound.due(call_id)
            looks += 1
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _keep_trying(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except SERVER_AWAY as error:
            log.warning("calls.not_looked_after", error=type(error).__name__)
        except Exception:
            log.exception("calls.look_failed")

    async def _look(self) -> None:
        async with self.node.database.read() as session:
            live = await count_live(session)
        for state in CallState:
            if state is not CallState.ENDED:
                metrics.LIVE.labels(state=state).set(live.get(state, 0))
        if any(count for state, count in live.items() if state is not CallState.CALLBACK):
            async with self.changing() as session:
                await sweep_calls(session, desk=self.desk)

    async def _look_for_the_gone(self) -> None:
        """Calls and pages of nodes that are no more, and pages whose end nobody heard."""
        async with self.node.database.read() as session:
            pages, carriers = await pages_and_carriers(session)
        alive = self.nodes.alive()
        gone = {page.partition(":")[0] for page in pages} | carriers
        if alive is not None and (gone := gone - alive):
            async with self.changing() as session:
                await nodes_gone(session, desk=self.desk, gone=gone)
        here = {self.page_of(connection) for connection in self.node.connections}
        for page in pages:
            if page.startswith(f"{self.id}:") and page not in here:
                async with self.changing() as session:
                    await page_gone(session, connection_id=page)

    def _hear(self, event: MediaEvent) -> None:
        # Not in its turn: a page that connects before it comes is carried anew.
        if isinstance(event, CallFailed) and self.sound is not None:
            self.sound.forget(event.call_id)
        self._heard.put_nowait(event)

    async def follow_engine(self) -> None:
        """What the engine says is acted upon, in order, until cancelled."""
        while True:
            event = await self._heard.get()
            try:
                await self._act_upon(event)
            except SERVER_AWAY as error:
                log.warning("calls.event_lost", error=type(error).__name__, event_of=str(event))
            except Exception:
                log.exception("calls.event_failed")

    async def _act_upon(self, event: MediaEvent) -> None:
        match event:
            case LegConnected():
                await self._line_is(event.call_id, event.leg_id, LegState.CONNECTED)
            case LegLost():
                await self._line_is(event.call_id, event.leg_id, LegState.AWAY)
            case PlaybackEnded():
                if self.sound is not None:
                    self.sound.played(event)
            case RecordingEnded():
                if self.sound is not None:
                    self.sound.recorded(event)
            case CallFailed():
                metrics.SOUND_FAILED.inc()
                async with self.changing() as session:
                    await sound_failed(session, desk=self.desk, call_id=event.call_id)
            case _:
                pass  # digits are heard by those who asked for them

    async def _line_is(
        self, call_id: UUID, leg_id: UUID, state: Literal[LegState.CONNECTED, LegState.AWAY]
    ) -> None:
        async with self.changing() as session:
            await line_is(session, call_id=call_id, leg_id=leg_id, state=state)


@asynccontextmanager
async def keeping_calls(node: Node, *, engine_of: EngineOf) -> AsyncIterator[None]:
    """The node's calls are looked after while the block runs."""
    board = node.parts[Switchboard] = Switchboard(node, engine_of(node))
    await board.nodes.follow()
    tasks = [asyncio.ensure_future(board.run()), asyncio.ensure_future(board.follow_engine())]
    if board.sound is not None:
        tasks.append(asyncio.ensure_future(board.sound.recorder.run()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await board.nodes.close()
        if board.sound is not None:
            await board.sound.close()


class CallListener:
    """Knows by the connections which pages are gone."""

    async def opened(self, connection: Connection) -> None:
        """Nothing yet: a page says itself what it speaks for."""

    async def closed(self, connection: Connection) -> None:
        await connection.node.part(Switchboard).page_closed(connection)
