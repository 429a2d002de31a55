"""The stream towards a listener: one numbering and one clock, whoever speaks."""

import itertools
import struct
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.calls.media.worker import outgoing
from stoa.contact.calls.media.worker.outgoing import Outgoing


@dataclass(frozen=True)
class Sent:
    marker: bool
    kind: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(outgoing, "time", made)
    return made


def stream() -> tuple[Outgoing, list[Sent]]:
    sent: list[Sent] = []

    def take(packet: bytes) -> None:
        first, kind, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", packet)
        assert first == 0x80
        sent.append(Sent(kind >= 128, kind & 127, sequence, timestamp, ssrc, packet[12:]))

    return Outgoing(111, take), sent


def steps(sent: list[Sent]) -> list[tuple[int, int]]:
    return [
        ((b.sequence - a.sequence) & 0xFFFF, (b.timestamp - a.timestamp) & 0xFFFFFFFF)
        for a, b in itertools.pairwise(sent)
    ]


def test_losses_and_pauses_are_passed_on(clock: Clock) -> None:
    out, sent = stream()
    for sequence, timestamp in ((65534, 4294966000), (65535, 4294966960), (1, 1584), (2, 20784)):
        out.forward("customer", sequence, timestamp, False, b"x")
    assert steps(sent) == [(1, 960), (2, 1920), (1, 19200)]
    assert [it.marker for it in sent] == [True, False, False, False]
    assert {it.kind for it in sent} == {111}
    assert {it.ssrc for it in sent} == {out.ssrc}


def test_another_source_joins_on_where_the_clock_stands(clock: Clock) -> None:
    out, sent = stream()
    out.forward("customer", 7, 1000, False, b"a")
    clock.now += 0.02
    out.forward("customer", 8, 1960, False, b"b")
    clock.now += 0.5
    out.emit("music", 960 * 77, b"c")
    clock.now += 0.02
    out.emit("music", 960 * 78, b"d")
    clock.now += 0.02
    out.forward("customer", 40, 90_000, False, b"e")
    assert steps(sent) == [(1, 960), (1, 24_000), (1, 960), (1, 960)]
    assert [it.marker for it in sent] == [True, False, True, False, True]


def test_a_packet_older_than_its_turn_is_not_sent(clock: Clock) -> None:
    """Another source had these numbers; under one key, no number may stand for two packets."""
    out, sent = stream()
    out.forward("customer", 100, 0, False, b"a")
    out.emit("music", 960, b"m")
    out.forward("customer", 103, 2880, False, b"d")
    out.forward("customer", 102, 1920, False, b"c")
    out.forward("customer", 104, 3840, False, b"e")
    assert [it.payload for it in sent] == [b"a", b"m", b"d", b"e"]


def test_packets_in_the_wrong_order_keep_their_places(clock: Clock) -> None:
    out, sent = stream()
    for sequence in (10, 12, 11, 13):
        out.forward("customer", sequence, sequence * 960, False, bytes([sequence]))
    first = sent[0].sequence
    assert [it.sequence - first for it in sent] == [0, 2, 1, 3]


def test_a_long_call_goes_round(clock: Clock) -> None:
    out, sent = stream()
    for number in range(200_000):
        out.forward("customer", number & 0xFFFF, number * 960 & 0xFFFFFFFF, False, b"")
    assert len(sent) == 200_000
    assert set(steps(sent)) == {(1, 960)}


TURNS = st.lists(
    st.tuples(
        st.sampled_from(["customer", "agent", "music", "mix"]),
        st.integers(0, 30),
        st.floats(0, 2),
    ),
    min_size=1,
    max_size=60,
)


@given(TURNS)
def test_no_number_is_ever_used_twice(turns: list[tuple[str, int, float]]) -> None:
    out, sent = stream()
    sequences = {"customer": 65_500, "agent": 12}
    seen: set[tuple[str, int]] = set()
    for source, jump, _ in turns:
        if source in sequences:
            sequence = (sequences[source] + jump - 8) & 0xFFFF
            if (source, sequence) in seen:
                continue  # SRTP let it through once
            seen.add((source, sequence))
            sequences[source] = sequence
            out.forward(source, sequence, sequence * 960, False, b"")
        else:
            out.emit(source, 960 * jump, b"")
    used = [it.sequence for it in sent]
    assert len(used) == len(set(used))
