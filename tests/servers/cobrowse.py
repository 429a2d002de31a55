"""An agent who watches a customer's page over a live connection, as the desk's replica does."""

import asyncio
import base64
import contextlib
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, WebSocket

from stoa.contact.cobrowse.schemas import COBROWSE_VERSION
from tests.servers.people import Frame, Person, on_the_line

PATIENCE_SECONDS = 40.0
FULL_SNAPSHOT, CHANGE, META = 2, 3, 4
MUTATION, INPUT, SCROLL = 0, 5, 3


def unpack(parts: list[str]) -> list[Frame]:
    """The events of a packed batch (`web/packages/cobrowse/src/wire.ts`)."""
    packed = base64.b64decode("".join(parts))
    body = zlib.decompress(packed[1:], -15) if packed[0] == 1 else packed[1:]
    events: list[Frame] = orjson.loads(body)
    return events


class Watcher:
    """The agent's end of a session. Everything that came is kept, in order."""

    def __init__(self, line: Person) -> None:
        self.line = line
        self.session: Frame = {}
        self.signals: list[Frame] = []
        self.events: list[Frame] = []
        self.batches: list[Frame] = []
        self.is_watching = True
        self._parts: list[str] = []
        self._answers: dict[str, asyncio.Future[Frame]] = {}
        self._news = asyncio.Event()
        self._number = 0

    # ---- the line ----

    async def read(self) -> None:
        async for text in self.line.socket:
            frame: Frame = orjson.loads(text)
            if frame.get("id") in self._answers:
                self._answers.pop(frame["id"]).set_result(frame)
            elif frame["t"] in ("subscribed", "problem") and frame.get("topic") in self._answers:
                self._answers.pop(frame["topic"]).set_result(frame)
            elif frame["t"] == "signal":
                self._take(frame)
            elif frame.get("type") == "cobrowse.changed":
                self.session = frame["data"]["session"]
            self._news.set()

    async def _answer(self, key: str, frame: Frame) -> Frame:
        # It may come while this is still sending.
        coming: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._answers[key] = coming
        await self.line.send_frame(frame)
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await coming
        assert answer["t"] != "problem", answer
        return answer

    async def command(self, name: str, **data: Any) -> Frame:
        self._number += 1
        id_ = str(self._number)
        frame = {"t": "command", "id": id_, "name": name, "data": data}
        result: Frame = (await self._answer(id_, frame))["data"]
        return result

    async def subscribe(self, topic: str) -> None:
        await self._answer(topic, {"t": "subscribe", "topic": topic, "after": None})

    def _take(self, signal: Frame) -> None:
        self.signals.append(signal)
        if signal["type"] != "cobrowse.frame":
            return
        frame = signal["data"]
        if frame["part"] == 0:
            self._parts = []
        # The relay drops parts; a batch without one of them is none.
        if frame["part"] != len(self._parts):
            return
        self._parts.append(frame["data"])
        if len(self._parts) == frame["parts"]:
            events = unpack(self._parts)
            self._parts = []
            self.events += events
            self.batches.append({**frame, "events": events})

    # ---- what an agent does ----

    async def ask(self, conversation_id: str) -> None:
        self.session = await self.command("cobrowse.ask", conversation_id=conversation_id)
        await self.subscribe(f"visitor:{self.session['visitor_id']}")
        await self.subscribe(f"cobrowse:{self.session['id']}")

    async def watch(self, *, keyframe: bool = False, version: int = COBROWSE_VERSION) -> None:
        """Says that the replica is on the screen."""
        data = {"session_id": self.session["id"], "version": version, "keyframe": keyframe}
        await self.line.signal("cobrowse.watch", **data)

    async def renew(self) -> None:
        """The page has told of itself from the beginning; asked until it does, as by the desk."""
        before = len(self.batches)

        def has_come() -> bool:
            return any(one["keyframe"] for one in self.batches[before:])

        while not has_come():
            await self.watch(keyframe=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2.0):
                    await self.until(has_come)

    async def keep_watching(self) -> None:
        """Says so every few seconds, as the desk does."""
        while True:
            if self.is_watching and self.session.get("state") == "active":
                await self.watch(keyframe=not self.batches)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2.0 if self.batches else 0.3):
                    await asyncio.Event().wait()

    async def act(self, **action: Any) -> Frame:
        """What the customer's page says of the action."""
        sent = await self.command(
            "cobrowse.act",
            session_id=self.session["id"],
            stream=self.stream,
            action=action,
        )

        def acted() -> Frame | None:
            return next(
                (
                    one["data"]
                    for one in self.signals
                    if one["type"] == "cobrowse.acted"
                    and one["data"]["action_id"] == sent["action_id"]
                ),
                None,
            )

        outcome: Frame = await self.until(acted)
        return outcome

    # ---- what an agent sees ----

    @property
    def has_page(self) -> bool:
        """Whether the page is here from its beginning, and where it is: one may come without the
        other, as long as the relay does not know yet that it is watched.
        """
        return bool(self.batches) and self.page.get("stream") == self.stream

    async def until(self, condition: Callable[[], Any]) -> Any:
        """What the condition gives, once it is something."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := condition()):
                self._news.clear()
                # What the browser tells of its own sockets is no news of this line.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await self._news.wait()
        return found

    @property
    def page(self) -> Frame:
        """What was told last of where the customer is: by the stream that counts."""
        current: Frame = {}
        for page in (one["data"] for one in self.signals if one["type"] == "cobrowse.page"):
            if page["state"] in ("shown", "paused") or page["stream"] == current.get("stream"):
                current = page
        return current

    @property
    def stream(self) -> str:
        stream: str = self.batches[-1]["stream"]
        return stream

    @property
    def seen(self) -> str:
        """Everything that came, as one text to search in."""
        return orjson.dumps([self.events, self.signals]).decode()

    def nodes(self) -> dict[int, Frame]:
        """The page's nodes as the newest keyframe and all additions since tell them."""
        found: dict[int, Frame] = {}
        for event in self.events:
            if event["type"] == FULL_SNAPSHOT:
                found = {}
                found |= {node["id"]: node for node in walk(event["data"]["node"])}
            elif event["type"] == CHANGE and event["data"]["source"] == MUTATION:
                for added in event["data"].get("adds", ()):
                    found |= {node["id"]: node for node in walk(added["node"])}
        return found

    def node(self, **attributes: str) -> int:
        """The number of the element with these attributes."""
        for id_, node in self.nodes().items():
            if attributes.items() <= node.get("attributes", {}).items():
                return id_
        raise LookupError(attributes)


def walk(node: Frame) -> Iterator[Frame]:
    """The node and all below it."""
    yield node
    for child in node.get("childNodes", ()):
        yield from walk(child)


@asynccontextmanager
async def watching(address: str, *, staff_token: str) -> AsyncIterator[Watcher]:
    """An agent at the desk, who watches whatever session they begin."""
    cookies = {"stoa_staff": staff_token}
    async with on_the_line(address, surface="desk", cookies=cookies) as line:
        await line.subscribe("desk")
        watcher = Watcher(line)
        tasks = [
            asyncio.ensure_future(watcher.read()),
            asyncio.ensure_future(watcher.keep_watching()),
        ]
        try:
            yield watcher
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class Wire:
    """Everything a page's sockets sent, in all its frames and all its loads.

    The browser tells of it on a line of its own, often after the other end has it already: read
    after `caught_up` only.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self.sent: list[str] = []
        page.on("websocket", self._follow)

    async def caught_up(self) -> "Wire":
        """All is here that was sent before this was called.

        An answer of a frame comes on that line too, behind what it told before.
        """
        for frame in self._page.frames:
            # A frame that goes away meanwhile has told what it had to; one that turns meanwhile
            # answers in its next document.
            while not (frame.is_detached() or self._page.is_closed()):
                with contextlib.suppress(PlaywrightError):
                    await frame.evaluate("0")
                    break
        return self

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self.sent.append(str(payload)))

    def signals(self, type_: str) -> list[Frame]:
        """The data of the signals of one type."""
        frames = [orjson.loads(text) for text in self.sent if '"t":"signal"' in text]
        return [one["data"] for one in frames if one["type"] == type_]

    @property
    def bytes_of_pages(self) -> int:
        """How much of the page itself has left."""
        return sum(
            len(text) for text in self.sent if "cobrowse.frame" in text or "cobrowse.page" in text
        )

    def unpacked(self) -> str:
        """All that left the browser, with the pages' batches opened, as one text."""
        texts = [text for text in self.sent if "cobrowse.frame" not in text]
        parts: list[str] = []
        for frame in self.signals("cobrowse.frame"):
            if frame["part"] == 0:
                parts = []
            parts.append(frame["data"])
            if len(parts) == frame["parts"]:
                texts.append(orjson.dumps(unpack(parts)).decode())
        return "\n".join(texts)
