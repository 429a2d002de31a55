"""The jitter buffer: whole sound out of packets that come late, twice, out of order or never."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.calls.media.ogg import FRAME
from stoa.contact.calls.media.worker.opus import Playout, Samples, mix


def decode(packet: bytes) -> Samples | None:
    """A codec whose packets are a number and how many frames long they are."""
    if packet == b"broken":
        return None
    number, frames = packet
    return np.full(frames * FRAME // 2, number, np.int16)


def packet(number: int, *, milliseconds: int = 20) -> bytes:
    return bytes([number, milliseconds // 10])


def heard(block: Samples | None) -> int:
    return 0 if block is None else int(block[-1])


def test_packets_come_out_in_order() -> None:
    playout = Playout(decode)
    for number in (1, 3, 2, 4):
        playout.add("one", number * FRAME, packet(number))
    assert [heard(playout.pull()) for _ in range(4)] == [1, 2, 3, 4]
    assert playout.late == 0


def test_it_waits_for_a_second_packet_before_the_first_is_heard() -> None:
    playout = Playout(decode)
    out = []
    for number in range(1, 8):
        playout.add("one", number * FRAME, packet(number))
        out.append(heard(playout.pull()))
    assert out == [0, 0, 1, 2, 3, 4, 5]


def test_a_hole_fades_and_what_comes_after_keeps_its_time() -> None:
    playout = Playout(decode)
    for number in (40, 41, 43, 44):
        playout.add("one", number * FRAME, packet(number))
    out = [heard(playout.pull()) for _ in range(5)]
    assert out[:2] == [40, 41]
    assert 0 < out[2] < 41
    assert out[3:] == [43, 44]


def test_a_broken_packet_is_a_hole() -> None:
    playout = Playout(decode)
    playout.add("one", 0, packet(40))
    playout.add("one", FRAME, b"broken")
    playout.add("one", 2 * FRAME, packet(42))
    out = [heard(playout.pull()) for _ in range(3)]
    assert out[0] == 40
    assert out[1] < 40
    assert out[2] == 42


def test_silence_follows_the_last_packet() -> None:
    playout = Playout(decode)
    for number in range(3):
        playout.add("one", number * FRAME, packet(100))
    out = [heard(playout.pull()) for _ in range(30)]
    assert out[:3] == [100] * 3
    assert out[-10:] == [0] * 10
    assert out[3:] == sorted(out[3:], reverse=True)


@pytest.mark.parametrize("milliseconds", [10, 20, 40, 60])
def test_packets_of_any_length_are_cut_to_the_clock(milliseconds: int) -> None:
    playout = Playout(decode)
    step = milliseconds * 48
    out = []
    at = 0
    for tick in range(60):
        while at < (tick + 1) * FRAME:
            playout.add("one", at, packet(7, milliseconds=milliseconds))
            at += step
        block = playout.pull()
        out.append(None if block is None else len(block))
    assert out[10:] == [FRAME] * 50


def test_a_late_packet_makes_it_wait_longer() -> None:
    """After it, packets of the same lateness come in time."""
    playout = Playout(decode)
    arrivals: dict[int, list[int]] = {}
    for number in range(60):
        tick = number + (4 if number % 10 == 9 else 0)
        arrivals.setdefault(tick, []).append(number)
    late = []
    for tick in range(64):
        for number in arrivals.get(tick, []):
            playout.add("one", number * FRAME, packet(1))
        playout.pull()
        late.append(playout.late)
    assert 1 <= late[-1] <= 4
    assert late[-1] == late[30]


def test_what_always_waits_too_long_is_brought_forward() -> None:
    """A sender whose clock is fast, or a burst after a pause, does not delay a call for good."""
    playout = Playout(decode)
    for number in range(8):
        playout.add("one", number * FRAME, packet(1))
    number, depth = 8, []
    for _ in range(1_200):
        playout.add("one", number * FRAME, packet(number % 200))
        number += 1
        depth.append((number - 1) % 200 - heard(playout.pull()))
    assert depth[150] > 3
    assert depth[-1] <= 3


def test_another_stream_begins_anew() -> None:
    playout = Playout(decode)
    for number in range(5):
        playout.add("one", 4_294_960_000 + number * FRAME, packet(1))
    assert heard(playout.pull()) == 1
    for number in range(5):
        playout.add("two", 77 + number * FRAME, packet(2))
    assert heard(playout.pull()) == 2


def test_a_timestamp_that_wraps_is_no_break() -> None:
    playout = Playout(decode)
    begin = 2**32 - 3 * FRAME
    for number in range(6):
        playout.add("one", (begin + number * FRAME) % 2**32, packet(number + 1))
    assert [heard(playout.pull()) for _ in range(6)] == [1, 2, 3, 4, 5, 6]


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans(), st.integers(1, 6)), max_size=300))
def test_no_order_breaks_it(steps: list[tuple[int, bool, int]]) -> None:
    playout = Playout(decode)
    for number, is_pulled, length in steps:
        playout.add("one", number * FRAME, packet(1, milliseconds=length * 10))
        if is_pulled:
            block = playout.pull()
            assert block is None or len(block) == FRAME
    assert len(playout._packets) <= 26


def test_sums_do_not_wrap() -> None:
    loud = np.full(FRAME, 30_000, np.int16)
    mixed = mix([(loud, 1.0), (loud, 1.0)])
    assert mixed is not None
    assert set(mixed.tolist()) == {32_767}
    quiet = mix([(loud, 0.5)])
    assert quiet is not None
    assert set(quiet.tolist()) == {15_000}
    assert mix([]) is None
