"""`stoa move`: everything goes into another database, such as a PostgreSQL of one's own."""

import tempfile
from collections.abc import Sequence
from graphlib import TopologicalSorter
from pathlib import Path

import asyncpg
import typer

from stoa.commands import preparing, serving
from stoa.commands.preparing import CannotStart
from stoa.platform.config import Settings
from stoa.platform.database.migrate import migrate
from stoa.platform.database.session import Connection

_LEDGER = "schema_migration"  # the target's own migrations write it
# Whoever has one of these has begun to use the database.
_SIGNS_OF_LIFE = ("shop", "staff", "visitor")
_TABLES = """
SELECT c.relname AS name, array_agg(a.attname ORDER BY a.attnum) AS columns,
    ARRAY(SELECT f.confrelid::regclass::text FROM pg_constraint f
          WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS needs
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> $1
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.oid, c.relname ORDER BY c.relname
"""


async def move(settings: Settings, *, target: str) -> None:
    """The target holds all that the database in use holds, and that one is as it was.

    Both have the newest schema. The copy is one transaction: it is there as a whole or not at all.

    Raises:
        CannotStart: Stoa runs, the target does not answer, or it is in use already.
    """
    running = serving.RunningFile(settings.data_dir).read()
    if running is not None:
        raise CannotStart("Stoa is running. Stop it first, or what happens meanwhile stays behind.")
    async with preparing.migrated_database(settings) as ready:
        assert ready.database_url is not None
        if ready.database_url == target:
            raise CannotStart("That is the database in use.")
        try:
            await migrate(target)
            source, into = await asyncpg.connect(ready.database_url), await asyncpg.connect(target)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            raise CannotStart(f"The other database does not answer: {error}") from error
        try:
            async with source.transaction(isolation="repeatable_read"), into.transaction():
                rows = await _copy(source, into)
        finally:
            await source.close()
            await into.close()
    typer.echo(f"{rows} rows moved. From now on start with STOA_DATABASE_URL set to the new one;")
    typer.echo("the data folder with its files and its key stays in use.")


async def _copy(source: "Connection", into: "Connection") -> int:
    for table in _SIGNS_OF_LIFE:
        if await into.fetchval(f'SELECT EXISTS (SELECT 1 FROM "{table}")'):
            raise CannotStart("The other database is in use already. Name an empty one.")
    tables = await source.fetch(_TABLES, _LEDGER)
    columns = {table["name"]: list(table["columns"]) for table in tables}
    needs = {table["name"]: [name.strip('"') for name in table["needs"]] for table in tables}
    names = list(TopologicalSorter(needs).static_order())
    # Some have rows from their migration, such as the VAT rates, which may have been changed since.
    await into.execute(f"TRUNCATE {', '.join(_quoted(names))}")
    total = 0
    for name in names:
        total += await _copy_table(source, into, name, columns[name])
    for sequence in await source.fetch(
        "SELECT sequencename AS name, last_value FROM pg_sequences"
        " WHERE schemaname = 'public' AND last_value IS NOT NULL"
    ):
        await into.execute(
            "SELECT setval($1::text::regclass, $2)", sequence["name"], sequence["last_value"]
        )
    return total


async def _copy_table(
    source: "Connection", into: "Connection", name: str, columns: Sequence[str]
) -> int:
    """Through a file, for a table may be larger than memory."""
    with tempfile.NamedTemporaryFile(prefix="stoa-move-") as file:
        path = Path(file.name)
        told = await source.copy_from_table(
            name, columns=columns, output=path, format="binary", schema_name="public"
        )
        await into.copy_to_table(
            name, columns=columns, source=path, format="binary", schema_name="public"
        )
    return int(told.rpartition(" ")[2])


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in names]
