"""The media engine does what the calls say: gains, music, prompts, and the end."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from stoa.contact.calls.hearing import Hears, plan
from stoa.contact.calls.media.engine import (
    Gains,
    MediaEngine,
    MediaError,
    PlaybackEnded,
    RecordingEnded,
)
from stoa.contact.calls.models import Call, CallState, LegRole, Mode, RecordingState
from stoa.contact.calls.prompts.library import PromptLibrary
from stoa.contact.calls.prompts.lines import Line, Prompt
from stoa.contact.calls.prompts.waiting import Heard, Waiting, next_turn
from stoa.contact.calls.queries import customer_call, get_call
from stoa.contact.calls.recordings.notices import notices
from stoa.contact.calls.service.recorder import Recorder
from stoa.contact.calls.service.recording import recording_announced
from stoa.contact.calls.service.voicemail import message_over, tone_heard
from stoa.contact.calls.voicemail import LONGEST
from stoa.platform.clock import now
from stoa.platform.database.session import SERVER_AWAY
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.ids import new_id
from stoa.platform.node import Node

log = structlog.get_logger()

Then = Callable[[], Coroutine[Any, Any, None]]

_MUSIC = Line(Prompt.MUSIC)
_FIRST_LINES = {
    Hears.VOICEMAIL: (Line(Prompt.VOICEMAIL), Line(Prompt.TONE)),
    Hears.HANDOVER: (Line(Prompt.TRANSFER), _MUSIC),
    Hears.MUSIC: (Line(Prompt.HOLD), _MUSIC),
    Hears.AWAY: (_MUSIC,),
}


@dataclass(slots=True)
class _Ear:
    """What a leg hears besides the others."""

    hears: Hears = Hears.OTHERS
    playback_id: UUID | None = None
    heard: Heard = field(default_factory=Heard)
    then: Then | None = None  # what follows when it was heard to the end


@dataclass(slots=True)
class _Carried:
    """A call whose sound this node carries, as the engine was last told."""

    recording: RecordingState
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    is_announced: bool = False  # that it is recorded was heard to the end
    gains: Gains | None = None
    ears: dict[UUID, _Ear] = field(default_factory=dict)


class CallSound:
    """The sound of this node's calls. Each call is arranged by itself, one change after another."""

    def __init__(self, node: Node, engine: MediaEngine) -> None:
        self._node = node
        self.engine = engine
        self.recorder = Recorder(node, engine)
        self._carried: dict[UUID, _Carried] = {}
        self._waiting: set[UUID] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def carries(self, call_id: UUID) -> bool:
        return call_id in self._carried

    def carried_calls(self) -> list[UUID]:
        return list(self._carried)

    # ---- what comes in ----

    async def connect(self, call: Call, leg_id: UUID, *, sdp: str) -> str:
        """The leg is in the call's sound; returns the answer to the browser's offer.

        Raises:
            MediaError: the engine cannot.
        """
        while True:
            carried = self._carried.setdefault(call.id, _Carried(call.recording))
            async with carried.turn:
                # Lost while this waited: what the engine was told then it does not know any more.
                if self._carried.get(call.id) is carried:
                    answer = await self._add_leg(call, leg_id, carried, sdp=sdp)
                    break
        self.due(call.id)
        return answer

    async def _add_leg(self, call: Call, leg_id: UUID, carried: _Carried, *, sdp: str) -> str:
        await self.engine.create_call(call.id)
        await self._set_gains(call, carried)
        leg = next(leg for leg in call.legs_in if leg.id == leg_id)
        answer = await self.engine.add_browser_leg(
            call.id,
            leg_id,
            offer=sdp,
            side="customer" if leg.role is LegRole.CUSTOMER else "shop",
        )
        carried.ears.setdefault(leg_id, _Ear())
        return answer

    def due(self, call_id: UUID) -> None:
        """The call has changed, or time has passed: its sound will follow."""
        if call_id in self._carried and call_id not in self._waiting:
            self._waiting.add(call_id)
            self._run(self._arrange(call_id))

    def played(self, event: PlaybackEnded) -> None:
        """What a leg heard has ended; it will hear what comes next."""
        carried = self._carried.get(event.call_id)
        ear = carried.ears.get(event.leg_id) if carried else None
        if ear is not None and ear.playback_id == event.playback_id:
            self._heard_to_the_end(event.call_id, ear)

    def recorded(self, event: RecordingEnded) -> None:
        """What was recorded will be kept, or dropped."""
        self._run(self.recorder.ended(event))

    def forget(self, call_id: UUID) -> None:
        """The engine has lost the call."""
        self._carried.pop(call_id, None)
        self.recorder.forget(call_id)

    async def close(self) -> None:
        """Nothing is under way any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- what the engine is told ----

    async def _arrange(self, call_id: UUID) -> None:
        carried = self._carried.get(call_id)
        if carried is None:  # the engine lost it before its turn came
            self._waiting.discard(call_id)
            return
        async with carried.turn:
            # From here on a change counts as one that comes after this look at the call.
            self._waiting.discard(call_id)
            if self._carried.get(call_id) is not carried:
                self.due(call_id)  # it was lost meanwhile, and is carried anew
                return
            try:
                async with self._node.database.read() as session:
                    call = await get_call(session, call_id=call_id)
                await self._follow(call, carried)
            except NotFound:
                self.forget(call_id)
            except MediaError as error:
                log.warning("call.sound_refused", call=str(call_id), reason=str(error))
            except SERVER_AWAY as error:
                log.warning("call.sound_unread", call=str(call_id), error=type(error).__name__)
            except Exception:
                log.exception("call.sound_defect", call=str(call_id))

    async def _follow(self, call: Call, carried: _Carried) -> None:
        if call.state in (CallState.ENDED, CallState.CALLBACK):
            self.forget(call.id)
            await self.engine.end_call(call.id)
            return
        await self._set_gains(call, carried)
        there = {leg.id for leg in call.legs_in}
        for leg_id in set(carried.ears) - there:
            del carried.ears[leg_id]
            await self.engine.remove_leg(call.id, leg_id)
        for leg_id, hears in plan(call).hears.items():
            if leg_id in carried.ears:
                await self._set_ear(call, leg_id, carried.ears[leg_id], hears)
        self._tell_of_recording(call, carried)
        await self.recorder.follow(call)

    def _tell_of_recording(self, call: Call, carried: _Carried) -> None:
        """Whoever talks hears that they are asked, recorded, or no longer."""
        said = notices(carried.recording, call.recording)
        carried.recording = call.recording
        for leg in call.legs_in:
            ear = carried.ears.get(leg.id)
            if ear is None or ear.hears is not Hears.OTHERS or leg.mode is not Mode.TALK:
                continue
            is_customer = leg.role is LegRole.CUSTOMER
            if line := said.get("customer" if is_customer else "shop"):
                self._play(call, leg.id, ear, (line,))
            if is_customer and call.recording == "announced" and ear.playback_id is None:
                self._announce(call, carried, leg.id, ear)
        if call.recording != "announced":
            carried.is_announced = False

    def _announce(self, call: Call, carried: _Carried, leg_id: UUID, ear: _Ear) -> None:
        """Once they have heard it, they are recorded. Put on hold meanwhile, they hear it anew."""
        if carried.is_announced:
            return

        async def heard() -> None:
            carried.is_announced = True
            async with self._node.database.begin() as session:
                await recording_announced(session, call_id=call.id)

        self._play(call, leg_id, ear, (Line(Prompt.RECORDING_ANNOUNCED),), then=heard)

    async def _take_message(self, call: Call, leg_id: UUID, ear: _Ear) -> None:
        """The customer speaks now, until they hang up or it is long enough."""
        async with self._node.database.begin() as session:
            await tone_heard(session, call_id=call.id)
        await asyncio.sleep(LONGEST.total_seconds())

        async def thanked() -> None:
            async with self._node.database.begin() as session:
                await message_over(session, call_id=call.id)

        if self._carried.get(call.id) is not None and ear.hears is Hears.VOICEMAIL:
            self._play(call, leg_id, ear, (Line(Prompt.VOICEMAIL_THANKS),), then=thanked)

    async def _set_gains(self, call: Call, carried: _Carried) -> None:
        gains = plan(call).gains
        if carried.gains != gains:
            await self.engine.set_gains(call.id, gains)
            carried.gains = gains

    async def _set_ear(self, call: Call, leg_id: UUID, ear: _Ear, hears: Hears) -> None:
        """The leg hears what it should; what is playing rightly goes on."""
        is_new = ear.hears is not hears
        if is_new:
            ear.hears, ear.heard, ear.then = hears, Heard(), None
            if ear.playback_id is not None or hears is Hears.OTHERS:
                ear.playback_id = None
                await self.engine.stop_playing(call.id, leg_id)
        if hears is Hears.OTHERS:
            return
        if hears is Hears.VOICEMAIL:
            if is_new:
                lines = _FIRST_LINES[hears]
                self._play(
                    call, leg_id, ear, lines, then=partial(self._take_message, call, leg_id, ear)
                )
        elif hears is Hears.QUEUE:
            await self._next_in_queue(call, leg_id, ear)
        elif is_new:
            self._play(call, leg_id, ear, _FIRST_LINES[hears])
        elif ear.playback_id is None:
            self._play(call, leg_id, ear, (_MUSIC,))

    async def _next_in_queue(self, call: Call, leg_id: UUID, ear: _Ear) -> None:
        async with self._node.database.read() as session:
            view = await customer_call(session, call_id=call.id)
        if view.position is None:
            return  # it has changed since, and that is due already
        waiting = Waiting(
            position=view.position,
            wait_seconds=view.wait.high_seconds if view.wait else None,
            since=call.queued_at or call.created_at,
            is_callback_possible=view.is_callback_offered,
            is_attended=view.is_attended,
        )
        turn = next_turn(ear.heard, waiting, at=now(), is_silent=ear.playback_id is None)
        if turn is not None:
            ear.heard = turn.heard
            self._play(call, leg_id, ear, turn.lines)

    def _play(
        self,
        call: Call,
        leg_id: UUID,
        ear: _Ear,
        lines: Sequence[Line],
        *,
        then: Then | None = None,
    ) -> None:
        """Prompts may have to be rendered first, which nothing else waits for."""
        ear.playback_id, ear.then = new_id(), then
        self._run(self._play_when_ready(call, leg_id, ear, tuple(lines), ear.playback_id))

    def _heard_to_the_end(self, call_id: UUID, ear: _Ear) -> None:
        then, ear.playback_id, ear.then = ear.then, None, None
        if then is not None:
            self._run(self._do(call_id, then))
        self.due(call_id)

    async def _do(self, call_id: UUID, then: Then) -> None:
        try:
            await then()
        except SERVER_AWAY as error:
            log.warning("call.not_followed", call=str(call_id), error=type(error).__name__)
        except Exception:
            log.exception("call.sound_defect", call=str(call_id))

    async def _play_when_ready(
        self, call: Call, leg_id: UUID, ear: _Ear, lines: tuple[Line, ...], playback_id: UUID
    ) -> None:
        library: PromptLibrary | None = self._node.parts.get(PromptLibrary)
        if library is None:
            return
        try:
            sounds = await library.sounds(
                lines, shop_id=call.shop_id, locale=as_locale(call.locale) or DEFAULT_LOCALE
            )
            if ear.playback_id != playback_id:
                return
            if sounds:
                await self.engine.play(call.id, leg_id, playback_id=playback_id, sounds=sounds)
            elif ear.then is not None:
                self._heard_to_the_end(call.id, ear)  # it was read instead
        except MediaError as error:
            log.warning("call.not_played", call=str(call.id), reason=str(error))
        except SERVER_AWAY as error:
            log.warning("call.not_played", call=str(call.id), reason=type(error).__name__)
