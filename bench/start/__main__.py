"""python -m bench.start: the demo shop from its start to its first page, and at rest."""

import asyncio
import os
import shutil
import tempfile
import time
import urllib.request
from pathlib import Path

import asyncpg

from bench.harness.cpu import Meter
from bench.harness.figures import Figures
from tests.servers.stoa import StoaProcess

MEGABYTE = 1024 * 1024
REST_SECONDS = 20


def start(stoa: StoaProcess) -> tuple[float, float]:
    """(seconds until it serves, seconds until its first page has arrived)."""
    began = time.perf_counter()
    stoa.start()
    serving = time.perf_counter() - began
    with urllib.request.urlopen(f"{stoa.url}/", timeout=30) as page:
        assert page.status == 200
    return serving, time.perf_counter() - began


async def wait_for_jobs(database_url: str) -> None:
    """Nothing waits to be done any more."""
    connection = await asyncpg.connect(database_url)
    try:
        async with asyncio.timeout(600):
            while await connection.fetchval(  # noqa: ASYNC110 - the queue is in another process
                "SELECT count(*) FROM pgqueuer WHERE status IN ('queued', 'picked')"
            ):
                await asyncio.sleep(1)
    finally:
        await connection.close()


def rest(stoa: StoaProcess, out: Figures) -> None:
    """The demo shop with nobody in it, after its pictures are drawn."""
    asyncio.run(wait_for_jobs(stoa.database_url))
    meter = Meter(server_pid=stoa.pid, postgres_pid=stoa.postgres_pid)
    time.sleep(REST_SECONDS)
    spent = meter.spent()
    server, database = meter.memory()
    out.add(
        "Whole system at rest, server + database",
        f"{(server + database) / MEGABYTE:.0f} MB"
        f" ({server / MEGABYTE:.0f} + {database / MEGABYTE:.0f})",
        aim="300 MB",
    )
    out.add("CPU at rest", f"{spent.both / REST_SECONDS * 100:.1f} % of a core")


def main() -> None:
    out = Figures("start", "Start and rest")
    folder = Path(tempfile.mkdtemp(prefix="stoa-bench-"))
    os.chmod(folder, 0o755)  # as root, the database runs as another user
    stoa = StoaProcess(folder / "data")
    try:
        serving, page = start(stoa)
        out.add(
            "First start, with the demo shop made: serving / first page",
            f"{serving:.1f} / {page:.1f} s",
        )
        stoa.stop()
        serving, page = start(stoa)
        out.add("Second start: serving / first page", f"{serving:.1f} / {page:.1f} s", aim="5 s")
        stoa.kill()
        stoa.wait_until_database_is_gone()
        serving, page = start(stoa)
        out.add("Start after kill -9 of everything", f"{serving:.1f} / {page:.1f} s", aim="5 s")
        rest(stoa, out)
    finally:
        stoa.stop()
        stoa.wait_until_database_is_gone()
        shutil.rmtree(folder, ignore_errors=True)
    out.keep()


if __name__ == "__main__":
    main()
