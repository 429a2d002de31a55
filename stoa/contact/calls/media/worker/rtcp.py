"""Reports about sound: how it came in, and what the other end says of ours (RFC 3550, 6.4)."""

import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

_SENDER = struct.Struct("!BBHIQIII")
_RECEIVER = struct.Struct("!BBHI")
_BLOCK = struct.Struct("!IIIIII")
_SR, _RR, _SDES = 200, 201, 202
# Seconds from 1900, where NTP begins, to 1970.
_NTP_EPOCH = 2_208_988_800


@dataclass(frozen=True, slots=True)
class SenderReport:
    ssrc: int
    ntp_middle: int


@dataclass(frozen=True, slots=True)
class ReceiverBlock:
    ssrc: int
    fraction_lost: int  # of 256


class Reception:
    """What came in of one stream: loss and jitter as RFC 3550, A.3 and A.8 count them."""

    __slots__ = (
        "_base",
        "_clock",
        "_cycles",
        "_expected_before",
        "_highest",
        "_jitter",
        "_received_before",
        "_report",
        "_transit",
        "received",
    )

    def __init__(self, clock_rate: int) -> None:
        self._clock = clock_rate
        self.received = 0
        self._base = self._highest = self._cycles = 0
        self._transit: float | None = None
        self._jitter = 0.0
        self._expected_before = self._received_before = 0
        self._report: tuple[int, float] | None = None

    def add(self, sequence: int, timestamp: int, now: float) -> None:
        """One more packet came at `now` (monotonic seconds)."""
        if self.received == 0:
            self._base = self._highest = sequence
        else:
            ahead = (sequence - self._highest) & 0xFFFF
            if 0 < ahead < 0x8000:
                if sequence < self._highest:
                    self._cycles += 0x10000
                self._highest = sequence
        self.received += 1
        transit = now * self._clock - timestamp
        if self._transit is not None:
            # A timestamp that wrapped, or a stream that began anew, is no jitter.
            difference = abs(transit - self._transit)
            if difference < self._clock:
                self._jitter += (difference - self._jitter) / 16
        self._transit = transit

    def heard_report(self, report: SenderReport, now: float) -> None:
        """The sender's own report came; ours will say how long ago, so it learns the round trip."""
        self._report = (report.ntp_middle, now)

    @property
    def lost(self) -> int:
        return max(0, self._expected() - self.received)

    @property
    def jitter_ms(self) -> float:
        return self._jitter * 1000 / self._clock

    def _expected(self) -> int:
        return self._cycles + self._highest - self._base + 1 if self.received else 0

    def block(self, ssrc: int, now: float, *, lost_beyond: float = 0.0) -> bytes:
        """What a report says of this stream since the last one.

        `lost_beyond`: the share that was lost behind us, on the way to who hears the packets as
        they are. The speaker's codec protects the sound (Opus' in-band FEC) as far as it knows of
        losses.
        """
        expected = self._expected()
        since, got = expected - self._expected_before, self.received - self._received_before
        self._expected_before, self._received_before = expected, self.received
        here = max(0.0, (since - got) / since) if since > 0 else 0.0
        fraction = min(255, int(256 * (1 - (1 - here) * (1 - lost_beyond))))
        last, delay = 0, 0
        if self._report is not None:
            last, delay = self._report[0], int((now - self._report[1]) * 65536) & 0xFFFFFFFF
        return _BLOCK.pack(
            ssrc,
            fraction << 24 | min(self.lost, 0x7FFFFF),
            (self._cycles + self._highest) & 0xFFFFFFFF,
            int(self._jitter) & 0xFFFFFFFF,
            last,
            delay,
        )


def ntp_now() -> int:
    """The time of day in NTP's 32.32 bits."""
    return int((time.time() + _NTP_EPOCH) * 2**32) & 0xFFFFFFFFFFFFFFFF


def sender_report(
    ssrc: int, *, timestamp: int, packets: int, octets: int, blocks: list[bytes]
) -> bytes:
    """A report with what we sent, what we heard, and our name (which RFC 3550, 6.1 wants)."""
    words = 6 + 6 * len(blocks)
    head = _SENDER.pack(
        0x80 | len(blocks), _SR, words, ssrc, ntp_now(), timestamp & 0xFFFFFFFF,
        packets & 0xFFFFFFFF, octets & 0xFFFFFFFF,
    )  # fmt: skip
    return head + b"".join(blocks) + _name(ssrc)


def receiver_report(ssrc: int, *, blocks: list[bytes]) -> bytes:
    """The same from one who has sent nothing yet."""
    words = 1 + 6 * len(blocks)
    return _RECEIVER.pack(0x80 | len(blocks), _RR, words, ssrc) + b"".join(blocks) + _name(ssrc)


def _name(ssrc: int) -> bytes:
    items = b"\x01\x04stoa\x00\x00"
    return struct.pack("!BBHI", 0x81, _SDES, 1 + len(items) // 4, ssrc) + items


def read_reports(data: bytes) -> Iterator[SenderReport | ReceiverBlock]:
    """What is in a compound packet of reports; the rest, and anything broken, is left out."""
    at = 0
    while at + 8 <= len(data):
        first, kind, words = struct.unpack_from("!BBH", data, at)
        end = at + 4 * (words + 1)
        if first >> 6 != 2 or end > len(data):
            return
        blocks = at + 8
        if kind == _SR and end - at >= 28:
            ssrc, ntp = struct.unpack_from("!IQ", data, at + 4)
            yield SenderReport(ssrc, ntp >> 16 & 0xFFFFFFFF)
            blocks = at + 28
        if kind in (_SR, _RR):
            for number in range(first & 31):
                begin = blocks + number * _BLOCK.size
                if begin + _BLOCK.size > end:
                    break
                ssrc, lost = struct.unpack_from("!II", data, begin)
                yield ReceiverBlock(ssrc, lost >> 24)
        at = end
