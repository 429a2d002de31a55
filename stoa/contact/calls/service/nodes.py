"""This node among those that carry calls: which are alive, and what one asks of another.

A call's sound lives on one node; a page may be connected to any. What is asked travels as signals
between nodes, on a topic that no client can subscribe to.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Literal
from uuid import UUID, uuid4

import orjson
import structlog

from stoa.contact.calls.errors import SoundUnavailable
from stoa.contact.calls.events import CALLS_TOPIC
from stoa.contact.calls.media.engine import MediaError
from stoa.contact.calls.queries import get_call
from stoa.contact.calls.service.sound import CallSound
from stoa.platform.errors import DomainError
from stoa.platform.node import Node
from stoa.platform.realtime.outgoing import Outgoing

log = structlog.get_logger()

NODES_TOPIC = "call_nodes"
FORGOTTEN_SECONDS = 10.0
ANSWER_SECONDS = 10.0


class CallNodes:
    """Hears the other nodes, and every call that changes on whatever node."""

    def __init__(
        self,
        node: Node,
        own_id: str,
        sound: CallSound | None,
        *,
        on_end: Callable[[UUID], Coroutine[Any, Any, None]],
    ) -> None:
        self._node = node
        self._id = own_id
        self._sound = sound
        self._on_end = on_end
        self._began = time.monotonic()
        self._others: dict[str, float] = {}
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_alone(self) -> bool:
        return self._node.settings.bus == "local"

    def alive(self) -> set[str] | None:
        """The nodes that are there; None while others have not had time to say so."""
        at = time.monotonic()
        if not self.is_alone and at < self._began + FORGOTTEN_SECONDS:
            return None
        heard = {node for node, seen in self._others.items() if seen > at - FORGOTTEN_SECONDS}
        return {self._id, *heard}

    async def follow(self) -> None:
        """The other nodes hear of this one, and this one of every call."""
        for topic in (NODES_TOPIC, CALLS_TOPIC):
            await self._node.hub.subscribe(self, topic, after=None, joined=lambda _seq: None)

    def say_here(self) -> None:
        self._say({"do": "here"})

    async def connect(self, to: str, *, call_id: UUID, leg_id: UUID, sdp: str) -> str:
        """The answer to a browser's offer from the node that carries the call.

        Raises:
            SoundUnavailable: that node does not answer, or cannot.
        """
        question = {"do": "connect", "call_id": call_id, "leg_id": leg_id, "sdp": sdp}
        answer = await self._ask(to, question)
        if "sdp" not in answer:
            raise SoundUnavailable()
        return str(answer["sdp"])

    def press_key(self, to: str, *, call_id: UUID, leg_id: UUID, digit: str) -> None:
        """The leg hears the key's tones, if that node is there."""
        self._say({"do": "key", "call_id": call_id, "leg_id": leg_id, "digit": digit}, to=to)

    async def close(self) -> None:
        """Nothing is under way any more."""
        for topic in (NODES_TOPIC, CALLS_TOPIC):
            self._node.hub.unsubscribe(self, topic)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- out ----

    def _say(self, data: dict[str, Any], *, to: str | None = None) -> None:
        message = {"from": self._id, "to": to} | data
        plain = {
            key: str(value) if isinstance(value, UUID) else value for key, value in message.items()
        }
        self._node.hub.signal(NODES_TOPIC, "call.node", plain, skip=self)

    async def _ask(self, to: str, data: dict[str, Any]) -> dict[str, Any]:
        ask = uuid4().hex
        waiting: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[ask] = waiting
        try:
            self._say(data | {"ask": ask}, to=to)
            async with asyncio.timeout(ANSWER_SECONDS):
                return await waiting
        except TimeoutError as error:
            log.warning("calls.node_silent", other=to)
            raise SoundUnavailable() from error
        finally:
            del self._asked[ask]

    # ---- in ----

    def push(self, frame: Outgoing) -> None:
        """Called by the hub, as for any subscriber."""
        heard = orjson.loads(frame.payload)
        if frame.topic == CALLS_TOPIC:
            if heard.get("type") == "call.listed":
                self._hear_of(heard["data"]["call"])
            return
        data = heard["data"]
        self._others[data["from"]] = time.monotonic()
        if data["to"] != self._id:
            return
        if waiting := self._asked.get(data.get("answer", "")):
            if not waiting.done():
                waiting.set_result(data)
        elif data["do"] in ("connect", "key") and self._sound is not None:
            self._run(self._serve(data, self._sound, data["do"]))

    def _hear_of(self, call: dict[str, Any]) -> None:
        call_id = UUID(call["id"])
        if self._sound is not None:
            self._sound.due(call_id)
        if call["state"] == "ended":
            self._run(self._on_end(call_id))

    async def _serve(
        self, data: dict[str, Any], sound: CallSound, what: Literal["connect", "key"]
    ) -> None:
        """Another node's page speaks here."""
        call_id, leg_id = UUID(data["call_id"]), UUID(data["leg_id"])
        answer: dict[str, Any] = {"do": "answer", "answer": data.get("ask", "")}
        try:
            if what == "key":
                await sound.engine.send_digit(call_id, leg_id, data["digit"])
                return
            async with self._node.database.read() as session:
                call = await get_call(session, call_id=call_id)
            answer["sdp"] = await sound.connect(call, leg_id, sdp=data["sdp"])
        except (MediaError, DomainError) as error:
            log.warning("call.not_connected", call=str(call_id), reason=str(error))
        except Exception:
            log.exception("calls.node_failed", call=str(call_id))
        if what == "connect":
            self._say(answer, to=data["from"])

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
