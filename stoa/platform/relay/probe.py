"""Asks a relay for an allocation as a browser does, gives it back, and says what was wrong."""

import asyncio
import os
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from stoa.platform.relay import stun
from stoa.platform.relay.addresses import RelayAddress
from stoa.platform.relay.credentials import Credentials
from stoa.platform.relay.stun import Attribute, Method, NotStun, Response

PATIENCE_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 0.5  # RFC 8489, section 6.2.1: then twice as long each time
_UNAUTHORISED = 401
_STALE_NONCE = 438


class Trouble(StrEnum):
    NAME_UNKNOWN = "name_unknown"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    NO_RELAY = "no_relay"  # something answers, and it is no relay
    UNAUTHORISED = "unauthorised"
    OPEN = "open"  # it relays for anybody
    REFUSED = "refused"  # with a code of its own


class RelayFailed(Exception):
    """The relay gives no allocation; `code` is the error it answered with, if it did."""

    def __init__(self, trouble: Trouble, *, detail: str = "", code: int = 0) -> None:
        super().__init__(trouble, detail, code)
        self.trouble = trouble
        self.detail = detail
        self.code = code


@dataclass(frozen=True, slots=True)
class Allocation:
    """Where the relay would have received for us."""

    host: str
    port: int


class Line(Protocol):
    """Carries one request to its response."""

    async def ask(self, data: bytes, transaction: bytes) -> Response: ...


async def allocate(
    address: RelayAddress,
    credentials: Credentials,
    *,
    tls: ssl.SSLContext | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Allocation:
    """The relay gave an allocation, which was given back at once.

    Raises:
        RelayFailed: it did not.
    """
    try:
        async with asyncio.timeout(patience_seconds), line_to(address, tls) as line:
            return await _allocate(line, credentials)
    except socket.gaierror as error:
        raise RelayFailed(Trouble.NAME_UNKNOWN, detail=address.host) from error
    except ssl.SSLCertVerificationError as error:
        raise RelayFailed(Trouble.CERTIFICATE, detail=error.verify_message) from error
    except ssl.SSLError as error:
        raise RelayFailed(Trouble.NO_RELAY, detail=error.reason or "no TLS") from error
    except TimeoutError as error:
        raise RelayFailed(Trouble.UNREACHABLE, detail="no answer") from error
    except (asyncio.IncompleteReadError, ConnectionResetError, NotStun) as error:
        raise RelayFailed(Trouble.NO_RELAY) from error
    except OSError as error:
        raise RelayFailed(Trouble.UNREACHABLE, detail=error.strerror or str(error)) from error


async def _allocate(line: Line, credentials: Credentials) -> Allocation:
    wanted = [(Attribute.REQUESTED_TRANSPORT, struct.pack("!I", stun.UDP_PROTOCOL << 24))]
    transaction = os.urandom(12)
    answer = await line.ask(
        stun.request(Method.ALLOCATE, transaction=transaction, attributes=wanted), transaction
    )
    if not answer.error:
        raise RelayFailed(Trouble.OPEN)
    challenge = answer
    for _ in range(2):  # a nonce may turn stale between two requests
        if Attribute.NONCE not in challenge.attributes:
            break
        answer = await ask_signed(line, challenge, credentials, Method.ALLOCATE, wanted)
        if answer.error != _STALE_NONCE:
            break
        challenge = answer
    if answer.error == _UNAUTHORISED:
        raise RelayFailed(Trouble.UNAUTHORISED, code=answer.error)
    if answer.error:
        raise RelayFailed(Trouble.REFUSED, code=answer.error)
    relayed = answer.attributes.get(Attribute.XOR_RELAYED_ADDRESS, b"")
    host, port = stun.read_address(relayed, transaction=answer.transaction)
    gone = [(Attribute.LIFETIME, struct.pack("!I", 0))]
    await ask_signed(line, challenge, credentials, Method.REFRESH, gone)
    return Allocation(host, port)


async def ask_signed(
    line: Line,
    challenge: Response,
    credentials: Credentials,
    method: Method,
    attributes: Sequence[tuple[Attribute, bytes]],
) -> Response:
    """What the relay answers to somebody who proves to know the password."""
    realm = challenge.attributes.get(Attribute.REALM, b"")
    key = stun.long_term_key(
        username=credentials.username,
        realm=realm.decode(errors="replace"),
        password=credentials.password,
    )
    transaction = os.urandom(12)
    signed = [
        *attributes,
        (Attribute.USERNAME, credentials.username.encode()),
        (Attribute.REALM, realm),
        (Attribute.NONCE, challenge.attributes[Attribute.NONCE]),
    ]
    data = stun.request(method, transaction=transaction, attributes=signed, key=key)
    return await line.ask(data, transaction)


# ---- lines --------------------------------------------------------------------------------------


@asynccontextmanager
async def line_to(address: RelayAddress, tls: ssl.SSLContext | None) -> AsyncIterator[Line]:
    """A way to ask this relay something, closed afterwards."""
    loop = asyncio.get_running_loop()
    if address.transport == "udp":
        transport, packets = await loop.create_datagram_endpoint(
            _Packets, remote_addr=(address.host, address.port)
        )
        try:
            yield _UdpLine(transport, packets)
        finally:
            transport.close()
        return
    context = (tls or ssl.create_default_context()) if address.transport == "tls" else None
    reader, writer = await asyncio.open_connection(address.host, address.port, ssl=context)
    try:
        yield _StreamLine(reader, writer)
    finally:
        writer.transport.abort()


class _Packets(asyncio.DatagramProtocol):
    """What came in; an error of the network (a closed port) is passed to whoever waits."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[bytes | OSError] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - asyncio calls it so
        self.received.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self.received.put_nowait(exc if isinstance(exc, OSError) else OSError(str(exc)))


class _UdpLine:
    def __init__(self, transport: asyncio.DatagramTransport, packets: _Packets) -> None:
        self._transport = transport
        self._packets = packets

    async def ask(self, data: bytes, transaction: bytes) -> Response:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            self._transport.sendto(data)
            try:
                async with asyncio.timeout(pause):
                    return await self._answer_to(transaction)
            except TimeoutError:
                pause *= 2

    async def _answer_to(self, transaction: bytes) -> Response:
        while True:
            received = await self._packets.received.get()
            if isinstance(received, OSError):
                raise received
            response = Response.parse(received)
            if response.transaction == transaction:
                return response


class _StreamLine:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, data: bytes, transaction: bytes) -> Response:
        self._writer.write(data)
        await self._writer.drain()
        while True:
            head = await self._reader.readexactly(stun.HEADER_BYTES)
            length = stun.length_of(head)
            response = Response.parse(head + await self._reader.readexactly(length))
            if response.transaction == transaction:
                return response
