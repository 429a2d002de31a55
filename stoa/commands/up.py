"""`stoa up`: the whole of Stoa in one process on one port."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import typer

from stoa.commands import preparing, serving
from stoa.commands.preparing import CannotStart
from stoa.platform.config import Settings
from stoa.platform.database.session import open_database
from stoa.platform.node import Node


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs `main` on a fast loop to its end, or until SIGINT or SIGTERM cancels it.

    What `main` holds open is closed either way. It stays on the main thread, for the kernel ends
    an embedded server with the thread that started it.
    """
    import uvloop

    async def until_signal() -> None:
        task = asyncio.current_task()
        assert task is not None
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        await main()

    with (
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        suppress(asyncio.CancelledError),
    ):
        runner.run(until_signal())


async def up(settings: Settings) -> None:
    """Serves shop, desk and jobs; with no database of its own address, also the database.

    Raises:
        CannotStart: and `EmbeddedPostgresError`, `MigrationError`, with the reason in words.
    """
    is_embedded = settings.database_url is None
    listening = serving.open_socket(settings)
    try:
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        async with preparing.migrated_database(settings) as ready:
            setup_link = await _setup_link(ready)
            await _serve(ready, listening=listening, is_embedded=is_embedded, setup_link=setup_link)
    finally:
        listening.close()


async def serve(settings: Settings) -> None:
    """Serves like `up`, on a database that others may serve from too.

    Raises:
        CannotStart: no database is named; and as `up`.
    """
    _require_database(settings)
    await up(settings)


async def work(settings: Settings) -> None:
    """Runs jobs, and nothing else, until it is stopped.

    Raises:
        CannotStart: no database is named.
    """
    from stoa.main import running_node

    _require_database(settings)
    async with preparing.migrated_database(settings) as ready, running_node(ready):
        typer.echo("Jobs are running.")
        await asyncio.Event().wait()


def _require_database(settings: Settings) -> None:
    if settings.database_url is None:
        raise CannotStart(
            "This is for a PostgreSQL of your own: set STOA_DATABASE_URL. "
            "`stoa up` brings one along."
        )


async def _setup_link(settings: Settings) -> str | None:
    """Returns the address that makes the first administrator, as long as there is none."""
    from stoa.people.identity.service import create_setup_link

    assert settings.database_url is not None
    database = await open_database(settings.database_url, size=2)
    try:
        async with database.begin() as session:
            return await create_setup_link(session, base_url=settings.base_url)
    finally:
        await database.close()


async def _serve(
    settings: Settings, *, listening: socket.socket, is_embedded: bool, setup_link: str | None
) -> None:
    from stoa.main import create_app

    running = serving.RunningFile(settings.data_dir)

    def announce() -> None:
        typer.echo(f"Shop   {settings.base_url}/")
        typer.echo(f"Desk   {settings.base_url}/desk")
        if setup_link is not None:
            typer.echo(f"Begin  {setup_link}")
            typer.echo(
                "       (makes the first administrator, once; the next start makes a new one)"
            )
        # Last: whoever waits for it finds everything else said.
        running.write(
            url=settings.base_url, database=settings.database_url if is_embedded else None
        )

    async def drain() -> None:
        node: Node = app.state.node
        await node.connections.drain(grace_seconds=settings.shutdown_grace_seconds)

    app = create_app(settings)
    try:
        await serving.serve(
            app, settings=settings, listening=listening, on_serving=announce, on_stopping=drain
        )
    finally:
        running.remove()
