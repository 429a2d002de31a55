"""A light client of the realtime protocol: many of them fit into one process."""

import asyncio
import time
from typing import Any
from uuid import UUID

import orjson
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

Frame = dict[str, Any]


class Client(WSListener):
    """One connection. Remembers when each command was sent, acknowledged and heard as an event."""

    def __init__(self) -> None:
        self.transport: WSTransport | None = None
        self.sent_at: dict[str, float] = {}
        self.ack_seconds: list[float] = []
        self.event_seconds: list[float] = []
        self.problems: list[str] = []
        self.is_closed = False
        self._number = 0
        self._waiting: dict[str, asyncio.Future[Frame]] = {}

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, _transport: WSTransport) -> None:
        self.is_closed = True
        for waiting in self._waiting.values():
            waiting.cancel()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.TEXT:
            self._hear(orjson.loads(frame.get_payload_as_memoryview()))

    def _hear(self, frame: Frame) -> None:
        kind = frame["t"]
        if kind == "event" and frame["type"] == "message.added":
            sent = self.sent_at.pop(frame["data"]["message"]["client_id"], None)
            if sent is not None:
                self.event_seconds.append(time.perf_counter() - sent)
        elif kind == "ack":
            self._answer(frame["id"], frame)
        elif kind in ("welcome", "subscribed"):
            self._answer(kind, frame)
        elif kind == "problem":
            self.problems.append(frame["code"])
            self._answer(frame.get("id") or frame.get("topic") or "welcome", frame)

    def _answer(self, key: str, frame: Frame) -> None:
        waiting = self._waiting.pop(key, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)

    async def ask(self, key: str, frame: Frame) -> Frame:
        """Sends `frame` and returns the frame that answers it under `key`."""
        waiting: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._waiting[key] = waiting
        self.send(frame)
        return await waiting

    def send(self, frame: Frame) -> None:
        assert self.transport is not None
        self.transport.send(WSMsgType.TEXT, orjson.dumps(frame))

    async def say(self, conversation_id: UUID, body: str) -> Frame:
        """A message is stored; returns its acknowledgement."""
        self._number += 1
        name = f"bench-{id(self):x}-{self._number:06}"
        self.sent_at[name] = began = time.perf_counter()
        answer = await self.ask(
            name,
            {
                "t": "command",
                "id": name,
                "name": "message.send",
                "data": {
                    "conversation_id": str(conversation_id),
                    "client_id": name,
                    "body": body,
                },
            },
        )
        if answer["t"] == "ack":
            self.ack_seconds.append(time.perf_counter() - began)
        return answer


async def connect(
    url: str, *, surface: str, token: str | None = None, cookie: str | None = None
) -> Client:
    """An open connection, after its welcome."""
    address = url.replace("http", "ws", 1) + "/realtime"
    headers = {"Cookie": cookie} if cookie else None
    _transport, client = await ws_connect(Client, address, extra_headers=headers)
    assert isinstance(client, Client)
    hello = {"t": "hello", "version": 1, "surface": surface, "locale": "en", "token": token}
    welcome = await client.ask("welcome", hello)
    assert welcome["t"] == "welcome", welcome
    return client


async def connect_all(
    url: str, tokens: list[str], *, surface: str = "counter", at_once: int = 100
) -> list[Client]:
    gate = asyncio.Semaphore(at_once)

    async def one(token: str) -> Client:
        async with gate:
            return await connect(url, surface=surface, token=token)

    return await asyncio.gather(*(one(token) for token in tokens))


def disconnect_all(clients: list[Client]) -> None:
    for client in clients:
        if client.transport is not None and not client.is_closed:
            client.transport.disconnect()
