"""The protocol over a real WebSocket."""

import asyncio
import json
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.platform.realtime.protocol import VERSION, CloseCode
from tests.platform.realtime.lab import Lab, connected
from tests.waiting import until_so


async def test_welcomes_who_is_known(lab: Lab) -> None:
    async with connected(lab, name=None) as client:
        welcome = await client.hello()
        assert welcome["t"] == "welcome"
        assert welcome["version"] == VERSION
        assert re.fullmatch(r"[\w-]{12}", welcome["session"])
        assert len(lab.node.connections) == 1


async def test_refuses_who_is_unknown_in_their_language(lab: Lab) -> None:
    async with connected(lab, name=None) as client:
        problem = await client.hello(token=None, locale="de")
        assert (problem["code"], problem["title"]) == (
            "unauthenticated",
            "Bitte melden Sie sich an.",
        )
        assert (await client.next())["reason"] == "signed_out"
        assert await client.closed() == CloseCode.UNAUTHENTICATED
    await until_so(lambda: not len(lab.node.connections))


async def test_refuses_another_version_in_words(lab: Lab) -> None:
    async with connected(lab, name=None) as client:
        problem = await client.hello(version=VERSION + 1)
        assert problem["code"] == "wrong_version"
        assert "reload" in problem["title"]
        assert await client.closed() == CloseCode.VERSION


async def test_a_cookie_counts_on_our_own_page_only(lab: Lab) -> None:
    cookie = ("Cookie", "guest=ann")
    own = ("Origin", f"http://127.0.0.1:{lab.port}")
    foreign = ("Origin", "https://elsewhere.example")
    async with connected(lab, name=None, headers=[cookie, own]) as client:
        assert (await client.hello(token=None))["t"] == "welcome"
    async with connected(lab, name=None, headers=[cookie, foreign]) as client:
        assert (await client.hello(token=None))["code"] == "unauthenticated"
    async with connected(lab, name=None, headers=[foreign]) as client:
        assert (await client.hello(token="ann"))["t"] == "welcome"


async def test_every_subscriber_hears_of_a_command_and_the_sender_is_acknowledged(
    lab: Lab,
) -> None:
    async with connected(lab) as ann, connected(lab, name="bob") as bob:
        assert (await ann.subscribe("r"))["seq"] == 0
        assert (await bob.subscribe("r"))["seq"] == 0
        id = await ann.command("hello")
        event = await ann.next()
        assert (event["seq"], event["type"], event["data"]) == (1, "note.added", {"body": "hello"})
        assert await ann.next() == {"t": "ack", "id": id, "data": {}}
        assert await bob.next() == event


async def test_resumes_after_the_last_number_seen(lab: Lab) -> None:
    await lab.publish("r", "1", "2", "3", "4")
    async with connected(lab) as ann:
        assert (await ann.subscribe("r", after=2))["seq"] == 4
        assert await ann.bodies(2) == ["3", "4"]
        await lab.publish("r", "5")
        assert await ann.bodies(1) == ["5"]


async def test_a_pruned_log_asks_for_a_fresh_snapshot(lab: Lab) -> None:
    await lab.publish("r", "1", "2", "3", "4")
    async with lab.node.database.begin() as session:
        await session.execute("DELETE FROM event WHERE seq <= 2")
        await session.execute("UPDATE topic SET pruned_seq = 2")
    async with connected(lab) as ann:
        resync = {"t": "resync", "topic": "room:r", "reason": "pruned"}
        assert await ann.subscribe("r", after=1) == resync
        assert await ann.subscribe("r", after=9) == resync | {"reason": "ahead"}
        assert (await ann.subscribe("r", after=2))["seq"] == 4
        assert await ann.bodies(2) == ["3", "4"]


async def test_a_topic_that_is_not_open_to_somebody_looks_like_none(lab: Lab) -> None:
    async with connected(lab) as ann:
        secret = await ann.subscribe("secret")
        assert (secret["topic"], secret["code"]) == ("room:secret", "not_found")
        await ann.send({"t": "subscribe", "topic": "nowhere:1"})
        assert (await ann.next())["code"] == "not_found"
        await lab.publish("secret", "hidden")
        await ann.send({"t": "ping"})
        assert await ann.next() == {"t": "pong"}


async def test_hears_no_more_after_leaving(lab: Lab) -> None:
    async with connected(lab) as ann:
        await ann.subscribe("r")
        await ann.send({"t": "unsubscribe", "topic": "room:r"})
        await ann.send({"t": "ping"})
        assert await ann.next() == {"t": "pong"}
        await lab.publish("r", "unheard")
        await ann.send({"t": "ping"})
        assert await ann.next() == {"t": "pong"}


async def test_refusals_name_the_command_and_change_nothing(lab: Lab) -> None:
    async with connected(lab) as ann:
        await ann.subscribe("r")
        for body, code, status in (("conflict", "conflict", 409), ("defect", "internal", 500)):
            id = await ann.command(body)
            problem = await ann.next()
            assert (problem["id"], problem["code"], problem["status"]) == (id, code, status)
        await ann.send({"t": "command", "id": "x", "name": "note.add", "data": {"room": 5}})
        problem = await ann.next()
        assert problem["code"] == "invalid_input"
        assert {error["field"] for error in problem["errors"]} == {"room", "body"}
        await ann.command("x", name="note.eat")
        assert (await ann.next())["code"] == "unknown_command"
        await ann.command("fine")
        assert (await ann.next())["seq"] == 1


async def test_commands_of_one_client_are_done_in_their_order(lab: Lab) -> None:
    async with connected(lab) as ann:
        await ann.subscribe("r")
        for body in ("slow", "a", "b", "c"):
            await ann.command(body)
        assert await ann.bodies(4) == ["slow", "a", "b", "c"]


async def test_signals_reach_the_others_and_are_not_logged(lab: Lab) -> None:
    async with connected(lab) as ann, connected(lab, name="bob") as bob:
        await ann.subscribe("r")
        await bob.subscribe("r")
        await ann.send({"t": "signal", "type": "typing", "data": {"room": "r"}})
        frame = {"t": "signal", "topic": "room:r", "type": "typing", "data": {"room": "r"}}
        assert await bob.next() == frame
        await ann.send({"t": "ping"})
        assert await ann.next() == {"t": "pong"}
    async with connected(lab) as late:
        assert (await late.subscribe("r", after=0))["seq"] == 0


async def test_a_flood_of_signals_is_thinned_out(lab: Lab) -> None:
    began = time.monotonic()
    async with connected(lab) as ann, connected(lab, name="bob") as bob:
        await bob.subscribe("r")
        for _ in range(300):
            await ann.send({"t": "signal", "type": "typing", "data": {"room": "r"}})
        await ann.command("end")
        count = 0
        while (await bob.next())["t"] == "signal":
            count += 1
        # Sixty at once, and twenty a second for as long as it took.
        assert 60 <= count <= 60 + 20 * (time.monotonic() - began)


async def test_a_flood_of_commands_is_refused_and_then_cut(lab: Lab) -> None:
    async with connected(lab) as ann:
        for _ in range(600):
            await ann.command("x", name="note.eat")
        codes = []
        while (frame := await ann.next())["t"] == "problem":
            codes.append(frame["code"])
        assert "too_many_requests" in codes
        assert frame["reason"] == "too_many"
        assert await ann.closed() == CloseCode.TOO_MANY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "null",
        "{}",
        "[" * 50_000,
        '{"t":"jump"}',
        '{"t":"hello"}',
        '{"t":"subscribe"}',
        '{"t":"command","id":"a","name":"note.add","data":{"room":"r","body":"\\u0000"}}',
        '{"t":"ping","x":1}',
        '{"t":"subscribe","topic":"' + "x" * 5000 + '"}',
    ],
)
async def test_rubbish_is_told_apart_and_ends_the_connection(lab: Lab, text: str) -> None:
    async with connected(lab) as ann:
        await ann.socket.send(text)
        assert (await ann.next())["code"] == "bad_frame"
        assert (await ann.next())["reason"] == "bad_frame"
        assert await ann.closed() == CloseCode.BAD_FRAME
    await until_so(lambda: not len(lab.node.connections))


async def test_rubbish_before_hello_is_refused(lab: Lab) -> None:
    for text in ("rubbish", '{"t":"ping"}'):
        async with connected(lab, name=None) as client:
            await client.socket.send(text)
            assert (await client.next())["code"] == "bad_frame"
            assert await client.closed() == CloseCode.BAD_FRAME


async def test_binary_frames_are_rubbish(lab: Lab) -> None:
    async with connected(lab) as ann:
        await ann.socket.send(b"\x00\xff")
        assert (await ann.next())["code"] == "bad_frame"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
NEARLY = st.fixed_dictionaries(
    {"t": st.sampled_from(["subscribe", "unsubscribe", "command", "signal", "ping", "hello"])},
    optional={
        "id": JSON,
        "name": st.just("note.add") | JSON,
        "data": JSON,
        "topic": st.just("room:r") | JSON,
        "type": st.just("typing") | JSON,
        "after": JSON,
    },
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(frame=NEARLY)
async def test_whatever_comes_is_answered_in_the_protocol(lab: Lab, frame: object) -> None:
    async with connected(lab) as ann:
        await ann.socket.send(json.dumps(frame))
        await ann.send({"t": "ping"})
        while (answer := await ann.next())["t"] not in ("pong", "bye"):
            assert answer.get("code") != "internal"


async def test_draining_answers_what_is_under_way_and_asks_to_come_back(lab: Lab) -> None:
    async with connected(lab) as busy, connected(lab, name="bob") as idle:
        await busy.subscribe("r")
        id = await busy.command("slow")
        await asyncio.sleep(0.1)
        await lab.node.connections.drain(grace_seconds=5)
        assert (await busy.until("ack"))["id"] == id
        assert (await busy.next())["reason"] == "restart"
        assert (await idle.next())["reason"] == "restart"
        assert await busy.closed() == CloseCode.RESTART
        assert await idle.closed() == CloseCode.RESTART


async def test_dismissing_ends_all_connections_of_one_person(lab: Lab) -> None:
    async with connected(lab) as one, connected(lab) as two, connected(lab, name="bob") as bob:
        await lab.node.connections.dismiss("guest:ann")
        assert await one.closed() == CloseCode.UNAUTHENTICATED
        assert await two.closed() == CloseCode.UNAUTHENTICATED
        await bob.send({"t": "ping"})
        assert await bob.next() == {"t": "pong"}


async def test_a_command_that_the_database_gave_up_may_be_asked_again(lab: Lab) -> None:
    async with connected(lab) as ann:
        id = await ann.command("crossed")
        problem = await ann.next()
    assert (problem["id"], problem["code"]) == (id, "busy")
