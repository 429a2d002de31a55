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


class WireTransport:
    """Straight to the server's transport."""

    name = "websocket"
    __slots__ = ("_send", "_wire")

    def __init__(self, wire: Wire, send: Send) -> None:
        self._wire = wire
        self._send = send

    def offer(self, frame: Outgoing) -> bool:
        wire = self._wire
        if wire.close_sent or wire.transport.is_closing():
            raise TransportClosed
        if not wire.writable.is_set():
            return False
        wire.transport.write(frame.wire)
        return True

    async def send(self, frame: Outgoing) -> None:
        while not self.offer(frame):
            await self._wire.writable.wait()

    async def close(self, code: int) -> None:
        wire = self._wire
        if wire.close_sent or wire.transport.is_closing():
            return
        if not wire.writable.is_set():
            wire.transport.abort()  # a close frame would wait behind what is not read
            return
        with contextlib.suppress(OSError, RuntimeError):  # the other end was quicker
            await self._send({"type": "websocket.close", "code": code})

    def abort(self) -> None:
        self._wire.transport.abort()
