"""A call's room: its legs, who hears whom, and what is recorded of it."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import structlog

from stoa.contact.calls.media.engine import (
    DigitPressed,
    Gains,
    LegConnected,
    LegLost,
    MediaEvent,
    PlaybackEnded,
    RecordingEnded,
    Side,
)
from stoa.contact.calls.media.worker.leg import Leg, Line, Playback, Route
from stoa.contact.calls.media.worker.opus import Samples, mix
from stoa.contact.calls.media.worker.recorder import Recorder
from stoa.contact.calls.media.worker.tones import key_tones

log = structlog.get_logger()

Made = TypeVar("Made", bound=Line)


class Room:
    """One call. Whenever something changes, `_arrange` says anew how each leg's sound is made."""

    def __init__(self, call_id: UUID, tell: Callable[[MediaEvent], None]) -> None:
        self.id = call_id
        self.legs: dict[UUID, Leg] = {}
        self._tell = tell
        self._gains: Gains = {}
        self._recorders: dict[UUID, Recorder] = {}
        self._decoded: list[Leg] = []
        self._left: list[Leg] = []
        self._right: list[Leg] = []

    # ---- who is in it ----

    def take_line(self, leg_id: UUID, *, side: Side, make: Callable[[Leg], Made]) -> Made:
        """The leg is reached by the line that `make` makes; one that was there before is silent."""
        leg = self.legs.get(leg_id)
        if leg is None:
            leg = Leg(id=leg_id, side=side, listener=self)
        line = make(leg)
        self.legs[leg_id] = leg
        leg.side = side
        leg.take_line(line)
        self._arrange()
        return line

    def remove(self, leg_id: UUID) -> None:
        leg = self.legs.pop(leg_id, None)
        if leg is not None:
            leg.drop_line()
            self._arrange()

    def set_gains(self, gains: Gains) -> None:
        self._gains = gains
        self._arrange()

    def leg_connected(self, leg: Leg) -> None:
        self._tell(LegConnected(self.id, leg.id))

    def leg_lost(self, leg: Leg) -> None:
        self._tell(LegLost(self.id, leg.id))

    def leg_pressed(self, leg: Leg, digit: str) -> None:
        self._tell(DigitPressed(self.id, leg.id, digit))

    # ---- what is played ----

    def play(self, leg_id: UUID, playback: Playback | None) -> None:
        """The leg hears this instead of the others; None: the others again."""
        leg = self.legs[leg_id]
        leg.playback = playback
        self._arrange()

    def press(self, leg_id: UUID, digit: str) -> None:
        leg = self.legs[leg_id]
        if leg.line is None or not leg.line.send_digit(digit):
            leg.tones += key_tones(digit)
            self._arrange()

    # ---- what is recorded ----

    def start_recording(self, recording_id: UUID, *, path: Path, channels: int) -> None:
        """The sides are written to the file from now on.

        Raises:
            OSError: it cannot be written.
        """
        if recording_id not in self._recorders:
            self._recorders[recording_id] = Recorder(path, channels=channels)
            self._arrange()

    async def stop_recording(self, recording_id: UUID) -> None:
        recorder = self._recorders.pop(recording_id, None)
        if recorder is None:
            return
        self._arrange()
        await asyncio.to_thread(recorder.close)
        if recorder.is_broken:
            log.error("media.recording_broken", recording_id=str(recording_id))
        self._tell(
            RecordingEnded(
                call_id=self.id,
                recording_id=recording_id,
                path=recorder.path,
                duration_ms=recorder.duration_ms,
                waveform=recorder.waveform,
                is_complete=not recorder.is_broken,
            )
        )

    async def close(self) -> None:
        """Nobody is in it any more, and its recordings are whole."""
        for leg_id in list(self.legs):
            self.remove(leg_id)
        for recording_id in list(self._recorders):
            await self.stop_recording(recording_id)

    # ---- the clock ----

    def tick(self, timestamp: int, now: float) -> None:
        """Everything that is not passed on by itself is sent and recorded: 20 ms of it."""
        blocks: dict[Leg, Samples] = {}
        for leg in self._decoded:
            if leg.playout is not None and (block := leg.playout.pull()) is not None:
                blocks[leg] = block
        for leg in self.legs.values():
            leg.speak(timestamp, now, blocks)
        if self._recorders:
            sides = tuple(
                mix((blocks[leg], 1.0) for leg in side if leg in blocks)
                for side in (self._left, self._right)
            )
            for recorder in self._recorders.values():
                recorder.write((sides[0], sides[1]))
        self._end_what_is_over()

    def look_at_lines(self) -> None:
        """Once a second: reports go out, and lines that fell silent are found."""
        now = time.monotonic()
        for leg in self.legs.values():
            leg.look_at_line(now)

    # ---- within ----

    def _end_what_is_over(self) -> None:
        is_changed = False
        for leg in self.legs.values():
            if leg.playback is not None and leg.playback.is_heard:
                self._tell(PlaybackEnded(self.id, leg.id, leg.playback.id))
                leg.playback = None
                is_changed = True
            if leg.has_pressed and not leg.tones:
                is_changed = True
        if is_changed:
            self._arrange()

    def _gain(self, speaker: Leg, hearer: Leg) -> float:
        return self._gains.get((speaker.id, hearer.id), 1.0)

    def _arrange(self) -> None:
        """Says for every leg how its sound is made, at the least cost."""
        legs = list(self.legs.values())
        for leg in legs:
            leg.passes = []
        needed: set[UUID] = set()
        for leg in legs:
            heard = [(it, self._gain(it, leg)) for it in legs if it is not leg]
            leg.sources = [(it, gain) for it, gain in heard if gain]
            leg.route = _route(leg)
            leg.has_pressed = bool(leg.tones)
            if leg.route is Route.PASS:
                leg.sources[0][0].passes.append(leg)
            elif leg.route is Route.MIX and leg.playback is None:
                needed |= {it.id for it, _ in leg.sources}
        self._left, self._right = self._sides(legs) if self._recorders else ([], [])
        needed |= {leg.id for leg in (*self._left, *self._right)}
        self._decoded = [leg for leg in legs if leg.id in needed]
        for leg in legs:
            leg.is_decoded = leg.id in needed
            if not leg.is_decoded:
                leg.keep_late()

    def _sides(self, legs: list[Leg]) -> tuple[list[Leg], list[Leg]]:
        """Whose voice is on which side: only what the other side may hear is kept.

        So neither a supervisor who listens or whispers is in it, nor what a held customer says to
        nobody. A customer alone speaks to the recording itself.
        """
        customers = [leg for leg in legs if leg.side == "customer"]
        shop = [leg for leg in legs if leg.side == "shop"]
        left = [it for it in customers if not shop or any(self._gain(it, leg) for leg in shop)]
        right = [it for it in shop if any(self._gain(it, leg) for leg in customers)]
        return left, right


def _route(leg: Leg) -> Route:
    is_plain = leg.line is not None and leg.line.is_plain
    if leg.tones or (is_plain and (leg.playback is not None or leg.sources)):
        return Route.MIX
    if leg.playback is not None:
        return Route.PLAY
    if not leg.sources:
        return Route.SILENCE
    (source, gain), *others = leg.sources
    comes_plain = source.line is not None and source.line.is_plain
    return Route.MIX if others or gain != 1.0 or comes_plain else Route.PASS
