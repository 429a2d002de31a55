"""A phone's line: plain RTP with PCMU or PCMA, and digits of their own (RFC 3551, RFC 4733)."""

import asyncio
import contextlib
import struct
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from stoa.contact.calls.media.engine import RtpAddress
from stoa.contact.calls.media.worker import g711, network, rtcp
from stoa.contact.calls.media.worker.browser import Speaker
from stoa.contact.calls.media.worker.opus import Samples
from stoa.contact.calls.media.worker.outgoing import Outgoing

_HEADER = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
_PHONE_RATE = 8_000
_EVENTS = "0123456789*#ABCD"
# The payload type that trunks give telephone-event unless told otherwise.
_EVENT_TYPE = 101
_EVENT_TICKS = 8
_END, _VOLUME = 0x80, 10
_LARGEST = 2048


class PhoneSpeaker(Speaker, Protocol):
    def digit(self, digit: str) -> None: ...


class PhoneLine:
    """One RTP session with a phone or a trunk, on a port of its own, until `close`."""

    is_plain = True
    is_over = False

    def __init__(
        self, where: network.Where, *, remote: RtpAddress, law: g711.Law, speaker: PhoneSpeaker
    ) -> None:
        """Listens on a free port of the range.

        Raises:
            OSError: there is none.
        """
        self.silence = g711.silence(law)
        self.heard_at = time.monotonic()
        self.is_connected = False
        self.reception = rtcp.Reception(_PHONE_RATE)
        self.received = self.lost = 0
        self.lost_by_them = 0.0
        self.out = Outgoing(law, self._send, rate=_PHONE_RATE)
        self._law = law
        self._speaker = speaker
        self._remote: tuple[str, int] = (remote.host, remote.port)
        self._source: object = object()
        self._ssrc: int | None = None
        self._event_heard: int | None = None
        self._events: deque[tuple[bytes, bool]] = deque()
        self._event_began = 0
        is_six = ":" in remote.host
        mine = [it for it in where.addresses if (":" in it) is is_six] or list(where.addresses)
        self._socket = network.bind(where, mine[0])
        self._where = where
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)

    def address(self) -> RtpAddress:
        """Where the phone is to send."""
        host, port = self._socket.getsockname()[:2]
        return RtpAddress(self._where.public_address or host, port)

    # ---- for the leg ----

    def decoder(self) -> Callable[[bytes], Samples | None]:
        return g711.decoder(self._law)

    def encoder(self) -> Callable[[Samples], bytes | None]:
        return g711.encoder(self._law)

    def report(self, now: float, *, lost_beyond: float) -> None:
        """Plain RTP goes without reports; trunks count for themselves."""

    def send_digit(self, digit: str) -> bool:
        """The digit goes out instead of sound, 160 ms and its end three times."""
        code = _EVENTS.index(digit)
        for tick in range(1, _EVENT_TICKS + 4):
            is_end = tick > _EVENT_TICKS
            length = min(tick, _EVENT_TICKS) * g711.PHONE_FRAME
            payload = _EVENT.pack(code, _VOLUME | (_END if is_end else 0), length)
            self._events.append((payload, tick == 1))
        return True

    def close(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._socket.close()

    # ---- within ----

    def _send(self, packet: bytes) -> None:
        if self._events:
            payload, is_first = self._events.popleft()
            _, _, sequence, timestamp, ssrc = _HEADER.unpack_from(packet)
            if is_first:
                self._event_began = timestamp
            kind = _EVENT_TYPE | (0x80 if is_first else 0)
            packet = _HEADER.pack(0x80, kind, sequence, self._event_began, ssrc) + payload
        with contextlib.suppress(OSError):
            self._socket.sendto(packet, self._remote)

    def _read(self) -> None:
        while True:
            try:
                data, address = self._socket.recvfrom(_LARGEST)
            except (BlockingIOError, ConnectionError):
                return
            if len(data) > 12 and data[0] >> 6 == 2:
                self._receive(data, address)

    def _receive(self, data: bytes, address: Any) -> None:
        if address[0] != self._remote[0]:
            return  # a stranger: only the one we call may speak
        # Behind a NAT it sends from another port than it says.
        self._remote = (address[0], address[1])
        first, kind, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
        begin = 12 + 4 * (first & 15)
        if first & 0x10:
            begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4], "big")
        end = len(data) - data[-1] if first & 0x20 else len(data)
        if begin >= end:
            return
        now = self.heard_at = time.monotonic()
        if ssrc != self._ssrc:
            self.received += self.reception.received
            self.lost += self.reception.lost
            self.reception = rtcp.Reception(_PHONE_RATE)
            self._ssrc, self._source = ssrc, object()
        self.reception.add(sequence, timestamp, now)
        if not self.is_connected:
            self.is_connected = True
            self._speaker.connected()
        payload = data[begin:end]
        if kind & 0x7F == self._law:
            self._speaker.packet(self._source, sequence, timestamp * 6, kind >= 0x80, payload)
        elif kind & 0x7F >= 96 and len(payload) == _EVENT.size:
            self._hear_event(payload[0], timestamp)

    def _hear_event(self, code: int, timestamp: int) -> None:
        """A digit's packets all carry the time it began; it is pressed once."""
        if timestamp != self._event_heard and code < len(_EVENTS):
            self._event_heard = timestamp
            self._speaker.digit(_EVENTS[code])
