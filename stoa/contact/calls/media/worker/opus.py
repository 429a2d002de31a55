"""Opus in and out of samples, 20 ms at a time, and the buffer that evens out the network."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray

from stoa.contact.calls.media.ogg import FRAME, RATE

Samples = NDArray[np.int16]

_TIME_BASE: Final = Fraction(1, RATE)
_FADE: Final = np.linspace(1.0, 0.5, FRAME, dtype=np.float32)
_MOST_WAITING = 25
_STARVED_TICKS = 5
_LEAST_DELAY, _MOST_DELAY = 2, 10
# Every two seconds, sound that always waits longer than it must is brought forward by one packet.
_REVIEW_TICKS = 100


def mix(parts: Iterable[tuple[Samples, float]]) -> Samples | None:
    """The sum of the blocks, each as loud as its gain says; None when there are none."""
    every = list(parts)
    if not every:
        return None
    if len(every) == 1 and every[0][1] == 1.0:
        return every[0][0]
    total = np.zeros(FRAME, np.float32)
    for block, gain in every:
        total += block * np.float32(gain)
    mixed: Samples = np.clip(total, -32768, 32767).astype(np.int16)
    return mixed


class Encoder:
    """Samples to Opus packets of 20 ms, mono."""

    def __init__(self, *, bits_per_second: int, effort: int = 3) -> None:
        """Opens the codec; `effort` goes from 0 to 10.

        For "audio" it works in frequencies alone: half the time that "voip" takes, and what is
        not spoken is not heard either (-66 dB beside a tone instead of -50).
        """
        codec = av.CodecContext.create("libopus", "w")
        assert isinstance(codec, AudioCodecContext), "Opus is sound"
        codec.bit_rate = bits_per_second
        codec.format = "s16"
        codec.layout = "mono"
        codec.sample_rate = RATE
        codec.time_base = _TIME_BASE
        codec.options = {"application": "audio", "compression_level": str(effort)}
        self._codec = codec
        self._frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME)
        self._frame.sample_rate = RATE
        self._frame.time_base = _TIME_BASE
        self._at = 0

    def encode(self, block: Samples) -> bytes | None:
        """The packet of these 960 samples; None while the codec still collects."""
        frame = self._frame
        frame.planes[0].update(block.tobytes())
        frame.pts = self._at
        self._at += FRAME
        packets = self._codec.encode(frame)
        return bytes(packets[0]) if packets else None


class Decoder:
    """Opus packets to samples, mono."""

    def __init__(self) -> None:
        """Opens the codec."""
        codec = av.CodecContext.create("libopus", "r")
        assert isinstance(codec, AudioCodecContext), "Opus is sound"
        codec.format = "s16"
        codec.layout = "mono"
        codec.sample_rate = RATE
        self._codec = codec

    def decode(self, packet: bytes) -> Samples | None:
        """The samples, or None for what is no Opus."""
        try:
            frames = self._codec.decode(av.Packet(packet))
        except av.FFmpegError:
            return None
        if not frames:
            return None
        blocks = [
            np.frombuffer(memoryview(frame.planes[0]), np.int16, count=frame.samples)
            for frame in frames
        ]
        return blocks[0].copy() if len(blocks) == 1 else np.concatenate(blocks)


class Playout:
    """A jitter buffer: packets go in as they come, 20 ms come out at each tick.

    It waits as short as the network lets it: a packet that came too late makes it wait longer, two
    seconds in which everything came early make it wait less.
    """

    def __init__(self, decode: Callable[[bytes], Samples | None]) -> None:
        """Prepares an empty buffer; timestamps count at 48 kHz, whatever the codec."""
        self.late = 0
        self._decode = decode
        self._packets: dict[int, bytes] = {}
        self._source: object = None
        self._newest = 0
        self._cursor: int | None = None
        self._delay = _LEAST_DELAY
        self._waited = 0
        self._starved = 0
        self._left: Samples = np.zeros(0, np.int16)
        self._last: Samples | None = None
        self._least_depth = _MOST_WAITING
        self._ticks = 0

    def add(self, source: object, timestamp: int, packet: bytes) -> None:
        """The packet is played when its time comes, or counted as late."""
        if source is not self._source:
            self._source = source
            self._packets.clear()
            self._cursor = None
            self._newest = timestamp
        # Timestamps wrap after a day; inside, they do not.
        step = ((timestamp - self._newest + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        at = self._newest + step
        self._newest = max(self._newest, at)
        if self._cursor is not None and at < self._cursor:
            self.late += 1
            self._delay = min(_MOST_DELAY, self._delay + 1)
            self._cursor -= FRAME  # one concealed block more, and the next comes in time
            if at < self._cursor:
                return
        self._packets[at] = packet
        if len(self._packets) > _MOST_WAITING:
            for old in sorted(self._packets)[: -self._delay]:
                del self._packets[old]
            self._cursor = None
            self._waited = self._delay

    def pull(self) -> Samples | None:
        """The next 20 ms; None when there is nothing to be heard."""
        if len(self._left) >= FRAME:
            block, self._left = self._left[:FRAME], self._left[FRAME:]
            return block
        if self._cursor is None and not self._is_primed():
            return self._conceal()
        if not self._packets:
            self._starved += 1
            if self._starved >= _STARVED_TICKS:
                self._cursor = None
                self._waited = 0
            elif self._cursor is not None:
                self._cursor += FRAME
            return self._conceal()
        self._starved = 0
        return self._next()

    def _is_primed(self) -> bool:
        if not self._packets:
            return False
        self._waited += 1
        return self._waited > self._delay or len(self._packets) > self._delay

    def _next(self) -> Samples | None:
        self._review()
        first = min(self._packets)
        if self._cursor is None:
            self._cursor = first
            self._waited = 0
        if first >= self._cursor + FRAME:
            self._cursor += FRAME
            return self._conceal()
        block = self._decode(self._packets.pop(first))
        if block is None:
            self._cursor += FRAME
            return self._conceal()
        self._cursor = first + len(block)
        if len(self._left):
            block = np.concatenate((self._left, block))
        block, self._left = block[:FRAME], block[FRAME:]
        if len(block) < FRAME:  # packets of 10 ms: the other half comes with the next tick
            block = np.concatenate((block, np.zeros(FRAME - len(block), np.int16)))
        self._last = block
        return block

    def _review(self) -> None:
        """Drops one packet when for two seconds there was always one more than needed."""
        self._least_depth = min(self._least_depth, len(self._packets))
        self._ticks += 1
        if self._ticks < _REVIEW_TICKS:
            return
        if self._least_depth > _LEAST_DELAY and self._cursor is not None:
            first = min(self._packets)
            del self._packets[first]
            self._cursor = first + FRAME
            self._delay = max(_LEAST_DELAY, self._delay - 1)
        self._ticks, self._least_depth = 0, _MOST_WAITING

    def _conceal(self) -> Samples | None:
        """What was heard last, fading: a hole of 20 ms is not noticed, a longer one is silent."""
        if self._last is None:
            return None
        faded: Samples = (self._last * _FADE).astype(np.int16)
        self._last = (faded * np.float32(0.5)).astype(np.int16)
        if not self._last.any():
            self._last = None
        return faded
