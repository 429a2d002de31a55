"""The linear history of the schema: `migrations/NNNN_name.sql`, each applied once, in order."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg

_FILE_NAME = re.compile(r"(?P<number>\d{4})_(?P<name>[a-z0-9_]+)\.sql")
_LOCK = 0x53544F41  # "STOA": one migration at a time per database, whoever starts it
_OLDEST_SERVER = 15

_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migration (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationError(Exception):
    """The database and this code do not fit together; the text says why and what to do."""


@dataclass(frozen=True)
class Migration:
    number: int
    name: str
    sql: str
    checksum: str


def migrations_folder() -> Path:
    """Returns where the history is: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def read_migrations(folder: Path) -> list[Migration]:
    """Returns the history in order.

    Raises:
        MigrationError: a file that is not named so, or two with one number.
    """
    found: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        named = _FILE_NAME.fullmatch(path.name)
        if named is None:
            raise MigrationError(f"{path.name} is not named like 0001_what_it_does.sql.")
        number = int(named["number"])
        if number in found:
            raise MigrationError(f"{path.name} and {found[number].name} share the number {number}.")
        sql = path.read_text(encoding="utf-8")
        found[number] = Migration(number, named["name"], sql, _checksum(sql))
    if not found:
        raise MigrationError(f"There are no migrations in {folder}.")
    return [found[number] for number in sorted(found)]


def _checksum(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()


def pending(history: Sequence[Migration], applied: Mapping[int, str]) -> list[Migration]:
    """Returns what is still to do; `applied` has the checksum of each number already applied.

    Raises:
        MigrationError: the database is newer than the code, or an applied file was altered, or
            one was slipped in below those already applied.
    """
    known = {migration.number: migration for migration in history}
    unknown = sorted(set(applied) - set(known))
    if unknown:
        raise MigrationError(
            f"The database is newer than this Stoa: it knows migration {unknown[-1]:04}, this "
            f"code ends at {max(known):04}. Install the newer Stoa, or restore an older backup."
        )
    for number, checksum in sorted(applied.items()):
        if known[number].checksum != checksum:
            raise MigrationError(
                f"Migration {number:04}_{known[number].name} was altered after this database "
                "applied it. Restore the file as it was and write a new migration instead. "
                "(Before a release: begin again with an empty database.)"
            )
    waiting = [migration for migration in history if migration.number not in applied]
    if waiting and applied and waiting[0].number < max(applied):
        raise MigrationError(
            f"Migration {waiting[0].number:04}_{waiting[0].name} comes before "
            f"{max(applied):04}, which this database has already applied. Give it a later number."
        )
    return waiting


async def migrate(dsn: str, *, folder: Path | None = None) -> list[str]:
    """Brings the schema to the newest state and returns the names of what was applied.

    Safe to run on many nodes at once: they wait for one another. Each migration is one
    transaction together with its line in `schema_migration`.

    Raises:
        MigrationError: see `pending`; also a server older than PostgreSQL 15.
    """
    history = read_migrations(folder or migrations_folder())
    connection = await asyncpg.connect(dsn)
    try:
        major = connection.get_server_version().major
        if major < _OLDEST_SERVER:
            raise MigrationError(f"This is PostgreSQL {major}; Stoa needs {_OLDEST_SERVER}.")
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(_LEDGER)
        await _ensure_extensions_where_possible(connection)
        rows = await connection.fetch("SELECT number, checksum FROM schema_migration")
        waiting = pending(history, {row["number"]: row["checksum"] for row in rows})
        for migration in waiting:
            await _apply(connection, migration)
        return [f"{migration.number:04}_{migration.name}" for migration in waiting]
    finally:
        await connection.close()  # which also lets the lock go


async def _ensure_extensions_where_possible(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    """Search forgives more typos with pg_trgm, and works without it."""
    with suppress(
        asyncpg.InsufficientPrivilegeError,
        asyncpg.UndefinedFileError,
        asyncpg.FeatureNotSupportedError,
    ):
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")


async def _apply(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration) -> None:
    try:
        async with connection.transaction():
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)",
                migration.number,
                migration.name,
                migration.checksum,
            )
    except asyncpg.PostgresError as error:
        raise MigrationError(
            f"Migration {migration.number:04}_{migration.name} failed and changed nothing: {error}"
        ) from error
