"""The history of the schema is applied once, in order, and never guessed at."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from stoa.platform.database.embedded import EmbeddedPostgres
from stoa.platform.database.migrate import (
    MigrationError,
    migrate,
    migrations_folder,
    read_migrations,
)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (id integer);")
    (tmp_path / "0002_second.sql").write_text("ALTER TABLE first ADD COLUMN name text;")
    return tmp_path


@pytest.fixture
async def empty_url(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> str:
    name = f"empty_{request.node.name}"
    await postgres.drop_database(name)
    return await postgres.create_database(name)


async def columns_of_first(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'first' "
            "ORDER BY ordinal_position"
        )
        return [row["column_name"] for row in rows]
    finally:
        await connection.close()


async def test_applies_each_migration_once(empty_url: str, history: Path) -> None:
    assert await migrate(empty_url, folder=history) == ["0001_first", "0002_second"]
    assert await migrate(empty_url, folder=history) == []
    assert await columns_of_first(empty_url) == ["id", "name"]


async def test_applies_only_what_is_new(empty_url: str, history: Path) -> None:
    await migrate(empty_url, folder=history)
    (history / "0003_third.sql").write_text("ALTER TABLE first ADD COLUMN third text;")
    assert await migrate(empty_url, folder=history) == ["0003_third"]


async def test_lets_many_nodes_start_at_once(empty_url: str, history: Path) -> None:
    applied = await asyncio.gather(*(migrate(empty_url, folder=history) for _ in range(6)))
    assert sorted(len(names) for names in applied) == [0, 0, 0, 0, 0, 2]


async def test_refuses_an_altered_migration(empty_url: str, history: Path) -> None:
    await migrate(empty_url, folder=history)
    (history / "0001_first.sql").write_text("CREATE TABLE first (id bigint);")
    (history / "0003_third.sql").write_text("ALTER TABLE first ADD COLUMN third text;")
    with pytest.raises(MigrationError, match="0001_first was altered"):
        await migrate(empty_url, folder=history)
    assert await columns_of_first(empty_url) == ["id", "name"]


async def test_refuses_a_database_newer_than_the_code(empty_url: str, history: Path) -> None:
    await migrate(empty_url, folder=history)
    (history / "0002_second.sql").unlink()
    with pytest.raises(MigrationError, match="newer than this Stoa"):
        await migrate(empty_url, folder=history)


async def test_refuses_a_migration_slipped_in_below(empty_url: str, history: Path) -> None:
    (history / "0002_second.sql").rename(history / "0003_second.sql")
    await migrate(empty_url, folder=history)
    (history / "0002_late.sql").write_text("ALTER TABLE first ADD COLUMN late text;")
    with pytest.raises(MigrationError, match="comes before 0003"):
        await migrate(empty_url, folder=history)
    assert "late" not in await columns_of_first(empty_url)


async def test_leaves_nothing_of_a_migration_that_fails(empty_url: str, history: Path) -> None:
    (history / "0002_second.sql").write_text(
        "ALTER TABLE first ADD COLUMN half text; SELECT nonsense();"
    )
    with pytest.raises(MigrationError, match="0002_second failed and changed nothing"):
        await migrate(empty_url, folder=history)
    assert await columns_of_first(empty_url) == ["id"]


def test_refuses_two_files_with_one_number(history: Path) -> None:
    (history / "0002_twin.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationError, match="share the number 2"):
        read_migrations(history)


def test_refuses_a_file_that_is_not_named_like_a_migration(history: Path) -> None:
    (history / "3_third.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationError, match="not named like"):
        read_migrations(history)


def test_the_real_history_has_no_holes() -> None:
    numbers = [migration.number for migration in read_migrations(migrations_folder())]
    assert numbers == list(range(1, len(numbers) + 1))
