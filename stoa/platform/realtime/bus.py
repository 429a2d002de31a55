"""Between nodes: pointers to the log, and signals, by batched NOTIFY of the database they share.

A pointer names a topic and how far its log goes; the other nodes read the events themselves, so
what the bus loses is only late. Signals travel whole and may be lost.
"""

import asyncio
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg
import orjson
import structlog
from pydantic import BaseModel

from stoa.platform.database.session import SERVER_AWAY, Database
from stoa.platform.outbox.event import LoggedEvent
from stoa.platform.realtime import metrics
from stoa.platform.realtime.hub import Hub
from stoa.platform.realtime.parts import MAX_NOTE_BYTES, Joiner, in_parts

log = structlog.get_logger()

CHANNEL = "stoa_bus"
# NOTIFY takes less than 8000 bytes (PostgreSQL, "NOTIFY"); the rest is for the envelope.
MAX_PAYLOAD_BYTES = 7_600
MAX_SIGNALS_WAITING = 10_000
RETRY_SECONDS = 1.0


class PostgresBus:
    """Joins this node's hub to those of the other nodes on the same database.

    What arises while one NOTIFY is under way goes with the next, so a busy node sends few.
    """

    def __init__(self, url: str, database: Database, hub: Hub) -> None:
        self._url = url
        self._hub = hub
        self._database = database
        self._types: set[str] = set()
        self._node = secrets.token_hex(6)
        self._seqs: dict[str, int] = {}
        self._signals: list[bytes] = []
        self._number = 0  # of the newest note that went in parts
        self._joiner = Joiner()
        self._news = asyncio.Event()
        database.on_commit(self._announce)
        hub.on_signal(self._carry)

    def _announce(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            self._seqs[event.topic] = max(event.seq, self._seqs.get(event.topic, 0))
            self._types.add(event.type)
        self._news.set()

    def _carry(self, topic: str, type_: str, data: BaseModel | dict[str, Any]) -> None:
        plain = data.model_dump(mode="json") if isinstance(data, BaseModel) else data
        note = orjson.dumps(["s", topic, type_, plain], default=str)
        if len(note) > MAX_NOTE_BYTES or len(self._signals) >= MAX_SIGNALS_WAITING:
            metrics.SIGNALS_DROPPED.inc()
            return
        self._signals.extend([note] if len(note) <= MAX_PAYLOAD_BYTES else self._parts(note))
        self._news.set()

    def _parts(self, note: bytes) -> Iterator[bytes]:
        self._number += 1
        return in_parts(note, number=self._number)

    async def run(self) -> None:
        """Sends and listens until cancelled, through any number of lost connections."""
        while True:
            try:
                connection = await asyncpg.connect(
                    self._url, server_settings={"application_name": "stoa-bus"}
                )
            except SERVER_AWAY as error:
                log.warning("bus.unreachable", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            try:
                await self._work(connection)
            except SERVER_AWAY as error:
                log.warning("bus.interrupted", error=type(error).__name__)
            finally:
                connection.terminate()

    async def _work(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        lost = asyncio.Event()

        def end(_connection: object) -> None:
            lost.set()
            self._news.set()

        connection.add_termination_listener(end)
        self._joiner.forget()
        await connection.add_listener(CHANNEL, self._heard)
        while not lost.is_set():
            await self._news.wait()
            self._news.clear()
            payloads = self._take()
            if payloads:
                await connection.execute(
                    "SELECT pg_notify($1, p) FROM unnest($2::text[]) AS p",
                    CHANNEL,
                    payloads,
                    timeout=10,
                )

    def _take(self) -> list[str]:
        """Everything that waits, as payloads that fit."""
        notes = [orjson.dumps(["e", topic, seq]) for topic, seq in self._seqs.items()]
        notes += self._signals
        notes += [orjson.dumps(["f", type_]) for type_ in self._types]
        self._seqs, self._signals, self._types = {}, [], set()
        payloads: list[str] = []
        batch: list[bytes] = []
        size = 0
        for note in notes:
            if batch and size + len(note) + 1 > MAX_PAYLOAD_BYTES:
                payloads.append(self._payload(batch))
                batch, size = [], 0
            batch.append(note)
            size += len(note) + 1
        if batch:
            payloads.append(self._payload(batch))
        return payloads

    def _payload(self, batch: list[bytes]) -> str:
        return (b'["' + self._node.encode() + b'",' + b",".join(batch) + b"]").decode()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        assert isinstance(payload, str)
        sender, *notes = orjson.loads(payload)
        if sender == self._node:
            return
        self._hub.hint((note[1], note[2]) for note in notes if note[0] == "e")
        # What this node remembers or has drawn of these types is out of date.
        self._database.forget({note[1] for note in notes if note[0] == "f"})
        for note in notes:
            if note[0] == "p":
                _, number, at, count, text = note
                note = self._joiner.join(
                    sender=sender, number=number, at=at, count=count, text=text
                )
            if note and note[0] == "s":
                self._hub.signal_here(note[1], note[2], note[3])
