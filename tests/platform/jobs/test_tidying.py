"""Old job history and full buckets go; nothing else does."""

from datetime import timedelta
from pathlib import Path

import pytest

from stoa import wiring
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.jobs import tidying
from stoa.platform.jobs.tidying import tidy_periodically
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore


@pytest.fixture
def node(own_database: Database, own_database_url: str, tmp_path: Path) -> Node:
    settings = Settings(data_dir=tmp_path, database_url=own_database_url)
    return Node(settings=settings, database=own_database, blobs=LocalBlobStore(tmp_path))


def test_is_done_by_the_clock() -> None:
    assert wiring.PERIODIC["job.tidy"].handler is tidy_periodically


async def test_what_became_of_old_jobs_is_forgotten_and_failures_are_kept(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "AT_ONCE", 1)
    async with node.database.begin() as session:
        for days in (30, 20, 1):
            moment = now() - timedelta(days=days, hours=-1)
            await session.execute(
                "INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint)"
                " VALUES ($1, 1, 'successful', 0, 'note')",
                moment,
            )
            await session.execute(
                "INSERT INTO pgqueuer_statistics (created, count, priority, status, entrypoint)"
                " VALUES ($1, 1, 0, 'successful', 'note')",
                moment,
            )
            await session.execute(
                "INSERT INTO pgqueuer (priority, status, entrypoint, created)"
                " VALUES (0, 'failed', 'note', $1)",
                moment,
            )
            await session.execute("INSERT INTO rate_limit VALUES ($1, 0, $2)", str(days), moment)
    await tidy_periodically(node)
    async with node.database.read() as session:
        counts = [
            await session.fetch_value(f"SELECT count(*) FROM {table}")
            for table in ("pgqueuer_log", "pgqueuer_statistics", "pgqueuer", "rate_limit")
        ]
    assert counts == [1, 1, 3, 1]
