"""`stoa up`: the whole of Stoa in one process on one port."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import typer

from stoa.commands import preparing, serving
from stoa.platform.config import Settings


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
    listening = serving.open_socket(settings)
    try:
        port = listening.getsockname()[1]
        settings = settings.model_copy(update={"port": port})
        async with preparing.migrated_database(settings) as ready:
            await _serve(ready, listening=listening, embedded=settings.database_url is None)
    finally:
        listening.close()


async def _serve(settings: Settings, *, listening: socket.socket, embedded: bool) -> None:
    from stoa.main import create_app

    running = serving.RunningFile(settings.data_dir)

    def announce() -> None:
        running.write(url=settings.base_url, database=settings.database_url if embedded else None)
        typer.echo(f"Shop  {settings.base_url}/")
        typer.echo(f"Desk  {settings.base_url}/desk")

    try:
        await serving.serve(
            create_app(settings), settings=settings, listening=listening, on_serving=announce
        )
    finally:
        running.remove()
