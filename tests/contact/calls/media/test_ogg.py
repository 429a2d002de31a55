"""Ogg Opus files: read back by another program's code, cut off anywhere, and strangers' files."""

from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.calls.media.ogg import (
    FRAME,
    PRE_SKIP,
    SILENCE,
    OggError,
    OggWriter,
    checksum,
    duration_ms,
    joined,
    packets_of,
    pages_of,
    samples_in,
)


def slow_checksum(data: bytes) -> int:
    """CRC-32 bit by bit, as RFC 3533 has it."""
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
            value &= 0xFFFFFFFF
    return value


@given(st.binary(max_size=200))
def test_the_checksum_is_the_standards(data: bytes) -> None:
    assert checksum(data) == slow_checksum(data)


def write(path: Path, packets: list[bytes], *, channels: int = 1) -> Path:
    writer = OggWriter(path, channels=channels, packets_per_page=7)
    for packet in packets:
        writer.add(packet)
    writer.close()
    return path


@given(st.lists(st.binary(min_size=1, max_size=700), max_size=30))
def test_packets_come_back(tmp_path_factory: pytest.TempPathFactory, packets: list[bytes]) -> None:
    path = write(tmp_path_factory.mktemp("ogg") / "sound.ogg", packets)
    assert packets_of(path.read_bytes()) == packets
    assert duration_ms(path) == max(0, len(packets) * FRAME - PRE_SKIP) // 48


@pytest.mark.parametrize("channels", [1, 2])
def test_others_can_play_it(tmp_path: Path, channels: int) -> None:
    packet = SILENCE if channels == 1 else joined(SILENCE, SILENCE)
    path = write(tmp_path / "sound.ogg", [packet] * 60, channels=channels)
    with av.open(str(path)) as file:
        stream = file.streams.audio[0]
        assert stream.codec_context.channels == channels
        samples = sum(frame.samples for frame in file.decode(stream))
    assert samples == 60 * FRAME - PRE_SKIP


def test_what_was_written_before_the_end_can_be_played(tmp_path: Path) -> None:
    writer = OggWriter(tmp_path / "sound.ogg", channels=1, packets_per_page=10)
    for _ in range(25):
        writer.add(SILENCE)
    data = (tmp_path / "sound.ogg").read_bytes()
    assert len(packets_of(data)) == 20
    assert len(packets_of(data[:-3])) == 10  # the last page is torn
    writer.close()


def test_joined_streams_stay_whole() -> None:
    for length in (1, 251, 252, 255, 256, 400, 1000):
        first = b"\xf8" + bytes(length)
        both = joined(first, SILENCE)
        size = both[1] if both[1] < 252 else both[1] + 4 * both[2]
        begin = 2 if both[1] < 252 else 3
        assert size == length
        assert both[begin + size :] == SILENCE


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (SILENCE, 960),
        (b"", 0),
        (b"\x78", 960),
        (b"\x08", 960),
        (b"\x00", 480),
        (b"\x79", 1920),
        (b"\x7b\x03", 2880),
        (b"\xe0", 120),
        (b"\x18", 2880),
    ],
)
def test_the_length_of_a_packet_is_read_from_its_head(packet: bytes, samples: int) -> None:
    assert samples_in(packet) == samples


@pytest.mark.parametrize("data", [b"", b"RIFF" + bytes(60), b"OggS", b"OggS" + bytes(23)])
def test_a_strangers_file_is_refused(data: bytes) -> None:
    with pytest.raises(OggError):
        packets_of(data)


@given(st.binary(max_size=300))
def test_nothing_else_is_ever_raised(data: bytes) -> None:
    for candidate in (data, b"OggS" + data):
        try:
            list(pages_of(candidate))
            packets_of(candidate)
        except OggError:
            pass
