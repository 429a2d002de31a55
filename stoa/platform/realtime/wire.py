"""uvicorn's WebSocket protocol with a short way to the wire.

A frame that goes to many sockets is encoded once and written as it is: no coroutine, no framing
per socket, and a line that can be cut. uvicorn is told to use it by `ws=StoaWebSocket`; under any
other server the plain ASGI way is taken.
"""

import asyncio
import contextlib
from typing import Protocol

from starlette.types import Send
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from stoa.platform.realtime.outbox import TransportClosed
from stoa.platform.realtime.outgoing import Outgoing

# More than this is not held back for the next step of the loop.
MAX_UNWRITTEN_BYTES = 32 * 1024


class Wire(Protocol):
    """What is used of a server's WebSocket connection."""

    close_sent: bool
    writable: asyncio.Event
    transport: asyncio.Transport


class StoaWebSocket(WebSocketsSansIOProtocol):
    """The protocol of one socket, handed to the application in `scope["extensions"]`."""

    async def run_asgi(self) -> None:
        self.scope["extensions"]["stoa.wire"] = self  # type: ignore[assignment]  # uvicorn types its own extensions only
        await super().run_asgi()


class Flusher:
    """Writes what many connections were given, each in one piece, two steps of the loop later.

    An event and the acknowledgement that follows it one step behind leave together: a system call
    saved for every command.
    """

    def __init__(self) -> None:
        self._waiting: list[WireTransport] = []

    def add(self, transport: "WireTransport") -> None:
        self._waiting.append(transport)
        if len(self._waiting) == 1:
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._flush)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for transport in waiting:
            transport.flush()


class WireTransport:
    """Straight to the server's transport."""

    name = "websocket"
    __slots__ = ("_bytes", "_flusher", "_pieces", "_send", "_wire")

    def __init__(self, wire: Wire, send: Send, flusher: Flusher) -> None:
        self._wire = wire
        self._send = send
        self._flusher = flusher
        self._pieces: list[bytes] | None = None
        self._bytes = 0

    def offer(self, frame: Outgoing) -> bool:
        wire = self._wire
        if wire.close_sent or wire.transport.is_closing():
            raise TransportClosed
        if not wire.writable.is_set():
            return False
        piece = frame.wire
        if self._pieces is None:
            self._pieces = [piece]
            self._flusher.add(self)
        else:
            self._pieces.append(piece)
        self._bytes += len(piece)
        if self._bytes > MAX_UNWRITTEN_BYTES:
            self.flush()
        return True

    def flush(self) -> None:
        """What was offered is with the server's transport."""
        pieces, self._pieces = self._pieces, None
        self._bytes = 0
        if pieces and not self._wire.transport.is_closing():
            self._wire.transport.write(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    async def send(self, frame: Outgoing) -> None:
        while not self.offer(frame):
            await self._wire.writable.wait()

    async def close(self, code: int) -> None:
        wire = self._wire
        if wire.close_sent or wire.transport.is_closing():
            return
        self.flush()
        if not wire.writable.is_set():
            wire.transport.abort()  # a close frame would wait behind what is not read
            return
        with contextlib.suppress(OSError, RuntimeError):  # the other end was quicker
            await self._send({"type": "websocket.close", "code": code})

    def abort(self) -> None:
        self._wire.transport.abort()
