"""Every engine, and calls of people with tones. One engine so far; the tests know no engine."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import pytest

from stoa.contact.calls.media.embedded import EmbeddedEngine
from stoa.contact.calls.media.engine import MediaEngine, MediaEvent, Side
from stoa.contact.calls.media.ogg import OggWriter
from stoa.contact.calls.media.service import engine_for
from stoa.contact.calls.media.worker.opus import Encoder
from stoa.platform.config import Settings
from tests.servers.tones import FRAME, ToneClient, sine

PATIENCE_SECONDS = 30.0

Kind = TypeVar("Kind", bound=MediaEvent)


class Events:
    """What an engine told so far."""

    def __init__(self, engine: MediaEngine) -> None:
        self.all: list[MediaEvent] = []
        self._came = asyncio.Event()
        engine.listen(self._take)

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.all if isinstance(event, kind)]

    async def wait(
        self, kind: type[Kind], where: Callable[[Kind], bool] = lambda _: True, *, count: int = 1
    ) -> Kind:
        """The last of `count` events of this kind, also those that came before."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(found := [it for it in self.of(kind) if where(it)]) < count:
                self._came.clear()
                await self._came.wait()
        return found[count - 1]

    def _take(self, event: MediaEvent) -> None:
        self.all.append(event)
        self._came.set()


@dataclass
class TonesCall:
    """A call whose people each have a tone of their own."""

    engine: MediaEngine
    events: Events
    id: UUID = field(default_factory=uuid4)
    clients: list[ToneClient] = field(default_factory=list)

    async def join(self, tone: int, *, side: Side = "shop", leg_id: UUID | None = None) -> "Person":
        client = ToneClient(tone)
        self.clients.append(client)
        person = Person(leg_id or uuid4(), tone, client)
        await self.connect(person, side=side)
        return person

    async def connect(self, person: "Person", *, side: Side) -> None:
        async def answer(offer: str) -> str:
            return await self.engine.add_browser_leg(self.id, person.leg_id, offer=offer, side=side)

        await person.client.connect(answer)


@dataclass
class Person:
    leg_id: UUID
    tone: int
    client: ToneClient


@asynccontextmanager
async def calling(engine: MediaEngine, events: Events) -> AsyncIterator[TonesCall]:
    """A call without anybody, which is over afterwards."""
    call = TonesCall(engine, events)
    await engine.create_call(call.id)
    try:
        yield call
    finally:
        await engine.end_call(call.id)
        for client in call.clients:
            await client.close()


def embedded_engine() -> EmbeddedEngine:
    """The embedded engine on the loopback alone, on any free port."""
    return engine_for(Settings(media_address="127.0.0.1", media_ports="0", media_workers=2))


@pytest.fixture(params=[embedded_engine], ids=["embedded"])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[MediaEngine]:
    made = request.param()
    try:
        yield made
    finally:
        await made.stop()


@pytest.fixture
async def events(engine: MediaEngine) -> Events:
    return Events(engine)


@pytest.fixture
async def call(engine: MediaEngine, events: Events) -> AsyncIterator[TonesCall]:
    async with calling(engine, events) as made:
        yield made


def write_sound(path: Path, tone: int, *, seconds: float) -> Path:
    """A prompt that is nothing but a tone."""
    samples = sine(tone, seconds=seconds)
    encoder = Encoder(bits_per_second=32_000)
    writer = OggWriter(path, channels=1)
    for at in range(0, len(samples) - FRAME + 1, FRAME):
        packet = encoder.encode(samples[at : at + FRAME])
        assert packet is not None
        writer.add(packet)
    writer.close()
    return path
