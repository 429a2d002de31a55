"""The front end's client against the real server: what breaks heals by itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stoa.platform.database.session import Database
from stoa.platform.realtime.protocol import CloseCode
from tests.platform.realtime.lab import Lab, running_lab
from tests.servers.browser_client import BrowserClient, browser_client, build
from tests.waiting import until_so


@pytest.fixture(scope="module")
async def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return await build("driver", tmp_path_factory.mktemp("driver"))


@pytest.fixture
async def lab(database: Database, tmp_path: Path) -> AsyncIterator[Lab]:
    async with database.begin() as session:
        await session.execute("TRUNCATE topic, event")
    async with running_lab(database, tmp_path) as lab:
        yield lab


@pytest.fixture
async def ann(lab: Lab, driver: Path) -> AsyncIterator[BrowserClient]:
    async with browser_client(driver, f"http://127.0.0.1:{lab.port}") as client:
        await client.until(state="live", transport="websocket")
        await client.order("subscribe", topic="room:r", after=0)
        yield client


async def note(client: BrowserClient, body: str) -> None:
    data = {"room": "r", "body": body}
    await client.order("command", name="note.add", data=data, tag=body)


def cut_all(lab: Lab) -> None:
    """Every line is cut without a word, as a train does in a tunnel."""
    for connection in list(lab.node.connections._open):
        connection.transport.abort()


async def test_commands_are_answered_and_events_arrive(ann: BrowserClient) -> None:
    await note(ann, "one")
    await note(ann, "conflict")
    assert (await ann.until(failed="conflict"))["code"] == "conflict"
    await note(ann, "two")
    await ann.until(done="two")
    assert ann.bodies() == ["one", "two"]


async def test_a_cut_line_resumes_without_loss_or_repeats(lab: Lab, ann: BrowserClient) -> None:
    await lab.publish("r", "1", "2")
    await ann.until(event=2)
    cut_all(lab)
    await ann.until(state="resuming")
    await lab.publish("r", "3", "4")
    await ann.until(state="live")
    await lab.publish("r", "5")
    await ann.until(event=5)
    assert ann.bodies() == ["1", "2", "3", "4", "5"]


async def test_a_command_whose_answer_was_lost_is_sent_again(lab: Lab, ann: BrowserClient) -> None:
    await note(ann, "slow")
    await asyncio.sleep(0.1)
    cut_all(lab)
    await ann.until(state="resuming")
    await note(ann, "while away")
    await ann.until(done="slow")
    await ann.until(done="while away")


async def test_comes_back_after_a_restart(lab: Lab, ann: BrowserClient) -> None:
    await lab.node.connections.drain(grace_seconds=2)
    await ann.until(state="resuming")
    await lab.publish("r", "1")
    lab.node.connections.is_draining = False
    await ann.until(state="live")
    await ann.until(event=1)


async def test_takes_a_snapshot_when_the_log_does_not_reach_back(
    lab: Lab, ann: BrowserClient
) -> None:
    await lab.publish("r", "1", "2", "3")
    await ann.until(event=3)
    lab.node.connections.is_draining = True  # nobody comes back before the log is as it shall be
    cut_all(lab)
    await ann.until(state="resuming")
    await lab.publish("r", "4", "5")
    async with lab.node.database.begin() as session:
        await session.execute("DELETE FROM event WHERE seq <= 4")
        await session.execute("UPDATE topic SET pruned_seq = 4")
    lab.node.connections.is_draining = False
    await ann.until(resync="room:r")
    await until_so(lambda: lab.node.hub.has_subscribers("room:r"))
    await lab.publish("r", "6")
    await ann.until(event=6)
    assert ann.bodies() == ["1", "2", "3", "6"]


async def test_stays_away_once_it_was_signed_out(lab: Lab, ann: BrowserClient) -> None:
    await lab.node.connections.dismiss("guest:ann")
    await ann.until(state="refused")
    await note(ann, "never")
    await ann.order("reconnect")
    await ann.until(state="live")
    await ann.until(done="never")


async def test_hears_signals_and_refusals_of_topics(lab: Lab, ann: BrowserClient) -> None:
    await ann.order("subscribe", topic="room:secret", after=None)
    await ann.until(refused="not_found", topic="room:secret")
    lab.node.hub.signal("room:r", "typing", {"room": "r"})
    await ann.until(signal={"room": "r"})


async def test_falls_back_to_long_polling_and_resumes_there(
    database: Database, tmp_path: Path, driver: Path
) -> None:
    async with database.begin() as session:
        await session.execute("TRUNCATE topic, event")
    async with (
        running_lab(database, tmp_path, blocks_sockets=True) as lab,
        browser_client(driver, f"http://127.0.0.1:{lab.port}") as ann,
    ):
        await ann.until(state="live", transport="poll")
        await ann.order("subscribe", topic="room:r", after=0)
        await note(ann, "one")
        await ann.until(done="one")
        for number in range(20):
            await note(ann, f"n{number}")
        await lab.publish("r", "from outside")
        await ann.until(done="n19")
        lab.node.hub.signal("room:r", "typing", {"room": "r"})
        await ann.until(signal={"room": "r"})
        for connection in list(lab.node.connections._open):
            await connection.transport.close(CloseCode.RESTART)
        await lab.publish("r", "last")
        await ann.until(state="live")
        while "last" not in ann.bodies():
            await ann.next()
        wanted = ["one", *(f"n{number}" for number in range(20)), "from outside", "last"]
        assert sorted(ann.bodies()) == sorted(wanted)
        assert [body for body in ann.bodies() if body.startswith("n")] == wanted[1:21]
