"""A phone without a phone: plain RTP in PCMU or PCMA, a tone, and keys (RFC 3551, RFC 4733)."""

import asyncio
import struct
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from typing import Any, Literal

import av
import numpy as np
import numpy.typing as npt
from av.audio.codeccontext import AudioCodecContext

from stoa.contact.calls.media.engine import RtpAddress
from tests.servers.tones import HEARD_DB, SILENT_DB, TONES, Samples

_HEADER = struct.Struct("!BBHII")
_RATE = 8_000
_FRAME = 160
_KEYS = "0123456789*#"
_CODECS: dict[Literal[0, 8], str] = {0: "pcm_mulaw", 8: "pcm_alaw"}


def _codec(payload: Literal[0, 8], mode: Literal["r", "w"]) -> AudioCodecContext:
    codec = av.CodecContext.create(_CODECS[payload], mode)
    assert isinstance(codec, AudioCodecContext)
    codec.sample_rate = _RATE
    codec.layout = "mono"
    codec.format = "s16"
    if mode == "w":
        codec.time_base = Fraction(1, _RATE)
    return codec


class Phone(asyncio.DatagramProtocol):
    """Speaks to where it is told, and keeps the last second of what it hears."""

    def __init__(self, payload: Literal[0, 8], tone: float) -> None:
        self._payload = payload
        self._tone = tone
        self._transport: asyncio.DatagramTransport | None = None
        self._to: tuple[str, int] | None = None
        self._sequence = 100
        self._timestamp = 5_000
        self._at = 0
        self._event: deque[bytes] = deque()
        self._event_began = 0
        self.heard: deque[npt.NDArray[np.int16]] = deque(maxlen=50)
        self.events: list[tuple[int, bool, int]] = []
        self._encoder = _codec(payload, "w")
        self._decoder = _codec(payload, "r")

    @property
    def address(self) -> RtpAddress:
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")
        return RtpAddress(host, port)

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        _, kind, _, timestamp, _ = _HEADER.unpack_from(data)
        if kind & 0x7F == self._payload:
            for frame in self._decoder.decode(av.Packet(data[12:])):
                self.heard.append(frame.to_ndarray()[0])
        elif kind & 0x7F == 101:
            self.events.append((data[12], bool(data[13] & 0x80), timestamp))

    def speak_to(self, address: RtpAddress) -> None:
        self._to = (address.host, address.port)

    def press(self, key: str) -> None:
        """The key goes out instead of the tone for 100 ms, its end three times."""
        code = _KEYS.index(key)
        for tick in range(1, 9):
            flags = 0x8A if tick > 5 else 0x0A
            self._event.append(struct.pack("!BBH", code, flags, _FRAME * min(tick, 5)))
        self._event_began = self._timestamp

    async def run(self) -> None:
        began = time.monotonic()
        while True:
            if self._to is not None:
                self._send(self._to)
            self._at += _FRAME
            await asyncio.sleep(max(0.0, began + self._at / _RATE - time.monotonic()))

    def _send(self, to: tuple[str, int]) -> None:
        assert self._transport is not None
        at = np.arange(self._at, self._at + _FRAME) / _RATE
        block = (0.3 * 32_767 * np.sin(2 * np.pi * self._tone * at)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(block[None, :], "s16", "mono")
        frame.sample_rate = _RATE
        payload = b"".join(bytes(packet) for packet in self._encoder.encode(frame))
        kind, timestamp = int(self._payload), self._timestamp
        if self._event:
            payload, kind, timestamp = self._event.popleft(), 101, self._event_began
        self._transport.sendto(
            _HEADER.pack(0x80, kind, self._sequence, timestamp, 0x1234) + payload, to
        )
        self._sequence += 1
        self._timestamp += _FRAME

    async def hears(self, *present: int, absent: tuple[int, ...] = ()) -> None:
        """Waits until half a second has the present tones and none of the absent."""
        until = time.monotonic() + 20.0
        while True:
            await asyncio.sleep(0.1)
            blocks = [*self.heard][-25:]
            found = _levels(np.concatenate(blocks) / 32_768.0) if len(blocks) == 25 else {}
            has_present = bool(found) and all(found[it] > HEARD_DB for it in present)
            # Eight bits are never as silent as sixteen.
            if has_present and all(found[it] < SILENT_DB + 20 for it in absent):
                return
            assert time.monotonic() < until, f"wanted {present} without {absent}: {found}"


def _levels(samples: Samples) -> dict[int, float]:
    window = np.blackman(samples.size)
    spectrum = 2 * np.abs(np.fft.rfft(samples * window)) / window.sum()
    per_bin = _RATE / samples.size
    return {
        tone: float(
            20 * np.log10(spectrum[round(tone / per_bin) - 3 : round(tone / per_bin) + 4].max())
        )
        for tone in TONES
    }


@asynccontextmanager
async def phone(payload: Literal[0, 8], tone: float) -> AsyncIterator[Phone]:
    """A phone on this machine, which hangs up afterwards."""
    loop = asyncio.get_running_loop()
    transport, made = await loop.create_datagram_endpoint(
        lambda: Phone(payload, tone), local_addr=("127.0.0.1", 0)
    )
    speaking = loop.create_task(made.run())
    try:
        yield made
    finally:
        speaking.cancel()
        transport.close()
