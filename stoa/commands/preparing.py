"""What every command that works on the database does first: settings, logs, server, schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import structlog
from pydantic import ValidationError

from stoa.platform.config import Settings, UnknownSetting, check_file, default_data_dir
from stoa.platform.database.embedded import EmbeddedPostgres
from stoa.platform.database.migrate import migrate
from stoa.platform.logs import configure_logs

log = structlog.get_logger(__name__)

_DATABASE_NAME = "stoa"
_CONNECTIONS_BESIDE_THE_POOL = 24  # jobs, the bus, a doctor, somebody with psql


class CannotStart(Exception):
    """A command cannot do its work; the text tells the person at the terminal why."""


def read_settings() -> Settings:
    """Returns the settings, with logs going where they say.

    Raises:
        CannotStart: a setting has a value that does not fit it, or there is none of that name.
    """
    try:
        check_file(default_data_dir())
        settings = Settings()
    except UnknownSetting as error:
        raise CannotStart(str(error)) from error
    except ValidationError as error:
        lines = [
            f"  STOA_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise CannotStart("\n".join(["These settings do not fit:", *lines])) from error
    configure_logs(form=settings.log_format, level=settings.log_level)
    _make_data_folder(settings.data_dir)
    return settings


def _make_data_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"The data folder {folder} cannot be made: {error.strerror}.") from error


@asynccontextmanager
async def running_database(settings: Settings) -> AsyncIterator[Settings]:
    """Gives settings that name a reachable database: the given one, or an embedded server's."""
    if settings.database_url:
        yield settings
        return
    connections = max(64, settings.database_pool_size + _CONNECTIONS_BESIDE_THE_POOL)
    async with EmbeddedPostgres(settings.data_dir, max_connections=connections) as server:
        try:
            url = await server.create_database(_DATABASE_NAME)
        except asyncpg.PostgresError as error:
            raise CannotStart(f"The database cannot be made: {error}") from error
        yield settings.model_copy(update={"database_url": url})


@asynccontextmanager
async def migrated_database(settings: Settings) -> AsyncIterator[Settings]:
    """Like `running_database`, with the schema in its newest state."""
    async with running_database(settings) as ready:
        assert ready.database_url is not None
        try:
            applied = await migrate(ready.database_url)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            raise CannotStart(f"The database does not answer: {error}") from error
        if applied:
            log.info("database.migrated", applied=applied)
        yield ready
