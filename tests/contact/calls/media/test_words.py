"""What browsers and strangers send: offers, reports and checks, whole and broken."""

import asyncio
import contextlib
import socket
import time

import pytest
from aioice import stun
from aiortc.rtp import RtcpPacket, RtcpRrPacket, RtcpSdesPacket, RtcpSrPacket
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.calls.media.worker import rtcp
from stoa.contact.calls.media.worker.network import Network, Port, Where
from stoa.contact.calls.media.worker.sdp import (
    OurSide,
    UnreadableOffer,
    read_offer,
    write_answer,
)
from tests.contact.calls.media.test_embedded import OFFER

OURS = OurSide(
    user="us", password="p" * 22, fingerprint="AA:BB", ssrc=7, addresses=[("192.0.2.1", 40_000)]
)


def test_an_offer_is_answered_line_by_line() -> None:
    offer = read_offer(OFFER)
    assert offer.payload_type == 111
    assert offer.is_heard
    answer = write_answer(offer, OURS)
    # One line of media for each that was offered, in their order; the picture is refused.
    assert [it.split()[:2] for it in answer.splitlines() if it.startswith("m=")] == [
        ["m=video", "0"],
        ["m=audio", "40000"],
    ]
    assert "a=group:BUNDLE a\r\n" in answer
    assert "a=setup:active" in answer
    assert "a=ice-lite" in answer
    assert "a=rtpmap:111 opus/48000/2" in answer
    assert answer.endswith("\r\n")


@pytest.mark.parametrize(
    ("offered", "answered"),
    [("sendrecv", "sendrecv"), ("sendonly", "recvonly"), ("recvonly", "sendonly")],
)
def test_the_direction_is_mirrored(offered: str, answered: str) -> None:
    answer = write_answer(read_offer(OFFER.replace("sendrecv", offered)), OURS)
    assert f"a={answered}\r\n" in answer


def test_a_browser_that_insists_begins_the_handshake() -> None:
    answer = write_answer(read_offer(OFFER.replace("setup:actpass", "setup:active")), OURS)
    assert "a=setup:passive\r\n" in answer


def test_candidates_of_the_offer_are_not_looked_at() -> None:
    named = OFFER + "a=candidate:1 1 udp 1 nobody-knows-me.local 9 typ host\r\n"
    assert read_offer(named) == read_offer(OFFER)


@pytest.mark.parametrize("missing", ["a=rtpmap", "a=fingerprint", "a=rtcp-mux", "m=audio"])
def test_an_offer_without_what_it_needs_is_refused(missing: str) -> None:
    lines = [line for line in OFFER.split("\r\n") if not line.startswith(missing)]
    with pytest.raises(UnreadableOffer):
        read_offer("\r\n".join(lines))


@given(st.lists(st.one_of(st.sampled_from(OFFER.split("\r\n")), st.text(max_size=30))))
def test_no_offer_raises_anything_else(lines: list[str]) -> None:
    with contextlib.suppress(UnreadableOffer):
        write_answer(read_offer("\r\n".join(lines)), OURS)


def test_reports_are_the_standards() -> None:
    reception = rtcp.Reception(48_000)
    now = 50.0
    for sequence in (65_534, 65_535, 2, 3):  # two were lost on the way round
        reception.add(sequence, sequence * 960, now)
        now += 0.02
    reception.heard_report(rtcp.SenderReport(5, 0x12345678), now)
    block = reception.block(5, now + 0.5)
    data = rtcp.sender_report(9, timestamp=4_800, packets=10, octets=800, blocks=[block])
    sender, name = RtcpPacket.parse(data)
    assert isinstance(sender, RtcpSrPacket)
    assert isinstance(name, RtcpSdesPacket)
    assert (sender.ssrc, sender.sender_info.packet_count) == (9, 10)
    [report] = sender.reports
    assert (report.ssrc, report.packets_lost, report.lsr) == (5, 2, 0x12345678)
    assert report.fraction_lost == 2 * 256 // 6
    assert report.highest_sequence == 0x10003
    assert report.dlsr == 32_768
    [receiver, _] = RtcpPacket.parse(rtcp.receiver_report(9, blocks=[block]))
    assert isinstance(receiver, RtcpRrPacket)
    assert receiver.reports == [report]


def test_others_reports_are_read() -> None:
    block = rtcp.Reception(48_000).block(5, 1.0)
    data = rtcp.sender_report(9, timestamp=1, packets=1, octets=1, blocks=[block])
    first, second = rtcp.read_reports(data)
    assert isinstance(first, rtcp.SenderReport)
    assert isinstance(second, rtcp.ReceiverBlock)
    assert (first.ssrc, second.ssrc) == (9, 5)


@given(st.binary(max_size=120))
def test_broken_reports_are_left_out(data: bytes) -> None:
    list(rtcp.read_reports(data))
    list(rtcp.read_reports(b"\x81\xc8" + data))


def test_jitter_is_how_unevenly_packets_come() -> None:
    even, uneven = rtcp.Reception(48_000), rtcp.Reception(48_000)
    for number in range(200):
        even.add(number, number * 960, number * 0.02)
        uneven.add(number, number * 960, number * 0.02 + (0.01 if number % 2 else 0))
    assert even.jitter_ms == pytest.approx(0, abs=0.01)
    assert uneven.jitter_ms == pytest.approx(10, abs=0.5)
    assert even.lost == 0


class Line:
    password = "secret-of-the-line-0123"

    def __init__(self) -> None:
        self.reached: list[tuple[object, bool]] = []

    def reach(self, port: Port, address: object, *, is_nominated: bool) -> None:
        self.reached.append((address, is_nominated))

    def rtp_received(self, data: bytes) -> None:
        raise AssertionError("nobody sent any")

    def dtls_received(self, data: bytes) -> None:
        raise AssertionError("nobody sent any")


def check(user: str, password: str) -> bytes:
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = f"{user}:them"
    request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity(password.encode())
    return bytes(request)


async def test_only_who_knows_the_password_reaches_a_line() -> None:
    network = Network(Where(addresses=["127.0.0.1"], public_address=None, ports=range(0)))
    line = Line()
    network.add("ours", line)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as browser:
            browser.setblocking(False)
            browser.connect(network.announced()[0])
            good = check("ours", Line.password)
            for bad in (
                check("ours", "a-guess-of-the-password"),
                check("nobody", Line.password),
                good[:-1],
                good[:30],
                b"\x00\x01\x00\x00",
                b"\x80" * 40,  # sound of nobody
                b"\x16" * 40,  # a handshake with nobody
                b"\xff" * 2_000,
            ):
                browser.send(bad)
            browser.send(good)
            answer = await answered(browser)
            assert answer.message_class == stun.Class.RESPONSE
            assert answer.attributes["XOR-MAPPED-ADDRESS"] == browser.getsockname()
            assert answer.check_message_integrity(Line.password.encode())
            assert line.reached == [(browser.getsockname(), True)]
            network.remove("ours", line)
            browser.send(good)
            await asyncio.sleep(0.1)
            with pytest.raises(BlockingIOError):
                browser.recv(2_000)
            assert len(line.reached) == 1
    finally:
        network.close()


async def answered(browser: socket.socket) -> stun.Message:
    until = time.monotonic() + 20
    while True:
        try:
            return stun.parse_message(browser.recv(2_000))
        except BlockingIOError:
            assert time.monotonic() < until
            await asyncio.sleep(0.01)
