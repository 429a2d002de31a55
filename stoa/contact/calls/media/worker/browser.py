"""A browser's line: ICE-lite, DTLS and SRTP, all on the worker's one port (RFC 8827)."""

import asyncio
import secrets
import struct
import time
from collections.abc import Callable
from typing import Any, Protocol

import pylibsrtp
import structlog
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)

from stoa.contact.calls.media.ogg import RATE, SILENCE
from stoa.contact.calls.media.worker import rtcp
from stoa.contact.calls.media.worker.network import Network, Port
from stoa.contact.calls.media.worker.opus import Decoder, Encoder, Samples
from stoa.contact.calls.media.worker.outgoing import Outgoing
from stoa.contact.calls.media.worker.sdp import Offer, OurSide, write_answer

log = structlog.get_logger()

_HEADER = struct.Struct("!BBHII")
_BITS_PER_SECOND = 48_000
_EFFORT = 5
_MOVED_SECONDS = 1.0
_HANDSHAKE_SECONDS = 20.0
# A browser that sends nothing of its own (its microphone is taken away) counts as there after this.
_SILENT_SECONDS = 1.0


class Speaker(Protocol):
    """Who owns a line: hears its packets and what becomes of it."""

    def packet(
        self, source: object, sequence: int, timestamp: int, marker: bool, payload: bytes
    ) -> None: ...

    def connected(self) -> None: ...

    def hung_up(self) -> None: ...


class _Wire:
    """What aiortc's DTLS sees of the network; the role is fixed by the answer."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._to_network = send

    async def _recv(self) -> bytes:
        data = await self.inbox.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._to_network(data)


class BrowserLine:
    """One peer connection of a browser, from the answer to its offer until `close`."""

    is_plain = False
    silence = SILENCE

    def __init__(
        self, network: Network, certificate: RTCCertificate, offer: Offer, speaker: Speaker
    ) -> None:
        self.offer = offer
        self.password = secrets.token_hex(16)
        self.out = Outgoing(offer.payload_type, self._send_rtp)
        self.heard_at = time.monotonic()
        self.is_connected = False
        self.is_over = False
        self.lost_by_them = 0.0
        self.reception = rtcp.Reception(RATE)
        self.received = self.lost = 0
        self._network = network
        self._speaker = speaker
        self._user = secrets.token_hex(4)
        self._source: object = object()
        self._ssrc: int | None = None
        self._port: Port | None = None
        self._address: Any = None
        self._is_nominated = False
        self._wire = _Wire(self._send_raw)
        self._dtls = RTCDtlsTransport(self._wire, [certificate])  # type: ignore[arg-type]  # all it uses of an RTCIceTransport
        # The answer says "active" unless the browser insists.
        self._dtls._set_role("server" if offer.is_dtls_client else "client")
        self._dtls.on("statechange", self._dtls_changed)
        self._handshake: asyncio.Task[None] | None = None
        self._receive: pylibsrtp.Session | None = None
        self._protect: Callable[[bytes], bytes] | None = None
        self._is_closed = False
        network.add(self._user, self)

    def answer(self) -> str:
        fingerprints = self._dtls.getLocalParameters().fingerprints
        return write_answer(
            self.offer,
            OurSide(
                user=self._user,
                password=self.password,
                fingerprint=next(it.value for it in fingerprints if it.algorithm == "sha-256"),
                ssrc=self.out.ssrc,
                addresses=self._network.announced(),
            ),
        )

    # ---- from the network ----

    def reach(self, port: Port, address: Any, *, is_nominated: bool) -> None:
        """The browser knocked from here; what it nominates is where we send.

        Checks that only ask whether we are still there nominate nothing. When they come from
        elsewhere and the nominated address is silent, the browser was moved (a NAT forgot it).
        """
        now = time.monotonic()
        is_moved = now - self.heard_at > _MOVED_SECONDS
        self.heard_at = now
        if is_nominated or is_moved or not self._is_nominated:
            self._port, self._address = port, address
            self._is_nominated = is_nominated or self._is_nominated
        if self._handshake is None and not self._is_closed:
            self._handshake = asyncio.get_running_loop().create_task(self._shake_hands())

    def dtls_received(self, data: bytes) -> None:
        self._wire.inbox.put_nowait(data)

    def rtp_received(self, data: bytes) -> None:
        """Sound goes to the speaker, reports are read; what is not in order is dropped."""
        receive = self._receive
        if receive is None or len(data) < 12:
            return
        now = self.heard_at = time.monotonic()
        try:
            if 192 <= data[1] <= 223:
                self._read_reports(receive.unprotect_rtcp(data), now)
                return
            plain = receive.unprotect(data)
        except pylibsrtp.Error:
            return
        first, kind, sequence, timestamp, ssrc = _HEADER.unpack_from(plain)
        if kind & 0x7F != self.offer.payload_type:
            return
        if ssrc != self._ssrc:
            self._begin_stream(ssrc)
        begin = 12 + 4 * (first & 15)
        if first & 0x10:
            begin += 4 + 4 * int.from_bytes(plain[begin + 2 : begin + 4], "big")
        end = len(plain) - plain[-1] if first & 0x20 else len(plain)
        self.reception.add(sequence, timestamp, now)
        if begin < end:
            self._speaker.packet(self._source, sequence, timestamp, kind >= 0x80, plain[begin:end])
        if not self.is_connected:
            self._connected()

    # ---- for the leg ----

    def decoder(self) -> Callable[[bytes], Samples | None]:
        return Decoder().decode

    def encoder(self) -> Callable[[Samples], bytes | None]:
        return Encoder(bits_per_second=_BITS_PER_SECOND, effort=_EFFORT).encode

    def send_digit(self, digit: str) -> bool:  # noqa: ARG002 - a browser hears tones
        return False

    def report(self, now: float, *, lost_beyond: float) -> None:
        """Tells the browser how its sound comes in, and how ours should have gone out."""
        if self._protect is None:
            return
        blocks = []
        if self._ssrc is not None:
            blocks.append(self.reception.block(self._ssrc, now, lost_beyond=lost_beyond))
        if self.out.packets:
            data = rtcp.sender_report(
                self.out.ssrc,
                timestamp=self.out.timestamp_now(),
                packets=self.out.packets,
                octets=self.out.octets,
                blocks=blocks,
            )
        else:
            data = rtcp.receiver_report(self.out.ssrc, blocks=blocks)
        assert self._dtls._tx_srtp is not None, "it is there with the keys"
        self._send_raw(self._dtls._tx_srtp.protect_rtcp(data))

    def close(self) -> None:
        """The line is silent, and the browser is told so."""
        if self._is_closed:
            return
        self._is_closed = True
        self._network.remove(self._user, self)
        self._receive = self._protect = None
        if self._handshake is not None:
            self._handshake.cancel()
        self._closing = asyncio.get_running_loop().create_task(self._dtls.stop())

    # ---- within ----

    async def _shake_hands(self) -> None:
        fingerprints = [RTCDtlsFingerprint(*pair) for pair in self.offer.fingerprints]
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                await self._dtls.start(RTCDtlsParameters(fingerprints=fingerprints))
        except TimeoutError:
            log.info("media.handshake_timed_out")
            return
        if self._dtls.state != "connected":
            log.info("media.handshake_failed")
            return
        self._receive = self._dtls._rx_srtp
        self._protect = self._dtls._tx_srtp.protect
        if not self.offer.is_heard:
            self._connected()
            return
        await asyncio.sleep(_SILENT_SECONDS)
        self._connected()

    def _dtls_changed(self) -> None:
        """A page that is closed or reloaded says goodbye; that is quicker than missing it."""
        if self._dtls.state in ("closed", "failed") and not self._is_closed:
            self.is_over = True
            self._speaker.hung_up()

    def _connected(self) -> None:
        if not self.is_connected and not self._is_closed:
            self.is_connected = True
            self._speaker.connected()

    def _begin_stream(self, ssrc: int) -> None:
        self.received += self.reception.received
        self.lost += self.reception.lost
        self.reception = rtcp.Reception(RATE)
        self._ssrc = ssrc
        self._source = object()

    def _read_reports(self, data: bytes, now: float) -> None:
        for report in rtcp.read_reports(data):
            if isinstance(report, rtcp.SenderReport):
                if report.ssrc == self._ssrc:
                    self.reception.heard_report(report, now)
            elif report.ssrc == self.out.ssrc:
                self.lost_by_them = report.fraction_lost / 256

    def _send_rtp(self, packet: bytes) -> None:
        protect = self._protect
        if protect is None:
            return
        try:
            data = protect(packet)
        except pylibsrtp.Error:
            return
        self._send_raw(data)

    def _send_raw(self, data: bytes) -> None:
        if self._port is not None:
            self._port.send(data, self._address)
