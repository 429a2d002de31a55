"""The WebSocket at `/realtime`: a thin ASGI application around a connection."""

import asyncio

import structlog
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send

from stoa.platform.node import node_of
from stoa.platform.realtime.connection import Connection, Refused
from stoa.platform.realtime.handshake import NotWelcome, greet
from stoa.platform.realtime.outbox import Transport, TransportClosed
from stoa.platform.realtime.outgoing import Outgoing
from stoa.platform.realtime.protocol import CloseCode
from stoa.platform.realtime.registry import Registry
from stoa.platform.realtime.wire import Flusher, Wire, WireTransport

log = structlog.get_logger()

SOCKET_PATH = "/realtime"
HELLO_SECONDS = 10.0


class AsgiTransport:
    """Any ASGI server's `send`.

    `offer` runs it for one step: servers write at once and only wait, before they have written,
    when the reader is behind. So a step that does not end has sent nothing, and nobody waited.
    """

    name = "websocket"
    __slots__ = ("_is_closed", "_send")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._is_closed = False

    def offer(self, frame: Outgoing) -> bool:
        sending = self._send(frame.message).__await__()
        try:
            next(sending)
        except StopIteration:
            return True
        except (OSError, RuntimeError) as error:  # what servers raise once the socket is closed
            raise TransportClosed from error
        sending.close()
        return False

    async def send(self, frame: Outgoing) -> None:
        if self._is_closed:
            raise TransportClosed
        try:
            await self._send(frame.message)
        except (OSError, RuntimeError) as error:
            raise TransportClosed from error

    async def close(self, code: int) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        try:
            async with asyncio.timeout(5):
                await self._send({"type": "websocket.close", "code": code})
        except (OSError, RuntimeError, TimeoutError):
            pass  # it is closed already, or nobody reads

    def abort(self) -> None:
        # ASGI has no way to cut the line. The server's own keep-alive finds the dead reader.
        self._is_closed = True


class SocketApp:
    """The ASGI application of the endpoint."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._flusher = Flusher()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await send({"type": "http.response.start", "status": 426, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await receive()  # websocket.connect
        node = node_of(HTTPConnection(scope))
        if node.connections.is_draining:
            await send({"type": "websocket.close", "code": CloseCode.RESTART})
            return
        wire: Wire | None = scope.get("extensions", {}).get("stoa.wire")
        transport: Transport = (
            AsgiTransport(send) if wire is None else WireTransport(wire, send, self._flusher)
        )
        await send({"type": "websocket.accept"})
        connection = await self._greet(scope, receive, transport)
        if connection is None:
            return
        # What the handshake needed is not kept for the hours that the connection lasts.
        scope.clear()
        await _serve(connection, receive)

    async def _greet(
        self, scope: Scope, receive: Receive, transport: Transport
    ) -> Connection | None:
        http = HTTPConnection(scope)
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                message = await receive()
                if message["type"] != "websocket.receive":
                    return None
                return await greet(node_of(http), self._registry, transport, http, _text(message))
        except NotWelcome as refusal:
            for frame in refusal.frames:
                transport.offer(frame)
            await transport.close(refusal.code)
        except TransportClosed:
            pass
        except TimeoutError:
            await transport.close(CloseCode.TOO_SLOW)
        except Exception:
            log.exception("realtime.greeting_failed")
            await transport.close(CloseCode.RESTART)
        return None


async def _serve(connection: Connection, receive: Receive) -> None:
    try:
        await connection.open()
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            await connection.receive(_text(message))
    except Refused as refusal:
        await connection.say_bye(refusal.code, refusal.reason)
    except Exception:
        log.exception("realtime.connection_failed", connection=connection.id)
        await connection.transport.close(CloseCode.RESTART)
    finally:
        await connection.close()


def _text(message: Message) -> str:
    """The frame's text; a binary frame is none of ours and reads as rubbish."""
    text: str | None = message.get("text")
    return text if text is not None else ""
