"""A small feature behind the real protocol: rooms with notes, on a real server."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
import uvicorn
import websockets
from pydantic import BaseModel
from starlette.applications import Starlette

from stoa.platform.config import Settings
from stoa.platform.database.session import Database, ReadSession
from stoa.platform.errors import Conflict, Forbidden
from stoa.platform.node import Node
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.poll import realtime_routes
from stoa.platform.realtime.protocol import SERVER_FRAMES, VERSION
from stoa.platform.realtime.registry import (
    Actor,
    Command,
    Handshake,
    Registry,
    SignalRule,
    SignalType,
    TopicRule,
)
from stoa.platform.realtime.running import running_realtime
from stoa.platform.realtime.wire import StoaWebSocket
from stoa.platform.storage.blobs import LocalBlobStore

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Guest:
    name: str

    @property
    def key(self) -> str:
        return f"guest:{self.name}"


class Noted(Event):
    type: Literal["note.added"] = "note.added"
    body: str


class Note(BaseModel):
    room: str
    body: str


class Nothing(BaseModel):
    pass


class Typing(BaseModel):
    room: str


async def resolve(_node: Node, handshake: Handshake) -> Actor | None:
    name = handshake.token or handshake.cookies.get("guest")
    return Guest(name) if name else None


async def add_note(connection: Connection, data: Note) -> Nothing:
    if data.body == "conflict":
        raise Conflict()
    if data.body == "defect":
        raise KeyError("a defect")
    if data.body == "crossed":
        await cross(connection.node.database)
    if data.body == "slow":
        await asyncio.sleep(0.3)
    async with connection.node.database.begin() as session:
        session.publish(Noted(body=data.body), topics=[f"room:{data.room}"])
    return Nothing()


async def cross(database: Database) -> None:
    """Two transactions wait for each other until PostgreSQL gives one of them up."""
    both = asyncio.Barrier(2)

    async def take(*locks: int) -> None:
        async with database.begin() as session:
            for number, lock in enumerate(locks):
                await session.execute("SELECT pg_advisory_xact_lock($1)", lock)
                if number == 0:
                    await both.wait()

    ends = await asyncio.gather(take(1, 2), take(2, 1), return_exceptions=True)
    raise next(end for end in ends if end is not None)


async def pass_typing(connection: Connection, data: Typing) -> None:
    if data.room == "forbidden":
        raise Forbidden()
    connection.node.hub.signal(f"room:{data.room}", "typing", data, skip=connection)


async def may_enter(_session: ReadSession, _actor: Actor, room: str) -> bool:
    return room != "secret"


def make_registry() -> Registry:
    return Registry(
        resolve_actor=resolve,
        commands=[Command("note.add", Note, add_note, Nothing)],
        signals=[SignalRule("typing", Typing, pass_typing)],
        topics=[TopicRule("room", may_enter)],
        events=[Noted],
        signal_types=[SignalType("typing", Typing)],
    )


@dataclass
class Lab:
    """A serving node."""

    node: Node
    port: int

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/realtime"

    @property
    def poll_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/realtime/poll"

    async def publish(self, room: str, *bodies: str) -> None:
        async with self.node.database.begin() as session:
            for body in bodies:
                session.publish(Noted(body=body), topics=[f"room:{room}"])


@asynccontextmanager
async def running_lab(
    database: Database,
    folder: Path,
    *,
    plain_asgi: bool = False,
    blocks_sockets: bool = False,
    reconcile_seconds: float = 2.0,
    poll_hold_seconds: float = 25.0,
    poll_absence_seconds: float = 60.0,
    **settings: Any,
) -> AsyncIterator[Lab]:
    """A server on a free port.

    `plain_asgi` takes uvicorn's own protocol instead of ours; `blocks_sockets` answers them with
    an error, as some proxies do.
    """
    node = Node(
        settings=Settings(data_dir=folder, **settings),
        database=database,
        blobs=LocalBlobStore(folder / "blobs"),
    )
    node.hub.reconcile_seconds = reconcile_seconds
    routes = realtime_routes(
        make_registry(), hold_seconds=poll_hold_seconds, absence_seconds=poll_absence_seconds
    )
    app = Starlette(routes=routes[1:] if blocks_sockets else routes)
    app.state.node = node
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        loop="none",
        ws="websockets-sansio" if plain_asgi else StoaWebSocket,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # older uvicorn
    serving = asyncio.ensure_future(server._serve([listening]))
    try:
        async with running_realtime(node), asyncio.timeout(None):
            while not server.started:
                await asyncio.sleep(0.005)
            yield Lab(node, listening.getsockname()[1])
    finally:
        server.should_exit = True
        await serving


class Client:
    """Speaks the protocol over a WebSocket; every frame it gets is checked against the schema."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self._commands = 0

    async def send(self, frame: dict[str, Any]) -> None:
        await self.socket.send(orjson.dumps(frame).decode())

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            text = await self.socket.recv()
        SERVER_FRAMES.validate_json(text)
        frame: dict[str, Any] = orjson.loads(text)
        return frame

    async def until(self, t: str) -> dict[str, Any]:
        while (frame := await self.next())["t"] != t:
            pass
        return frame

    async def hello(self, name: str = "ann", **changes: Any) -> dict[str, Any]:
        hello = {"t": "hello", "version": VERSION, "surface": "counter", "token": name}
        await self.send(hello | changes)
        return await self.next()

    async def subscribe(self, room: str, after: int | None = None) -> dict[str, Any]:
        await self.send({"t": "subscribe", "topic": f"room:{room}", "after": after})
        return await self.next()

    async def command(self, body: str, room: str = "r", name: str = "note.add") -> str:
        self._commands += 1
        id = f"c{self._commands}"
        await self.send(
            {"t": "command", "id": id, "name": name, "data": {"room": room, "body": body}}
        )
        return id

    async def bodies(self, count: int) -> list[str]:
        """The next `count` events' bodies, other frames passed over."""
        return [(await self.until("event"))["data"]["body"] for _ in range(count)]

    async def closed(self) -> int:
        """The code the connection was closed with."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.socket.wait_closed()
        assert self.socket.close_code is not None
        return self.socket.close_code


@asynccontextmanager
async def connected(
    lab: Lab, *, name: str | None = "ann", headers: Sequence[tuple[str, str]] = (), **options: Any
) -> AsyncIterator[Client]:
    """A client, welcomed as `name` unless that is None."""
    async with websockets.connect(
        lab.socket_url, additional_headers=list(headers), compression=None, **options
    ) as socket:
        client = Client(socket)
        if name is not None:
            assert (await client.hello(name))["t"] == "welcome"
        yield client
