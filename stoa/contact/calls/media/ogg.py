"""Ogg Opus files, page by page (RFC 3533, RFC 7845): read to be played, written while spoken."""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

RATE = 48_000
FRAME = 960  # samples in 20 ms
# What an encoder looks ahead: the first samples of a file are not for ears (RFC 7845, 5.1).
PRE_SKIP = 312
# 20 ms of silence, one frame of the full band (RFC 6716, 3.1).
SILENCE = b"\xf8\xff\xfe"
_HEADER = struct.Struct("<4sBBqIIIB")
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
# Samples in one frame by the configuration number of a packet's first byte (RFC 6716, 3.1).
_FRAMES = (*(480, 960, 1920, 2880) * 3, *(480, 960) * 2, *(120, 240, 480, 960) * 4)


class OggError(ValueError):
    """The file is no Ogg Opus."""


@dataclass(frozen=True, slots=True)
class Page:
    flags: int
    granule: int
    serial: int
    segments: bytes
    body: bytes


def checksum(page: bytes) -> int:
    """The page's CRC-32, most significant bit first, as RFC 3533 wants it.

    zlib counts the same polynomial from the other end, so the bits are turned round.
    """
    turned = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(turned.to_bytes(4, "little").translate(_REVERSED), "big")


def samples_in(packet: bytes) -> int:
    """How long a packet sounds, at 48 kHz (RFC 6716, 3.2).

    >>> samples_in(SILENCE)
    960
    """
    if not packet:
        return 0
    count = packet[0] & 3
    frames = (1, 2, 2)[count] if count < 3 else (packet[1] & 63 if len(packet) > 1 else 0)
    return _FRAMES[packet[0] >> 3] * frames


def pages_of(data: bytes) -> Iterator[Page]:
    """The whole pages of a file; a page that was cut off at the end is left out.

    Raises:
        OggError: something that is no page stands between them.
    """
    at = 0
    while at + _HEADER.size <= len(data):
        capture, _, flags, granule, serial, _, _, count = _HEADER.unpack_from(data, at)
        if capture != b"OggS":
            raise OggError("This is no Ogg file.")
        begin = at + _HEADER.size + count
        segments = data[at + _HEADER.size : begin]
        end = begin + sum(segments)
        if len(segments) < count or end > len(data):
            return
        yield Page(flags, granule, serial, segments, data[begin:end])
        at = end


def packets_of(data: bytes) -> list[bytes]:
    """The sound of a file, without its two headers.

    Raises:
        OggError: it is no Ogg Opus file.
    """
    packets: list[bytes] = []
    begun = b""
    for page in pages_of(data):
        at = 0
        if not page.flags & _CONTINUED:
            begun = b""
        for length in page.segments:
            begun += page.body[at : at + length]
            at += length
            if length < 255:
                packets.append(begun)
                begun = b""
    if len(packets) < 2 or not packets[0].startswith(b"OpusHead"):
        raise OggError("This Ogg file holds no Opus.")
    return [packet for packet in packets[2:] if packet]


def duration_ms(path: Path) -> int:
    """How long a file sounds, also one whose writer was killed."""
    last = 0
    for page in pages_of(path.read_bytes()):
        last = max(last, page.granule)
    return max(0, last - PRE_SKIP) * 1000 // RATE


def joined(first: bytes, second: bytes) -> bytes:
    """One packet of two streams out of two of a single frame each (RFC 6716, appendix B).

    The two stay whole: what is in one is not in the other, not even as rounding.
    """
    length = len(first) - 1
    size = bytes([length]) if length < 252 else bytes([252 + (length & 3), (length - 252) >> 2])
    return first[:1] + size + first[1:] + second


class OggWriter:
    """An Ogg Opus file that can be played at any moment up to the last page written.

    With two channels each is a stream of its own (`joined`), left and right.
    """

    def __init__(self, path: Path, *, channels: int, packets_per_page: int = 50) -> None:
        """Begins the file.

        Raises:
            OSError: it cannot be written.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("wb", buffering=0)
        self._serial = int.from_bytes(os.urandom(4), "little")
        self._per_page = packets_per_page
        self._number = 0
        self._granule = 0
        self._waiting: list[bytes] = []
        mapping = b"\x00" if channels == 1 else b"\x01\x02\x00\x00\x01"
        head = struct.pack("<8sBBHIh", b"OpusHead", 1, channels, PRE_SKIP, RATE, 0) + mapping
        self._write([head], flags=_FIRST, granule=0)
        vendor = b"Stoa"
        tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
        self._write([tags], flags=0, granule=0)

    @property
    def samples(self) -> int:
        """How much sound was given so far."""
        return self._granule

    def add(self, packet: bytes) -> None:
        """The packet is in the file with the next page, a second later at most."""
        self._waiting.append(packet)
        self._granule += FRAME
        if len(self._waiting) >= self._per_page:
            self._flush(flags=0)

    def close(self) -> None:
        """The file is whole and on the disk."""
        if self._file.closed:
            return
        self._flush(flags=_LAST)
        os.fsync(self._file.fileno())
        self._file.close()

    def _flush(self, *, flags: int) -> None:
        waiting, self._waiting = self._waiting, []
        self._write(waiting, flags=flags, granule=self._granule)

    def _write(self, packets: list[bytes], *, flags: int, granule: int) -> None:
        lacing = b"".join(b"\xff" * (len(it) // 255) + bytes([len(it) % 255]) for it in packets)
        body = b"".join(packets)
        head = _HEADER.pack(b"OggS", 0, flags, granule, self._serial, self._number, 0, len(lacing))
        sum_ = checksum(head + lacing + body)
        self._number += 1
        page = head[:22] + struct.pack("<I", sum_) + head[26:] + lacing + body
        written = self._file.write(page)
        if written != len(page):
            raise OSError("The disk is full.")
