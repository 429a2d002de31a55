"""People on live connections to the whole application: customers and agents that speak frames."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import orjson
import websockets

from stoa.platform.realtime.protocol import SERVER_FRAMES, VERSION

PATIENCE_SECONDS = 30.0
Frame = dict[str, Any]


class Refused(Exception):
    """The server answered a command or a subscription with a problem."""

    def __init__(self, problem: Frame) -> None:
        super().__init__(problem["code"])
        self.code: str = problem["code"]
        self.status: int = problem["status"]


class Person:
    """One connection. What comes in between answers is kept in `heard`, in order."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.heard: list[Frame] = []
        self._next = 0

    async def send_frame(self, frame: Frame) -> None:
        await self.socket.send(orjson.dumps(frame).decode())

    async def receive(self) -> Frame:
        """The next frame, checked against the protocol."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            text = await self.socket.recv()
        SERVER_FRAMES.validate_json(text)
        frame: Frame = orjson.loads(text)
        return frame

    async def _answer(self, is_answer: Callable[[Frame], bool]) -> Frame:
        while True:
            frame = await self.receive()
            if is_answer(frame):
                return frame
            self.heard.append(frame)

    async def ask(self, command: str, **data: Any) -> Frame:
        """The acknowledgement's data. Raises `Refused`."""
        id_ = uuid4().hex
        await self.send_frame({"t": "command", "id": id_, "name": command, "data": data})
        answer = await self._answer(lambda frame: frame.get("id") == id_)
        if answer["t"] == "problem":
            raise Refused(answer)
        result: Frame = answer["data"]
        return result

    async def subscribe(self, topic: str, *, after: int | None = None) -> Frame:
        """Raises `Refused`."""
        await self.send_frame({"t": "subscribe", "topic": topic, "after": after})
        answer = await self._answer(
            lambda frame: (
                frame["t"] in ("subscribed", "problem", "resync") and frame.get("topic") == topic
            )
        )
        if answer["t"] == "problem":
            raise Refused(answer)
        return answer

    async def closed(self) -> int:
        """The code with which the server ended the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.socket.wait_closed()
        assert self.socket.close_code is not None
        return self.socket.close_code

    async def signal(self, type_: str, **data: Any) -> None:
        await self.send_frame({"t": "signal", "type": type_, "data": data})

    async def hear(self, type_: str, **wanted: Any) -> Frame:
        """The next event or signal of this type whose data has `wanted`; earlier ones are past."""
        while True:
            while self._next < len(self.heard):
                frame = self.heard[self._next]
                self._next += 1
                data = frame.get("data", {})
                if frame.get("type") == type_ and wanted.items() <= data.items():
                    return frame
            self.heard.append(await self.receive())


@asynccontextmanager
async def on_the_line(
    address: str,
    *,
    surface: str,
    token: str | None = None,
    cookies: dict[str, str] | None = None,
    locale: str = "en",
    from_address: str | None = None,
) -> AsyncIterator[Person]:
    """A welcomed connection, from another address of the loopback if wanted."""
    url = address.replace("http://", "ws://") + "/realtime"
    cookie = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
    headers = [("Cookie", cookie)] if cookie else []
    async with websockets.connect(
        url,
        additional_headers=headers,
        compression=None,
        local_addr=(from_address, 0) if from_address else None,
    ) as socket:
        person = Person(socket)
        hello = {"t": "hello", "version": VERSION, "surface": surface, "locale": locale}
        await person.send_frame(hello | ({"token": token} if token else {}))
        assert (await person.receive())["t"] == "welcome"
        yield person
