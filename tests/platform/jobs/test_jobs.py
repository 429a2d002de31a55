"""Jobs: as certain as the transaction that asked for them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.jobs.queue import Payload, enqueue, forget_jobs
from stoa.platform.jobs.worker import JobHandler, Worker
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore

PATIENCE_SECONDS = 30


class Recorder:
    """Remembers what ran and wakes whoever waits for it; fails the first `failures` times."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.runs: list[Payload] = []
        self.ran = asyncio.Condition()

    async def __call__(self, _node: Node, payload: Payload) -> None:
        async with self.ran:
            self.runs.append(payload)
            self.ran.notify_all()
        if len(self.runs) <= self.failures:
            raise RuntimeError("not this time")

    async def wait_for_runs(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self.ran:
            await self.ran.wait_for(lambda: len(self.runs) >= count)


@pytest.fixture
def node(own_database: Database, own_database_url: str, tmp_path: Path) -> Node:
    settings = Settings(data_dir=tmp_path, database_url=own_database_url)
    return Node(settings=settings, database=own_database, blobs=LocalBlobStore(tmp_path))


@contextlib.asynccontextmanager
async def working(
    node: Node, jobs: Mapping[str, JobHandler], *, max_attempts: int = 8
) -> AsyncIterator[None]:
    worker = Worker(node, jobs=jobs, periodic={}, max_attempts=max_attempts)
    await worker.start()
    try:
        yield
    finally:
        await worker.stop(grace_seconds=5)


async def test_runs_what_a_committed_transaction_asked_for(node: Node) -> None:
    recorder = Recorder()
    async with working(node, {"note": recorder}):
        async with node.database.begin() as session:
            await enqueue(session, "note", {"word": "zażółć", "count": 2})
        await recorder.wait_for_runs(1)
    assert recorder.runs == [{"word": "zażółć", "count": 2}]


async def test_forgets_what_a_failed_transaction_asked_for(node: Node) -> None:
    recorder = Recorder()
    with contextlib.suppress(ZeroDivisionError):
        async with node.database.begin() as session:
            await enqueue(session, "note", {"from": "failed"})
            raise ZeroDivisionError
    async with working(node, {"note": recorder}):
        async with node.database.begin() as session:
            await enqueue(session, "note", {"from": "committed"})
        await recorder.wait_for_runs(1)
    assert recorder.runs == [{"from": "committed"}]


async def test_tries_again_until_it_works(node: Node) -> None:
    recorder = Recorder(failures=2)
    async with working(node, {"note": recorder}):
        async with node.database.begin() as session:
            await enqueue(session, "note", {})
        await recorder.wait_for_runs(3)


async def test_keeps_what_failed_for_good(node: Node) -> None:
    recorder = Recorder(failures=99)
    async with working(node, {"note": recorder}, max_attempts=1):
        async with node.database.begin() as session:
            await enqueue(session, "note", {})
        await recorder.wait_for_runs(2)
    async with node.database.read() as session:
        assert await session.fetch_value("SELECT status::text FROM pgqueuer") == "failed"


async def test_a_unique_job_waits_once(node: Node) -> None:
    async with node.database.begin() as session:
        for _ in range(3):
            await enqueue(session, "note", {}, unique_key="same", delay=timedelta(hours=1))
    async with node.database.read() as session:
        assert await session.fetch_value("SELECT count(*) FROM pgqueuer") == 1


async def test_a_job_under_way_ends_before_its_worker_does(node: Node) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()
    ended: list[Payload] = []

    async def slow(_node: Node, payload: Payload) -> None:
        begun.set()
        await may_end.wait()
        ended.append(payload)

    worker = Worker(node, jobs={"note": slow}, periodic={})
    await worker.start()
    async with node.database.begin() as session:
        await enqueue(session, "note", {"n": 1})
    async with asyncio.timeout(PATIENCE_SECONDS):
        await begun.wait()
        stopping = asyncio.create_task(worker.stop(grace_seconds=PATIENCE_SECONDS))
        async with node.database.begin() as session:
            await enqueue(session, "note", {"n": 2})
        may_end.set()
        await stopping
    async with node.database.read() as reading:
        left = await reading.fetch("SELECT status::text, payload FROM pgqueuer")
    # The second may have been on its way to this worker; then it ended here as well.
    assert ended[0] == {"n": 1}
    assert len(ended) + len(left) == 2
    assert {row["status"] for row in left} <= {"queued"}, "nothing is left half done"


async def test_forgets_the_jobs_that_name_somebody_and_no_others(node: Node) -> None:
    """What somebody calls themselves may stand in anything: "1" is in half of all ids."""
    keys = ["1", "%@example.org", "anna_b@example.org", "back\\slash@example.org"]
    others: list[Payload] = [
        {"order_id": "019dffb1-1111-7111-8111-111111111111"},
        {"email": "joanna_b@example.org", "count": 1},
        {"email": "annaXb@example.org"},
    ]
    theirs: list[Payload] = [
        {"email": "Anna_B@Example.org"},
        {"to": ["1"]},
        {"to": {"email": keys[3]}},
    ]
    async with node.database.begin() as session:
        for payload in (*others, *theirs):
            await enqueue(session, "note", payload)

        await forget_jobs(session, texts=keys)

        rows = await session.fetch("SELECT payload FROM pgqueuer ORDER BY id")
    assert [orjson.loads(row["payload"]) for row in rows] == others
