"""The stream that a line sends: one clock and one numbering, whatever it is made of just now."""

import secrets
import struct
import time
from collections.abc import Callable

from stoa.contact.calls.media.ogg import RATE

_HEADER = struct.Struct("!BBHII")


class Outgoing:
    """RTP towards one listener.

    Packets of a source keep their distances, in numbers and in time, so that what was lost or left
    out (DTX) on the way to us looks the same on the way from us. When another source takes over,
    it is joined on where the clock stands, and the listener's jitter buffer notices nothing.
    """

    __slots__ = (
        "_first",
        "_has_sent",
        "_payload_type",
        "_rate",
        "_send",
        "_sequence",
        "_sequence_offset",
        "_timestamp",
        "_timestamp_offset",
        "octets",
        "packets",
        "sent_at",
        "source",
        "ssrc",
    )

    def __init__(
        self, payload_type: int, send: Callable[[bytes], None], *, rate: int = RATE
    ) -> None:
        """Prepares a stream; `send` takes whole RTP packets, timestamps count at `rate`."""
        self._rate = rate
        self.ssrc = secrets.randbits(32)
        self.packets = self.octets = 0
        self.sent_at = 0.0
        self._payload_type = payload_type
        self._send = send
        self.source: object = None  # whose packets went out last
        self._has_sent = False
        # In the lower half: SRTP loses count when the first packets wrap and are lost.
        self._sequence = secrets.randbits(15)
        self._timestamp = secrets.randbits(32)
        self._first = 0
        self._sequence_offset = self._timestamp_offset = 0

    def forward(
        self, source: object, sequence: int, timestamp: int, marker: bool, payload: bytes
    ) -> None:
        """Sends a packet of `source` under our own numbers."""
        now = time.monotonic()
        if source is not self.source:
            self._begin(source, sequence, timestamp, now)
            marker = True
        sequence = (sequence + self._sequence_offset) & 0xFFFF
        # Older than where this source began here: another source had these numbers, and SRTP must
        # never see one twice.
        if (sequence - self._first) & 0xFFFF >= 0x8000:
            return
        timestamp = (timestamp + self._timestamp_offset) & 0xFFFFFFFF
        ahead = (sequence - self._sequence) & 0xFFFF
        if ahead < 0x8000:
            self._sequence = sequence
            self._timestamp = timestamp
            # The window moves along, so that half of all numbers are never "older".
            if (sequence - self._first) & 0xFFFF > 0x1000:
                self._first = (sequence - 0x800) & 0xFFFF
            self.sent_at = now
        self._has_sent = True
        self.packets += 1
        self.octets += len(payload)
        kind = self._payload_type | 0x80 if marker else self._payload_type
        self._send(_HEADER.pack(0x80, kind, sequence, timestamp, self.ssrc) + payload)

    def emit(self, source: object, timestamp: int, payload: bytes) -> None:
        """Sends a packet that was made here, where none can be missing on the way.

        `timestamp` counts at 48 kHz, as the worker's clock does.
        """
        timestamp = timestamp * self._rate // RATE
        if source is self.source:
            self._sequence_offset = 0
            sequence = (self._sequence + 1) & 0xFFFF
        else:
            sequence = 0
        self.forward(source, sequence, timestamp, False, payload)

    def timestamp_now(self) -> int:
        """Where the stream's clock stands now, for reports."""
        elapsed = time.monotonic() - self.sent_at if self._has_sent else 0.0
        return (self._timestamp + int(elapsed * self._rate)) & 0xFFFFFFFF

    def _begin(self, source: object, sequence: int, timestamp: int, now: float) -> None:
        self.source = source
        self._first = (self._sequence + 1) & 0xFFFF
        self._sequence_offset = self._first - sequence
        elapsed = int((now - self.sent_at) * self._rate) if self._has_sent else 0
        joined = self._timestamp + max(self._rate // 50, elapsed)
        self._timestamp_offset = joined - timestamp
