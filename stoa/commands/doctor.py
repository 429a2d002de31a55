"""`stoa doctor`: looks at everything an installation needs and says in words what is wrong."""

import os
import shutil
import stat
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import typer

import stoa
from stoa.commands import preparing, serving
from stoa.commands.findings import Finding, Verdict
from stoa.commands.media import look_at_media
from stoa.commands.relays import look_at_relays
from stoa.platform.config import Settings, unknown_variables
from stoa.platform.database.embedded import EmbeddedPostgresError
from stoa.platform.database.migrate import (
    MigrationError,
    migrations_folder,
    pending,
    read_migrations,
)

_LEAST_FREE_BYTES = 200 * 2**20
_COMFORTABLE_FREE_BYTES = 2 * 2**30
_LARGEST_CLOCK_DIFFERENCE_SECONDS = 5
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognised here, not listened on
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


_MARKS = {
    Verdict.GOOD: ("ok     ", typer.colors.GREEN),
    Verdict.WARNING: ("notice ", typer.colors.YELLOW),
    Verdict.BAD: ("WRONG  ", typer.colors.RED),
}


async def doctor(settings: Settings) -> None:
    """Prints what it finds.

    Raises:
        typer.Exit: with status 1 when something is wrong.
    """
    running = serving.RunningFile(settings.data_dir).read()
    findings = [
        *look_at_settings(os.environ),
        *look_at_files(settings),
        *look_at_disk(settings.data_dir),
        *look_at_address(settings, running),
        *look_at_front_end(Path(stoa.__file__).parent),
        look_at_speaker(shutil.which("espeak-ng")),
        look_at_clock(time.time()),
        *await look_at_database(settings, running),
        *await look_at_media(settings),
        *await look_at_relays(settings),
    ]
    for finding in findings:
        mark, colour = _MARKS[finding.verdict]
        typer.secho(mark, fg=colour, nl=False)
        typer.echo(f"{finding.about}: {finding.text}")
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(1)


def look_at_settings(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Says which variables look like settings and are none."""
    for text in unknown_variables(environment):
        yield Finding(Verdict.WARNING, "settings", text)


def look_at_files(settings: Settings) -> Iterator[Finding]:
    """Says whether the data folder can be written and its secret is nobody else's."""
    folder = settings.data_dir
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(Verdict.BAD, "data folder", f"{folder} cannot be written by this user.")
        return
    yield Finding(Verdict.GOOD, "data folder", f"{folder} can be written.")
    if settings.database_url is None and (location := folder / "postgres.location").exists():
        text = f"the embedded database lies in {location.read_text()}, for its user to reach it."
        yield Finding(Verdict.GOOD, "database files", text)
    secret = folder / "secret.key"
    if not secret.exists():
        yield Finding(Verdict.GOOD, "secret", "not made yet; the first start makes it.")
        return
    seen = secret.stat()
    if stat.S_IMODE(seen.st_mode) & 0o077:
        text = f"{secret} can be read by others. Run: chmod 600 {secret}"
        yield Finding(Verdict.BAD, "secret", text)
    elif seen.st_size < 32:
        text = f"{secret} is too short to be safe. Remove it; links sent so far will stop working."
        yield Finding(Verdict.BAD, "secret", text)
    else:
        yield Finding(Verdict.GOOD, "secret", "present, and readable by its owner only.")


def look_at_disk(folder: Path) -> Iterator[Finding]:
    """Says whether there is room for orders and attachments to come."""
    free = shutil.disk_usage(folder).free
    text = f"{free // 2**20} MB free below {folder}."
    if free < _LEAST_FREE_BYTES:
        text += " Orders and messages will soon be refused. Free some space."
        yield Finding(Verdict.BAD, "disk", text)
    elif free < _COMFORTABLE_FREE_BYTES:
        yield Finding(Verdict.WARNING, "disk", text)
    else:
        yield Finding(Verdict.GOOD, "disk", text)


def look_at_address(
    settings: Settings, running: serving.RunningContent | None
) -> Iterator[Finding]:
    """Says whether the port can be had, and whether the public address is safe to type into."""
    if running is not None:
        yield Finding(Verdict.GOOD, "port", f"Stoa serves {running.url} (process {running.pid}).")
    else:
        try:
            serving.open_socket(settings).close()
            yield Finding(Verdict.GOOD, "port", f"{settings.host} can be listened on.")
        except preparing.CannotStart as error:
            yield Finding(Verdict.BAD, "port", str(error))
    if settings.public_url is None and settings.host in _EVERYWHERE:
        text = "STOA_PUBLIC_URL is not set, so links in mails and pages do not work elsewhere."
        yield Finding(Verdict.WARNING, "address", text)
        return
    parts = urlsplit(settings.base_url)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        text = f"{settings.base_url} is not encrypted; passwords cross the network in the clear."
        yield Finding(Verdict.WARNING, "address", text)


def look_at_front_end(package: Path) -> Iterator[Finding]:
    """Says whether the built desk, counter and styles are there."""
    if (package / "static" / "built" / "manifest.json").is_file():
        yield Finding(Verdict.GOOD, "front end", "built.")
    else:
        text = "not built, so pages have no styles and the desk is empty. Run: make build"
        yield Finding(Verdict.BAD, "front end", text)


def look_at_speaker(program: str | None) -> Finding:
    """Says whether callers hear where they stand, or only read it."""
    if program is not None:
        return Finding(Verdict.GOOD, "prompts", f"spoken by {program}.")
    text = (
        "espeak-ng is not installed, so callers read where they stand in the queue and hear only"
        " music. Install it (Debian: apt install espeak-ng), or record the prompts yourself at"
        " the desk."
    )
    return Finding(Verdict.WARNING, "prompts", text)


def look_at_clock(now: float) -> Finding:
    """Says whether the clock stands before the time this code was written to the disk."""
    installed = Path(stoa.__file__).stat().st_mtime
    if now < installed - 24 * 3600:
        shown = datetime.fromtimestamp(now, UTC).isoformat(timespec="minutes")
        text = f"it says {shown}, which is before this Stoa was installed. Set it."
        return Finding(Verdict.BAD, "clock", text)
    return Finding(Verdict.GOOD, "clock", "plausible.")


async def look_at_database(
    settings: Settings, running: serving.RunningContent | None
) -> list[Finding]:
    """Says whether the database answers, is new enough, and has the schema of this code."""
    try:
        async with _reachable_database(settings, running) as connection:
            return [
                await _version_of(connection),
                await _schema_of(connection),
                await _jobs_of(connection),
                await _trigrams_of(connection),
                await _clock_of(connection),
            ]
    except (
        EmbeddedPostgresError,
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        ValueError,
    ) as error:
        return [Finding(Verdict.BAD, "database", f"does not answer. {error}")]


@asynccontextmanager
async def _reachable_database(
    settings: Settings, running: serving.RunningContent | None
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Connects to the database in use, starting the embedded one when nobody runs it."""
    known = settings.database_url or (running.database if running else None)
    if known is not None:
        settings = settings.model_copy(update={"database_url": known})
    async with preparing.running_database(settings) as ready:
        connection = await asyncpg.connect(ready.database_url, timeout=10)
        try:
            yield connection
        finally:
            await connection.close()


async def _version_of(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    shown = f"PostgreSQL {await connection.fetchval('SHOW server_version')}"
    if connection.get_server_version().major < 15:
        return Finding(Verdict.BAD, "database", f"{shown} is too old; Stoa needs 15 or newer.")
    return Finding(Verdict.GOOD, "database", f"{shown} answers.")


async def _schema_of(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    applied: dict[int, str] = {}
    if await connection.fetchval("SELECT to_regclass('schema_migration') IS NOT NULL"):
        rows = await connection.fetch("SELECT number, checksum FROM schema_migration")
        applied = {row["number"]: row["checksum"] for row in rows}
    try:
        waiting = pending(read_migrations(migrations_folder()), applied)
    except MigrationError as error:
        return Finding(Verdict.BAD, "schema", str(error))
    if waiting:
        text = f"{len(waiting)} migrations wait; the next start applies them."
        return Finding(Verdict.WARNING, "schema", text)
    return Finding(Verdict.GOOD, "schema", "up to date.")


async def _jobs_of(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    failed = 0
    if await connection.fetchval("SELECT to_regclass('pgqueuer') IS NOT NULL"):
        failed = await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE status = 'failed'")
    if failed:
        text = f"{failed} failed for good and are kept in the table pgqueuer, status 'failed'."
        return Finding(Verdict.WARNING, "jobs", text)
    return Finding(Verdict.GOOD, "jobs", "none has failed for good.")


async def _trigrams_of(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    if await connection.fetchval("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"):
        return Finding(Verdict.GOOD, "search", "pg_trgm is there, so typos are forgiven.")
    text = "pg_trgm is not installed, so search forgives fewer typos. It is optional."
    return Finding(Verdict.WARNING, "search", text)


async def _clock_of(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    theirs = await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())")
    difference = abs(float(theirs) - time.time())
    if difference > _LARGEST_CLOCK_DIFFERENCE_SECONDS:
        text = f"the database's clock is {difference:.0f} s away from this machine's. Set both."
        return Finding(Verdict.BAD, "clock", text)
    return Finding(Verdict.GOOD, "clock", "agrees with the database's.")
