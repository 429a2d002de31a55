"""A leg of a call: what it hears, who hears it, and the line it is reached by."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol
from uuid import UUID

import numpy as np

from stoa.contact.calls.media.engine import LegStats, Side
from stoa.contact.calls.media.ogg import FRAME, samples_in
from stoa.contact.calls.media.worker.opus import Decoder, Playout, Samples, mix
from stoa.contact.calls.media.worker.outgoing import Outgoing
from stoa.contact.calls.media.worker.rtcp import Reception

LOST_SECONDS = 4.0
# Long enough for any browser on any network; a page that never comes is not waited for.
NEVER_CAME_SECONDS = 20.0
_LONGEST_PAUSE_SECONDS = 0.6  # with DTX a browser still sends every 0.4 s
_QUIET_TICKS = 25
_NOTHING = np.zeros(FRAME, np.int16)
# What stands for silence where a stream asks for its source.
_SILENT = object()


class Line(Protocol):
    """How a leg is reached: a browser's peer connection, or a phone's plain RTP."""

    out: Outgoing
    heard_at: float
    is_connected: bool
    is_over: bool  # the other end said goodbye
    is_plain: bool  # its packets are no Opus, so they can go nowhere as they are
    silence: bytes  # a packet of 20 ms
    received: int  # of streams before the one that `reception` counts
    lost: int
    lost_by_them: float  # the share of what we sent, as the other end last reported it
    reception: Reception

    def decoder(self) -> Callable[[bytes], Samples | None]: ...

    def encoder(self) -> Callable[[Samples], bytes | None]: ...

    def report(self, now: float, *, lost_beyond: float) -> None: ...

    def send_digit(self, digit: str) -> bool:
        """True when the line has a way of its own for digits."""
        ...

    def close(self) -> None: ...


class Route(Enum):
    """How the sound for a leg is made."""

    SILENCE = auto()
    PASS = auto()  # one other leg's packets, as they come
    PLAY = auto()  # a file's packets, as they are
    MIX = auto()  # samples, added up and encoded


@dataclass(eq=False, slots=True)
class Playback:
    """Sounds that a leg hears one after the other, instead of anybody."""

    id: UUID
    packets: Sequence[bytes]
    is_looping: bool
    _at: int = 0
    _due: int = 0

    def next(self) -> bytes | None:
        """The packet for these 20 ms; None while a longer one still sounds."""
        self._due -= FRAME
        if self._due > 0 or self.is_over:
            return None
        packet = self.packets[self._at]
        self._at += 1
        if self.is_looping and self._at == len(self.packets):
            self._at = 0
        self._due = max(FRAME, samples_in(packet))
        return packet

    @property
    def is_over(self) -> bool:
        return self._at >= len(self.packets)

    @property
    def is_heard(self) -> bool:
        """The last packet has sounded as well."""
        return self.is_over and self._due <= -3 * FRAME


class LegListener(Protocol):
    """Whom a leg tells what happens on its line."""

    def leg_connected(self, leg: "Leg") -> None: ...

    def leg_lost(self, leg: "Leg") -> None: ...

    def leg_pressed(self, leg: "Leg", digit: str) -> None: ...


@dataclass(eq=False, slots=True)
class Leg:
    """Somebody in a call, through as many lines as it takes."""

    id: UUID
    side: Side
    listener: LegListener
    line: Line | None = None
    route: Route = Route.SILENCE
    playback: Playback | None = None
    tones: list[Samples] = field(default_factory=list)
    # Who hears this leg's packets as they are.
    passes: list["Leg"] = field(default_factory=list)
    # What is added up for this leg.
    sources: list[tuple["Leg", float]] = field(default_factory=list)
    is_decoded: bool = False
    has_pressed: bool = False
    is_lost: bool = False
    playout: Playout | None = None
    encode: Callable[[Samples], bytes | None] | None = None
    decode_sound: Callable[[bytes], Samples | None] | None = None
    opened_at: float = 0.0
    quiet_ticks: int = 0
    # Received, sent, lost, late on the lines before this one.
    _before: tuple[int, int, int, int] = (0, 0, 0, 0)

    def take_line(self, line: Line) -> None:
        """The leg is reached by this line from now on; the old one is silent."""
        self.drop_line()
        self.line = line
        self.is_lost = False
        self.opened_at = time.monotonic()

    def drop_line(self) -> None:
        """Nobody is reached any more; what the line counted is kept."""
        line, self.line = self.line, None
        if line is None:
            return
        self._before = self._counts(line)
        self.playout = None
        self.encode = None
        line.close()

    def keep_late(self) -> None:
        """The buffer is let go; what came too late for it is not forgotten."""
        if self.playout is not None:
            received, sent, lost, late = self._before
            self._before = (received, sent, lost, late + self.playout.late)
            self.playout = None

    # ---- from the line ----

    def packet(
        self, source: object, sequence: int, timestamp: int, marker: bool, payload: bytes
    ) -> None:
        """Somebody spoke: to those who hear the packets, and into the mix."""
        for other in self.passes:
            # Nothing is sent to where nobody says any more that it is wanted (RFC 7675).
            if other.line is not None and not other.is_lost:
                other.line.out.forward(source, sequence, timestamp, marker, payload)
        if self.is_decoded:
            playout = self.playout
            if playout is None:
                assert self.line is not None, "it brought the packet"
                playout = self.playout = Playout(self.line.decoder())
            playout.add(source, timestamp, payload)

    def connected(self) -> None:
        self.is_lost = False
        self.listener.leg_connected(self)

    def hung_up(self) -> None:
        if not self.is_lost:
            self.is_lost = True
            self.listener.leg_lost(self)

    def digit(self, digit: str) -> None:
        self.listener.leg_pressed(self, digit)

    # ---- every second ----

    def look_at_line(self, now: float) -> None:
        """Reports go out; a line that fell silent is lost until it is heard again."""
        line = self.line
        if line is None:
            return
        hearers = [leg.line for leg in self.passes if leg.line is not None]
        line.report(now, lost_beyond=max((it.lost_by_them for it in hearers), default=0.0))
        if line.is_connected:
            is_silent = now - line.heard_at > LOST_SECONDS
        else:
            is_silent = now - self.opened_at > NEVER_CAME_SECONDS
        if is_silent and not self.is_lost:
            self.is_lost = True
            self.listener.leg_lost(self)
        elif not is_silent and self.is_lost and line.is_connected and not line.is_over:
            self.connected()

    def stats(self) -> LegStats:
        counts = self._counts(self.line) if self.line is not None else self._before
        received, sent, lost, late = counts
        return LegStats(
            leg_id=self.id,
            packets_received=received,
            packets_sent=sent,
            packets_lost=lost,
            jitter_ms=round(self.line.reception.jitter_ms, 2) if self.line is not None else 0.0,
            late_frames=late,
        )

    def _counts(self, line: Line) -> tuple[int, int, int, int]:
        received, sent, lost, late = self._before
        return (
            received + line.received + line.reception.received,
            sent + line.out.packets,
            lost + line.lost + line.reception.lost,
            late + (self.playout.late if self.playout is not None else 0),
        )

    # ---- every 20 ms ----

    def speak(self, timestamp: int, now: float, blocks: Mapping["Leg", Samples]) -> None:
        """Sends what is to be heard in these 20 ms, unless it comes by itself."""
        line = self.line
        if line is None or not line.is_connected or self.is_lost:
            return
        if self.route is Route.MIX:
            self._speak_mix(line, timestamp, blocks)
        elif self.route is Route.PASS:
            # Silent until the other's first packet, and again when none came for a while.
            if line.out.source is _SILENT or now - line.out.sent_at > _LONGEST_PAUSE_SECONDS:
                line.out.emit(_SILENT, timestamp, line.silence)
        elif self.playback is None:
            line.out.emit(_SILENT, timestamp, line.silence)
        elif (packet := self.playback.next()) is not None:
            line.out.emit(self.playback, timestamp, packet)
        elif self.playback.is_over:
            line.out.emit(_SILENT, timestamp, line.silence)

    def _speak_mix(self, line: Line, timestamp: int, blocks: Mapping["Leg", Samples]) -> None:
        mixed = self._mixed(blocks)
        if mixed is None:
            self.quiet_ticks += 1
            if self.quiet_ticks > _QUIET_TICKS:
                line.out.emit(_SILENT, timestamp, line.silence)
                return
            mixed = _NOTHING
        else:
            self.quiet_ticks = 0
        if self.encode is None:
            self.encode = line.encoder()
        packet = self.encode(mixed)
        if packet is not None:
            line.out.emit(self, timestamp, packet)

    def _mixed(self, blocks: Mapping["Leg", Samples]) -> Samples | None:
        if self.tones:
            return self.tones.pop(0)
        if self.playback is not None:
            packet = self.playback.next()
            if packet is None:
                return None
            if self.decode_sound is None:
                self.decode_sound = Decoder().decode
            block = self.decode_sound(packet)
            return None if block is None or len(block) != FRAME else block
        return mix((blocks[leg], gain) for leg, gain in self.sources if leg in blocks)
