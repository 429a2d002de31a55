"""The same connection over plain requests, for networks that block WebSockets.

`POST /realtime/poll` with `{"frames": [hello]}` opens it. Each following request carries the secret
`connection` it was given, `received` (how many frames have arrived so far; those are forgotten
here), the client's new `frames`, and `sent`, the number of the first of them. It is answered as
soon as there are frames, or after 25 s. A request or an answer that is lost is simply repeated:
frames are numbered on both sides, and what was seen before is passed over.
"""

import asyncio
import secrets
from collections import deque
from typing import Annotated

import orjson
import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from stoa.platform.errors import DomainError, NotFound, TooBusy, TooManyRequests
from stoa.platform.node import node_of
from stoa.platform.realtime.connection import BadFrameProblem, Connection, Refused
from stoa.platform.realtime.handshake import NotWelcome, greet
from stoa.platform.realtime.outbox import TransportClosed
from stoa.platform.realtime.outgoing import Outgoing
from stoa.platform.realtime.protocol import MAX_FRAME_BYTES
from stoa.platform.realtime.registry import Registry
from stoa.platform.realtime.socket import SOCKET_PATH, SocketApp
from stoa.platform.web.edge import read_body
from stoa.platform.web.problems import answer_problem

log = structlog.get_logger()

HOLD_SECONDS = 25.0
ABSENCE_SECONDS = 60.0
MAX_OPEN = 5000
MAX_ANSWER_BYTES = 256 * 1024

Text = Annotated[str, StringConstraints(max_length=MAX_FRAME_BYTES)]


class PollRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    connection: Annotated[str, StringConstraints(max_length=64)] | None = None
    received: int = Field(default=0, ge=0, description="Frames that have arrived so far")
    sent: int = Field(default=0, ge=0, description="The number of the first of `frames`, from 0")
    frames: list[Text] = Field(default_factory=list, max_length=100)
    is_leaving: bool = False


class PollAnswer(BaseModel):
    connection: str
    first: int = Field(description="The number of the first of `frames`, from 0")
    frames: list[str]
    taken: int = Field(description="How many of the client's frames have been taken so far")
    close: int | None = Field(default=None, description="The connection has ended with this code")


class PollTransport:
    """Frames wait here, numbered, until the client says it has them."""

    name = "poll"

    def __init__(self, *, max_bytes: int) -> None:
        self.first = 0
        self.frames: deque[Outgoing] = deque()
        self.close_code: int | None = None
        self._bytes = 0
        self._max_bytes = max_bytes
        self.news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    def offer(self, frame: Outgoing) -> bool:
        if self.close_code is not None:
            raise TransportClosed
        if self._bytes >= self._max_bytes:
            self._room.clear()
            return False
        self.frames.append(frame)
        self._bytes += len(frame.payload)
        self.news.set()
        return True

    async def send(self, frame: Outgoing) -> None:
        while not self.offer(frame):
            await self._room.wait()

    async def close(self, code: int) -> None:
        self.close_code = code
        self.news.set()
        self._room.set()

    def abort(self) -> None:
        self.close_code = 4408
        self.news.set()
        self._room.set()

    def forget(self, received: int) -> None:
        """The client has the first `received` frames."""
        while self.frames and self.first < received:
            self._bytes -= len(self.frames.popleft().payload)
            self.first += 1
        if self._bytes < self._max_bytes:
            self._room.set()
        if not self.frames and self.close_code is None:
            self.news.clear()

    def take(self) -> list[str]:
        """The frames that fit into one answer; they stay until they are forgotten."""
        texts: list[str] = []
        size = 0
        for frame in self.frames:
            size += len(frame.payload)
            if texts and size > MAX_ANSWER_BYTES:
                break
            texts.append(frame.payload.decode())
        return texts


class _Polled:
    """One polled connection. `turn` counts its requests: a newer one releases the waiting one."""

    def __init__(self, connection: Connection, transport: PollTransport) -> None:
        self.key = secrets.token_urlsafe(24)
        self.connection = connection
        self.transport = transport
        self.taken = 1  # the hello
        self.turn = 0
        self.taking = asyncio.Lock()
        self.absence: asyncio.TimerHandle | None = None
        self.is_over = False


class PollEndpoint:
    """The endpoint and the connections it holds open."""

    def __init__(
        self,
        registry: Registry,
        *,
        hold_seconds: float,
        absence_seconds: float,
    ) -> None:
        self._registry = registry
        self._hold = hold_seconds
        self._absence = absence_seconds
        self._polled: dict[str, _Polled] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def answer(self, request: Request) -> Response:
        headers = _cors(request)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        try:
            answer = await self._answer(request)
            response = Response(answer.model_dump_json(), media_type="application/json")
        except DomainError as error:
            response = await answer_problem(request, error)
        response.headers.update(headers)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _answer(self, request: Request) -> PollAnswer:
        body = await read_body(request, max_bytes=4 * MAX_FRAME_BYTES)
        try:
            asked = PollRequest.model_validate(orjson.loads(body))
        except (ValidationError, orjson.JSONDecodeError):
            raise BadFrameProblem() from None
        if asked.connection is None:
            return await self._open(request, asked)
        polled = self._polled.get(asked.connection)
        if polled is None:
            raise NotFound()
        if asked.is_leaving:
            await self._end(polled)
            return _answer_of(polled)
        return await self._exchange(polled, asked)

    async def _open(self, request: Request, asked: PollRequest) -> PollAnswer:
        node = node_of(request)
        if node.connections.is_draining or not asked.frames:
            raise TooBusy() if asked.frames else BadFrameProblem()
        if len(self._polled) >= MAX_OPEN:
            raise TooManyRequests(retry_after_seconds=30)
        transport = PollTransport(max_bytes=node.settings.socket_queue_bytes)
        try:
            connection = await greet(node, self._registry, transport, request, asked.frames[0])
        except NotWelcome as refusal:
            frames = [frame.payload.decode() for frame in refusal.frames]
            return PollAnswer(connection="", first=0, frames=frames, taken=1, close=refusal.code)
        polled = _Polled(connection, transport)
        self._polled[polled.key] = polled
        await connection.open()
        self._watch(polled)
        await self._take(polled, asked.frames[1:], first=1)
        return _answer_of(polled)

    async def _exchange(self, polled: _Polled, asked: PollRequest) -> PollAnswer:
        polled.turn += 1
        turn = polled.turn
        polled.transport.news.set()  # the request that waits now, if any, goes home
        if polled.absence is not None:
            polled.absence.cancel()
        try:
            polled.transport.forget(asked.received)
            await self._take(polled, asked.frames, first=asked.sent)
            await self._wait(polled, turn)
            return _answer_of(polled)
        finally:
            if turn == polled.turn:
                self._watch(polled)

    async def _take(self, polled: _Polled, frames: list[str], *, first: int) -> None:
        async with polled.taking:
            for number, text in enumerate(frames, start=first):
                if number != polled.taken or polled.transport.close_code is not None:
                    continue  # taken before, or it comes after one that is missing
                polled.taken += 1
                try:
                    await polled.connection.receive(text)
                except Refused as refusal:
                    await polled.connection.say_bye(refusal.code, refusal.reason)

    async def _wait(self, polled: _Polled, turn: int) -> None:
        """Returns when there is something to say, a newer request came, or after a while."""
        transport = polled.transport
        try:
            async with asyncio.timeout(self._hold):
                while turn == polled.turn and not transport.frames and transport.close_code is None:
                    transport.news.clear()
                    await transport.news.wait()
        except TimeoutError:
            pass

    def _watch(self, polled: _Polled) -> None:
        """The connection ends when nothing is heard of the client for a while."""
        if polled.is_over:
            return
        if polled.transport.close_code is not None:
            self._end_soon(polled)
            return
        loop = asyncio.get_running_loop()
        polled.absence = loop.call_later(self._absence, self._end_soon, polled)

    def _end_soon(self, polled: _Polled) -> None:
        task = asyncio.get_running_loop().create_task(self._end(polled))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, polled: _Polled) -> None:
        if polled.is_over:
            return
        polled.is_over = True
        if polled.absence is not None:
            polled.absence.cancel()
        self._polled.pop(polled.key, None)
        if polled.transport.close_code is None:
            await polled.transport.close(1000)
        await polled.connection.close()


def _answer_of(polled: _Polled) -> PollAnswer:
    transport = polled.transport
    texts = transport.take()
    # The code comes with the last frames, never before them.
    is_last = len(texts) == len(transport.frames)
    return PollAnswer(
        connection=polled.key,
        first=transport.first,
        frames=texts,
        taken=polled.taken,
        close=transport.close_code if is_last else None,
    )


def _cors(request: Request) -> dict[str, str]:
    """Any page may ask, without cookies: a foreign one needs a visitor's token to get anywhere."""
    if "origin" not in request.headers:
        return {}
    return {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "content-type",
        "Access-Control-Max-Age": "86400",
    }


def realtime_routes(
    registry: Registry,
    *,
    hold_seconds: float = HOLD_SECONDS,
    absence_seconds: float = ABSENCE_SECONDS,
) -> list[BaseRoute]:
    """`/realtime` and `/realtime/poll`."""
    poll = PollEndpoint(registry, hold_seconds=hold_seconds, absence_seconds=absence_seconds)
    return [
        WebSocketRoute(SOCKET_PATH, SocketApp(registry), name="realtime"),
        Route(
            "/realtime/poll",
            poll.answer,
            methods=["POST", "OPTIONS"],
            name="realtime_poll",
        ),
    ]
