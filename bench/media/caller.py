"""Browsers without browsers, light enough that hundreds fit beside the engine they load.

Each has a socket of its own, knocks once, shakes hands, and sends 50 packets a second; when a
packet left stands in its last bytes, so that what is passed on says itself how long it took.
"""

import asyncio
import itertools
import secrets
import socket
import struct
import time
from collections.abc import Awaitable, Callable

import pylibsrtp
from aioice import stun
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)

_HEADER = struct.Struct("!BBHII")
_SENT_AT = struct.Struct("!d")
_PAYLOAD_TYPE = 111
FRAME = 960
_KNOCK_EVERY_SECONDS = 0.2
PACKET_BYTES = 80


class _Wire:
    role = "controlling"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._to_network = send

    async def _recv(self) -> bytes:
        return await self.inbox.get()

    async def _send(self, data: bytes) -> None:
        self._to_network(data)


class Caller:
    """One browser's side of a line."""

    def __init__(
        self, certificate: RTCCertificate, packets: list[bytes], *, is_stamped: bool
    ) -> None:
        """Prepares a caller who says these packets; stamped ones can be no sound any more."""
        self.sent = self.received = 0
        self.delays: list[float] = []
        self.connected_seconds = 0.0
        self.first_heard_at: float | None = None
        # Whoever is not looked at closely only counts, so that more fit into the load program.
        self.is_measured = True
        self.click: bytes | None = None  # said once, instead of what was its turn
        self.clicked_at = 0.0
        self.hear: Callable[[bytes, float], None] | None = None
        self._is_stamped = is_stamped
        self._packets = itertools.cycle(packets)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._user, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._certificate = certificate
        self._wire = _Wire(self._send)
        self._dtls = RTCDtlsTransport(self._wire, [certificate])  # type: ignore[arg-type]  # all it uses of an RTCIceTransport
        self._ssrc = secrets.randbits(32)
        self._sequence, self._timestamp = secrets.randbits(14), secrets.randbits(31)
        self._reached = asyncio.Event()
        self._unprotect: Callable[[bytes], bytes] | None = None
        self._protect: Callable[[bytes], bytes] | None = None

    async def connect(self, answer: Callable[[str], Awaitable[str]]) -> None:
        """Sound flows both ways; how long that took is kept."""
        began = time.perf_counter()
        said = await answer(self._offer())
        value = dict(
            line[2:].split(":", 1) for line in said.splitlines() if line[:2] == "a=" and ":" in line
        )
        candidate = value["candidate"].split()
        self._socket.connect((candidate[4], int(candidate[5])))
        asyncio.get_running_loop().add_reader(self._socket, self._read)
        async with asyncio.timeout(30):
            await self._knock(value["ice-ufrag"], value["ice-pwd"])
            self._dtls._set_role("server")  # the answer is active
            algorithm, mark = value["fingerprint"].split()
            fingerprints = [RTCDtlsFingerprint(algorithm, mark)]
            await self._dtls.start(RTCDtlsParameters(fingerprints=fingerprints))
        assert self._dtls.state == "connected", self._dtls.state
        self._unprotect = self._dtls._rx_srtp.unprotect
        self._protect = self._dtls._tx_srtp.protect
        self.connected_seconds = time.perf_counter() - began

    def speak(self) -> None:
        """Sends the next 20 ms."""
        assert self._protect is not None, "it is connected"
        payload = next(self._packets)
        if self.click is not None:
            payload, self.click = self.click, None
            self.clicked_at = time.perf_counter()
        elif self._is_stamped:
            payload = payload[: -_SENT_AT.size] + _SENT_AT.pack(time.perf_counter())
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME) & 0xFFFFFFFF
        head = _HEADER.pack(0x80, _PAYLOAD_TYPE, self._sequence, self._timestamp, self._ssrc)
        self._send(self._protect(head + payload))
        self.sent += 1

    async def close(self) -> None:
        await self._dtls.stop()
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _offer(self) -> str:
        mark = next(
            it.value for it in self._certificate.getFingerprints() if it.algorithm == "sha-256"
        )
        return "\r\n".join(
            [
                "v=0",
                "o=- 1 1 IN IP4 0.0.0.0",
                "s=-",
                "t=0 0",
                f"m=audio 9 UDP/TLS/RTP/SAVPF {_PAYLOAD_TYPE}",
                "a=mid:0",
                "a=sendrecv",
                "a=rtcp-mux",
                f"a=ice-ufrag:{self._user}",
                f"a=ice-pwd:{self._password}",
                f"a=fingerprint:sha-256 {mark}",
                "a=setup:actpass",
                f"a=rtpmap:{_PAYLOAD_TYPE} opus/48000/2",
                "",
            ]
        )

    async def _knock(self, user: str, password: str) -> None:
        while not self._reached.is_set():
            check = stun.Message(
                message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST
            )
            check.attributes["USERNAME"] = f"{user}:{self._user}"
            check.attributes["PRIORITY"] = 1
            check.attributes["ICE-CONTROLLING"] = 1
            check.attributes["USE-CANDIDATE"] = None
            check.add_message_integrity(password.encode())
            self._send(bytes(check))
            try:
                await asyncio.wait_for(self._reached.wait(), _KNOCK_EVERY_SECONDS)
            except TimeoutError:
                continue

    def _send(self, data: bytes) -> None:
        try:
            self._socket.send(data)
        except OSError:
            return  # lost, as datagrams may be; the figures will tell

    def _read(self) -> None:
        while True:
            try:
                data = self._socket.recv(2048)
            except (BlockingIOError, ConnectionError):
                return
            first = data[0]
            if first < 4:
                self._reached.set()
            elif first < 64:
                self._wire.inbox.put_nowait(data)
            elif self._unprotect is not None and not 192 <= data[1] <= 223:
                self._take(data)

    def _take(self, data: bytes) -> None:
        assert self._unprotect is not None, "it was asked"
        if not self.is_measured:
            self.received += 1
            return
        try:
            payload = self._unprotect(data)[_HEADER.size :]
        except pylibsrtp.Error:
            return
        now = time.perf_counter()
        if self.first_heard_at is None:
            self.first_heard_at = now
        self.received += 1
        if self.hear is not None:
            self.hear(payload, now)
        elif self._is_stamped and len(payload) == PACKET_BYTES:
            self.delays.append(now - _SENT_AT.unpack_from(payload, PACKET_BYTES - 8)[0])


async def speaking(callers: list[Caller], seconds: float) -> None:
    """Everybody sends 50 packets a second for so long, evenly spread as in life."""
    began = time.perf_counter()
    for tick in range(round(seconds * 50)):
        for number, caller in enumerate(callers):
            due = began + tick * 0.02 + 0.02 * number / len(callers)
            if (wait := due - time.perf_counter()) > 0.0005:
                await asyncio.sleep(wait)
            elif number % 8 == 0:
                await asyncio.sleep(0)
            caller.speak()
