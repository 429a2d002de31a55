"""`stoa dump`: what is in the embedded database can be read into another one."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stoa.commerce.shops.queries import list_shops
from stoa.commerce.shops.service import create_shop
from stoa.platform.database.embedded import EmbeddedPostgres, find_binaries
from stoa.platform.database.session import open_database
from tests.commands.test_up import run_stoa
from tests.servers.stoa import StoaProcess, running_stoa


@pytest.fixture(scope="module")
def stoa(short_folder: Path) -> Iterator[StoaProcess]:
    folder = short_folder / "dump"
    folder.mkdir()
    with running_stoa(folder / "data", settings={"DEMO": "false"}) as server:
        yield server


async def make_shop_in(url: str) -> None:
    database = await open_database(url, size=2)
    async with database.begin() as session:
        await create_shop(
            session, name="Στοά Ποικίλη", country="GR", currency="EUR", locales=["el", "en"]
        )
    await database.close()


async def test_what_is_dumped_while_it_serves_can_be_read_elsewhere(
    stoa: StoaProcess, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    await make_shop_in(stoa.database_url)
    file = tmp_path / "stoa.sql"
    done = run_stoa("dump", str(file), data_dir=stoa.data_dir)
    assert done.returncode == 0, done.stderr
    assert os.listdir(tmp_path) == ["stoa.sql"]
    elsewhere = await postgres.create_database("read_again")
    try:
        psql = [str(find_binaries(None) / "psql"), "-q", "-v", "ON_ERROR_STOP=1"]
        subprocess.run([*psql, "-d", elsewhere, "-f", str(file)], check=True, capture_output=True)
        database = await open_database(elsewhere, size=2)
        async with database.read() as session:
            names = [shop.name for shop in await list_shops(session)]
        await database.close()
        assert names == ["Στοά Ποικίλη"]
    finally:
        await postgres.drop_database("read_again")


def test_a_file_that_cannot_be_written_is_told_in_words(stoa: StoaProcess, tmp_path: Path) -> None:
    done = run_stoa("dump", str(tmp_path / "nowhere" / "stoa.sql"), data_dir=stoa.data_dir)
    assert done.returncode == 1
    assert "could not be dumped" in done.stderr
    assert "Traceback" not in done.stderr
