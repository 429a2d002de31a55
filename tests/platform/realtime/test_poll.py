"""Long polling: the same connection over requests that may be lost, repeated or late."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.platform.database.session import Database
from stoa.platform.realtime.poll import HOLD_SECONDS
from stoa.platform.realtime.protocol import SERVER_FRAMES, VERSION, CloseCode
from tests.platform.realtime.lab import Lab, running_lab
from tests.waiting import until_so

Frame = dict[str, Any]
HELLO = {"t": "hello", "version": VERSION, "surface": "counter", "token": "ann"}


@pytest.fixture
async def lab(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path
) -> AsyncIterator[Lab]:
    """A node that is as patient as a real one, unless a test `has` other times."""
    async with database.begin() as session:
        await session.execute("TRUNCATE topic, event")
    async with running_lab(database, tmp_path, **getattr(request, "param", {})) as lab:
        yield lab


def has(**times: float) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("lab", [times], indirect=True, ids=[""])


soon_answered = has(poll_hold_seconds=0.5)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Poller:
    """Does by hand what the client does, so that tests can lose and repeat."""

    def __init__(self, http: aiohttp.ClientSession, lab: Lab) -> None:
        self.http = http
        self.url = lab.poll_url
        self.key: str | None = None
        self.received = 0
        self.sent = 0
        self.close: int | None = None

    async def post(self, body: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
        async with self.http.post(self.url, data=orjson.dumps(body), headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def open(self, *frames: Frame, hello: Frame = HELLO) -> list[Frame]:
        texts = [json.dumps(frame) for frame in (hello, *frames)]
        status, answer = await self.post({"frames": texts})
        assert status == 200
        self.key, self.sent = answer["connection"], len(texts)
        return self.take(answer)

    async def ask(self, *frames: Frame) -> list[Frame]:
        texts = [json.dumps(frame) for frame in frames]
        answer = await self.raw(self.sent, texts)
        self.sent += len(texts)
        return self.take(answer)

    async def raw(self, sent: int, texts: list[str]) -> dict[str, Any]:
        status, answer = await self.post(
            {"connection": self.key, "received": self.received, "sent": sent, "frames": texts}
        )
        assert status == 200, answer
        return answer

    def take(self, answer: dict[str, Any]) -> list[Frame]:
        frames = []
        for number, text in enumerate(answer["frames"], start=answer["first"]):
            SERVER_FRAMES.validate_json(text)
            if number >= self.received:
                frames.append(orjson.loads(text))
                self.received = number + 1
        self.close = answer["close"]
        return frames

    async def until(self, t: str) -> Frame:
        async with asyncio.timeout(30):
            while True:
                for frame in await self.ask():
                    if frame["t"] == t:
                        return frame


def note(id: str, body: str) -> Frame:
    return {"t": "command", "id": id, "name": "note.add", "data": {"room": "r", "body": body}}


SUBSCRIBE = {"t": "subscribe", "topic": "room:r", "after": 0}


@pytest.fixture
async def ann(http: aiohttp.ClientSession, lab: Lab) -> Poller:
    poller = Poller(http, lab)
    frames = await poller.open(SUBSCRIBE)
    assert [frame["t"] for frame in frames] == ["welcome", "subscribed"]
    return poller


async def test_commands_are_answered_and_events_arrive(lab: Lab, ann: Poller) -> None:
    frames = await ann.ask(note("a", "hello"))
    assert [frame["t"] for frame in frames] == ["event", "ack"]
    waiting = asyncio.ensure_future(ann.ask())
    await asyncio.sleep(0.1)
    await lab.publish("r", "later")
    (event,) = await waiting
    assert event["data"] == {"body": "later"}


@soon_answered
async def test_answers_empty_after_a_while(ann: Poller) -> None:
    began = time.monotonic()
    assert await ann.ask() == []
    assert time.monotonic() - began > 0.4


@soon_answered
async def test_a_lost_answer_is_given_again(lab: Lab, ann: Poller) -> None:
    await lab.publish("r", "1", "2")
    lost = await ann.raw(ann.sent, [])
    assert len(lost["frames"]) == 2
    assert [frame["seq"] for frame in await ann.ask()] == [1, 2]
    assert await ann.ask() == []


async def test_a_repeated_request_is_done_once(ann: Poller) -> None:
    text = json.dumps(note("a", "once"))
    first = await ann.raw(ann.sent, [text])
    again = await ann.raw(ann.sent, [text])
    assert first["taken"] == again["taken"] == ann.sent + 1
    ann.sent += 1
    events = [frame for frame in ann.take(again) if frame["t"] == "event"]
    assert [event["seq"] for event in events] == [1]
    frames = await ann.ask(note("b", "twice"))
    assert frames[0]["seq"] == 2


async def test_frames_after_a_missing_one_are_not_taken(ann: Poller) -> None:
    answer = await ann.raw(ann.sent + 1, [json.dumps(note("b", "second"))])
    assert answer["taken"] == ann.sent
    frames = await ann.ask(note("a", "first"), note("b", "second"))
    assert [f["data"]["body"] for f in frames if f["t"] == "event"] == ["first", "second"]


async def test_a_newer_request_releases_the_one_that_waits(ann: Poller) -> None:
    began = time.monotonic()
    waiting = asyncio.ensure_future(ann.raw(ann.sent, []))
    await asyncio.sleep(0.05)
    frames = await ann.ask(note("a", "quick"))
    await waiting
    assert time.monotonic() - began < HOLD_SECONDS
    assert [frame["t"] for frame in frames] == ["event", "ack"]


@has(poll_absence_seconds=1.0)
async def test_who_is_not_heard_of_is_forgotten(lab: Lab, ann: Poller) -> None:
    await until_so(lambda: not len(lab.node.connections))
    status, problem = await ann.post({"connection": ann.key, "received": 0, "sent": 0})
    assert (status, problem["code"]) == (404, "not_found")
    assert not lab.node.hub.has_subscribers("room:r")


async def test_leaving_ends_it_at_once(lab: Lab, ann: Poller) -> None:
    status, _ = await ann.post({"connection": ann.key, "is_leaving": True})
    assert status == 200
    assert len(lab.node.connections) == 0


async def test_rubbish_frames_end_it_with_a_code(ann: Poller) -> None:
    answer = await ann.raw(ann.sent, ["rubbish"])
    frames = [orjson.loads(text) for text in answer["frames"]]
    assert [frame["t"] for frame in frames] == ["problem", "bye"]
    assert answer["close"] == CloseCode.BAD_FRAME


async def test_refuses_strangers_with_a_code(http: aiohttp.ClientSession, lab: Lab) -> None:
    poller = Poller(http, lab)
    frames = await poller.open(hello=HELLO | {"token": None})
    assert [frame["t"] for frame in frames] == ["problem", "bye"]
    assert poller.close == CloseCode.UNAUTHENTICATED
    assert len(lab.node.connections) == 0


async def test_draining_reaches_those_who_wait(lab: Lab, ann: Poller) -> None:
    waiting = asyncio.ensure_future(ann.ask())
    await asyncio.sleep(0.05)
    await lab.node.connections.drain(grace_seconds=2)
    (bye,) = await waiting
    assert (bye["reason"], ann.close) == ("restart", CloseCode.RESTART)
    status, _ = await ann.post({"frames": [json.dumps(HELLO)]})
    assert status == 503


async def test_a_foreign_page_brings_no_cookies(http: aiohttp.ClientSession, lab: Lab) -> None:
    poller = Poller(http, lab)
    hello = {"frames": [json.dumps(HELLO | {"token": None})]}
    cookie = {"Cookie": "guest=ann"}
    _, own = await poller.post(hello, **cookie, Origin=f"http://127.0.0.1:{lab.port}")
    assert orjson.loads(own["frames"][0])["t"] == "welcome"
    _, foreign = await poller.post(hello, **cookie, Origin="https://elsewhere.example")
    assert foreign["close"] == CloseCode.UNAUTHENTICATED
    async with http.options(poller.url, headers={"Origin": "https://elsewhere.example"}) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers


BODIES = st.binary(max_size=60) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["connection", "received", "sent", "frames", "is_leaving", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=6,
).map(lambda value: json.dumps(value).encode())


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=BODIES)
async def test_whatever_is_posted_is_never_a_defect(
    http: aiohttp.ClientSession, lab: Lab, body: bytes
) -> None:
    async with http.post(lab.poll_url, data=body) as answer:
        assert answer.status < 500
        await answer.json(content_type=None)
