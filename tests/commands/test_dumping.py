"""`stoa dump`: what is in the embedded database can be read into another one."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stoa.platform.database.embedded import EmbeddedPostgres, find_binaries
from stoa.platform.database.session import open_database
from tests.commands.test_up import run_stoa
from tests.servers.stoa import StoaProcess, running_stoa


@pytest.fixture(scope="module")
def stoa(short_folder: Path) -> Iterator[StoaProcess]:
    folder = short_folder / "dump"
    folder.mkdir()
    with running_stoa(folder / "data") as server:
        yield server


async def test_what_is_dumped_while_it_serves_can_be_read_elsewhere(
    stoa: StoaProcess, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    file = tmp_path / "stoa.sql"
    done = run_stoa("dump", str(file), data_dir=stoa.data_dir)
    assert done.returncode == 0, done.stderr
    assert os.listdir(tmp_path) == ["stoa.sql"]
    elsewhere = await postgres.create_database("read_again")
    try:
        psql = [find_binaries(None) / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", elsewhere]
        subprocess.run([*psql, "-f", file], check=True, capture_output=True)
        database = await open_database(elsewhere, size=2)
        async with database.read() as session:
            count = await session.fetch_value("SELECT count(*) FROM product")
        await database.close()
        assert count == 72, "the demo shop's products"
    finally:
        await postgres.drop_database("read_again")


def test_a_file_that_cannot_be_written_is_told_in_words(stoa: StoaProcess, tmp_path: Path) -> None:
    done = run_stoa("dump", str(tmp_path / "nowhere" / "stoa.sql"), data_dir=stoa.data_dir)
    assert done.returncode == 1
    assert "could not be dumped" in done.stderr
    assert "Traceback" not in done.stderr
