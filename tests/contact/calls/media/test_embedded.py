"""The embedded engine's own: processes that die, ports, addresses, and files cut off."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from prometheus_client import generate_latest

from stoa.contact.calls.media.embedded import EmbeddedEngine
from stoa.contact.calls.media.engine import CallFailed, MediaError, RecordingEnded
from stoa.contact.calls.media.pool import Start
from stoa.contact.calls.media.service import engine_for
from stoa.platform.config import Settings
from tests.contact.calls.media.conftest import (
    Events,
    calling,
    embedded_engine,
)
from tests.servers.tones import HEARD_DB, TONES, levels, read_sides
from tests.waiting import until_so

CUSTOMER, AGENT, OTHER, _ = TONES


@pytest.fixture
async def engine() -> AsyncIterator[EmbeddedEngine]:
    made = embedded_engine()
    try:
        yield made
    finally:
        await made.stop()


@pytest.mark.fault
async def test_a_killed_process_fails_its_calls_and_no_others(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    events = Events(engine)
    await engine.prepare()
    async with calling(engine, events) as doomed:
        await until_so(lambda: len(engine.workers) == 2)
        async with calling(engine, events) as other:
            customer = await doomed.join(CUSTOMER, side="customer")
            agent = await doomed.join(AGENT)
            await agent.client.hears(CUSTOMER)
            stranger = await other.join(OTHER)
            recording_id, path = uuid4(), tmp_path / "call.ogg"
            await engine.start_recording(
                doomed.id, recording_id=recording_id, path=path, channels=2
            )
            await until_so(lambda: path.stat().st_size > 10_000)
            os.kill(engine.carrier_of(doomed.id).pid, signal.SIGKILL)
            failed = await events.wait(CallFailed)
            assert failed.call_id == doomed.id
            # What was recorded until then can be played.
            ended = await events.wait(RecordingEnded)
            assert (ended.recording_id, ended.is_complete) == (recording_id, False)
            left, right = read_sides(path)
            assert ended.duration_ms == pytest.approx(left.size / 48, abs=50)
            assert levels(left[24_000:])[CUSTOMER] > HEARD_DB
            assert levels(right[24_000:])[AGENT] > HEARD_DB
            # The other call is not touched, and new ones have a place.
            friend = await other.join(AGENT)
            await stranger.client.hears(AGENT)
            await friend.client.hears(OTHER)
            with pytest.raises(MediaError):
                await engine.set_gains(doomed.id, {})
            async with calling(engine, events) as third:
                one = await third.join(CUSTOMER)
                two = await third.join(OTHER)
                await one.client.hears(OTHER)
                await two.client.hears(CUSTOMER)
            assert customer.client.frames
    assert [it.call_id for it in events.of(CallFailed)] == [doomed.id]


@pytest.mark.fault
async def test_the_only_process_is_replaced_when_it_dies() -> None:
    engine = engine_for(Settings(media_address="127.0.0.1", media_ports="0", media_workers=1))
    events = Events(engine)
    try:
        await engine.prepare()
        first = engine.workers[0].pid
        os.kill(first, signal.SIGKILL)
        await until_so(lambda: bool(engine.workers) and engine.workers[0].pid != first)
        async with calling(engine, events) as call:
            customer = await call.join(CUSTOMER)
            await call.join(AGENT)
            await customer.client.hears(AGENT)
    finally:
        await engine.stop()


@pytest.mark.fault
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_processes_never_outlive_their_node(how: signal.Signals) -> None:
    program = """
import asyncio
from stoa.contact.calls.media.service import engine_for
from stoa.platform.config import Settings

async def main():
    engine = engine_for(Settings(media_address="127.0.0.1", media_ports="0"))
    await engine.prepare()
    print(engine.workers[0].pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""
    node = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert node.stdout is not None
    line = ""
    while not line.strip().isdigit():
        line = await asyncio.to_thread(node.stdout.readline)
        assert line, "the node printed its worker's number"
    worker = psutil.Process(int(line))
    node.send_signal(how)
    node.wait()
    await until_so(lambda: not is_running(worker))


@pytest.mark.fault
async def test_a_signal_that_is_meant_for_the_node_ends_no_call(engine: EmbeddedEngine) -> None:
    """Ctrl-C and a service that is stopped reach every process; the node says when to go."""
    async with calling(engine, Events(engine)) as call:
        customer = await call.join(CUSTOMER)
        await call.join(AGENT)
        await customer.client.hears(AGENT)
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(engine.carrier_of(call.id).pid, number)
            await customer.client.hears(AGENT)


async def test_a_process_without_calls_lets_the_machine_sleep(engine: EmbeddedEngine) -> None:
    call_id = uuid4()
    await engine.create_call(call_id)
    worker = engine.carrier_of(call_id)
    await engine.end_call(call_id)
    before = await worker.ask("load")
    await asyncio.sleep(0.3)
    assert (await worker.ask("load"))["ticks"] == before["ticks"]
    async with calling(engine, Events(engine)) as call:
        await call.join(CUSTOMER)
        agent = await call.join(AGENT)
        await agent.client.hears(CUSTOMER)


async def test_calls_that_are_over_leave_nothing_behind(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    async with calling(engine, Events(engine)) as call:
        worker = engine.carrier_of(call.id)
        process = psutil.Process(worker.pid)
        files = process.num_fds()
        customer = await call.join(CUSTOMER, side="customer")
        agent = await call.join(AGENT)
        await agent.client.hears(CUSTOMER)
        again = await call.join(OTHER, side="customer", leg_id=customer.leg_id)
        await agent.client.hears(OTHER)
        await engine.start_recording(
            call.id, recording_id=uuid4(), path=tmp_path / "call.ogg", channels=2
        )
        await again.client.hears(AGENT)
        # Two legs: each a name, and the addresses it knocks from.
        assert (await worker.ask("load"))["lines"] >= 4
    left = await worker.ask("load")
    assert (left["calls"], left["legs"], left["lines"]) == (0, 0, 0)
    assert process.num_fds() == files


async def test_ports_and_addresses_are_those_of_the_settings() -> None:
    settings = Settings(
        media_address="127.0.0.1",
        media_ports="41300-41399",
        media_public_address="203.0.113.7",
        media_workers=1,
    )
    engine = engine_for(settings)
    try:
        await engine.prepare()
        [(host, port)] = engine.workers[0].ports
        assert host == "127.0.0.1"
        assert 41300 <= port <= 41399
        bound = psutil.Process(engine.workers[0].pid).net_connections(kind="udp")
        assert [it.laddr for it in bound] == [(host, port)]
        call_id = uuid4()
        await engine.create_call(call_id)
        answer = await engine.add_browser_leg(call_id, uuid4(), offer=OFFER, side="customer")
        candidates = [line for line in answer.splitlines() if line.startswith("a=candidate")]
        assert [line.split()[4:6] for line in candidates] == [["203.0.113.7", str(port)]]
        assert "127.0.0.1" not in answer
    finally:
        await engine.stop()


async def test_a_machine_that_changes_networks_is_found_again() -> None:
    addresses = ["127.0.0.1"]
    start = Start(
        addresses=[], public_address=None, ports=range(0), log_format="console", log_level="info"
    )
    engine = EmbeddedEngine(start, most_workers=1, addresses=lambda: list(addresses))

    async def announced() -> set[str]:
        call_id = uuid4()
        await engine.create_call(call_id)
        answer = await engine.add_browser_leg(call_id, uuid4(), offer=OFFER, side="customer")
        lines = [line for line in answer.splitlines() if line.startswith("a=candidate")]
        return {line.split()[4] for line in lines}

    try:
        assert await announced() == {"127.0.0.1"}
        addresses[:] = ["127.0.0.2", "127.0.0.3"]
        assert await announced() == {"127.0.0.2", "127.0.0.3"}
        events = Events(engine)
        async with calling(engine, events) as call:
            customer = await call.join(CUSTOMER)
            await call.join(AGENT)
            await customer.client.hears(AGENT)
        addresses[:] = ["203.0.113.7"]  # none of ours
        with pytest.raises(MediaError):
            await engine.create_call(uuid4())
        addresses[:] = ["127.0.0.1"]
        assert await announced() == {"127.0.0.1"}
    finally:
        await engine.stop()


async def test_a_start_that_fails_says_why() -> None:
    settings = Settings(media_address="203.0.113.7", media_ports="0", media_workers=1)
    engine = engine_for(settings)
    try:
        with pytest.raises(MediaError, match="did not start"):
            await engine.prepare()
        with pytest.raises(MediaError):
            await engine.create_call(uuid4())
        assert engine.workers == ()
    finally:
        await engine.stop()


async def test_calls_are_spread_and_one_process_is_spare(engine: EmbeddedEngine) -> None:
    await engine.create_call(uuid4())
    await until_so(lambda: len(engine.workers) == 2)
    await engine.create_call(uuid4())
    await engine.create_call(uuid4())
    assert sorted(it.calls for it in engine.workers) == [1, 2]
    await engine.measure()
    shown = generate_latest().decode()
    for worker in engine.workers:
        assert f'stoa_media_calls{{worker="{worker.name}"}} {worker.calls}.0' in shown
    names = [worker.name for worker in engine.workers]
    await engine.stop()
    shown = generate_latest().decode()
    assert not any(f'worker="{name}"' in shown for name in names)


def is_running(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=mid:v",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
        "c=IN IP4 0.0.0.0",
        "a=mid:a",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:0123456789abcdef0123456789",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=setup:actpass",
        "a=rtpmap:111 opus/48000/2",
        "",
    ]
)
