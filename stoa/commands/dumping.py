"""`stoa dump`: the embedded database as a file that any PostgreSQL reads."""

import asyncio
from pathlib import Path

import typer

from stoa.commands import preparing, serving
from stoa.commands.preparing import CannotStart
from stoa.platform.config import Settings
from stoa.platform.database.embedded import find_binaries


async def dump(settings: Settings, *, path: Path) -> None:
    """Writes SQL that makes the same database elsewhere. Stoa may be serving meanwhile.

    Plain SQL, because an archive can only be read by tools at least as new as these.

    Raises:
        CannotStart: the database is no embedded one, or could not be dumped, with the reason.
    """
    if settings.database_url is not None:
        raise CannotStart(
            "STOA_DATABASE_URL names a PostgreSQL of your own: dump it with its own pg_dump. "
            "`stoa dump` is for the one that `stoa up` brings along."
        )
    running = serving.RunningFile(settings.data_dir).read()
    if running and running.database:
        settings = settings.model_copy(update={"database_url": running.database})
    async with preparing.running_database(settings) as ready:
        assert ready.database_url is not None
        await _write(ready.database_url, path)
    typer.echo(f"Written to {path}, {path.stat().st_size:,} bytes.")  # noqa: ASYNC240 - one stat


async def _write(url: str, path: Path) -> None:
    """The file appears whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        process = await asyncio.create_subprocess_exec(
            str(find_binaries(None) / "pg_dump"),
            *("--no-owner", "--no-privileges", "--file", str(part), url),
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
        if process.returncode:
            raise CannotStart(f"The database could not be dumped:\n{said.decode().strip()}")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
