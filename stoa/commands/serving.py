"""The web server around the application: its socket, its signals, its garbage collector."""

import asyncio
import errno
import gc
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import uvicorn
from starlette.applications import Starlette

from stoa.commands.preparing import CannotStart
from stoa.platform.config import Settings
from stoa.platform.realtime.protocol import MAX_FRAME_BYTES
from stoa.platform.realtime.wire import StoaWebSocket

_PORTS_TRIED = 50
_BACKLOG = 2048
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def open_socket(settings: Settings) -> socket.socket:
    """Returns a bound socket. Without a chosen port it is the first free one from the default.

    Raises:
        CannotStart: the address cannot be had, with the reason.
    """
    chosen = "port" in settings.model_fields_set
    last = settings.port if chosen else settings.port + _PORTS_TRIED
    for port in range(settings.port, last + 1):
        try:
            return _bind(settings.host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port < last:
                continue
            raise CannotStart(_why_not(settings.host, port, error)) from error
    raise AssertionError("the last port either binds or raises")


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(_BACKLOG)  # two sockets may be bound to one port until one of them listens
    except BaseException:
        opened.close()
        raise
    return opened


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Choose another with STOA_PORT."
    if error.errno == errno.EACCES:
        return f"Port {port} needs rights this user does not have. Choose one above 1023."
    return f"Stoa cannot listen on {host}, port {port}: {error.strerror or error}."


@dataclass(frozen=True)
class RunningContent:
    """`database` is the embedded server's address, and None with a database of its own."""

    pid: int
    url: str
    database: str | None


@dataclass(frozen=True)
class RunningFile:
    """`running.json` in the data folder tells other programs which Stoa serves from there."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "running.json"

    def write(self, *, url: str, database: str | None) -> None:
        new = self.path.with_suffix(".new")
        new.write_bytes(orjson.dumps(RunningContent(os.getpid(), url, database)))
        new.replace(self.path)

    def read(self) -> RunningContent | None:
        """Returns what the running Stoa wrote; None when none runs, also after a kill."""
        try:
            content = RunningContent(**orjson.loads(self.path.read_bytes()))
            os.kill(content.pid, 0)
        except (FileNotFoundError, ProcessLookupError):
            return None
        except PermissionError:
            pass  # it runs as another user
        return content

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


class Server(uvicorn.Server):
    """uvicorn, telling when it serves, and leaving the process alive after it stopped."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        on_serving: Callable[[], None],
        on_stopping: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(config)
        self._on_serving = on_serving
        self._on_stopping = on_stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit as error:
            raise CannotStart("The application did not start; the log above says why.") from error
        if self.started and not self.should_exit:
            _calm_garbage_collection()
            self._on_serving()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._on_stopping()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stops on a signal without raising it again, for the database is stopped after this."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def _calm_garbage_collection() -> None:
    """Full collections no longer look at what lives as long as the process.

    With thousands of sockets they stop the world for half a second otherwise.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def serve(
    app: Starlette,
    *,
    settings: Settings,
    listening: socket.socket,
    on_serving: Callable[[], None],
    on_stopping: Callable[[], Awaitable[None]],
) -> None:
    """Serves until SIGINT or SIGTERM, then lets requests and sockets finish.

    `on_serving` is called once connections are answered, `on_stopping` awaited before the
    sockets are closed.

    Raises:
        CannotStart: the application did not come up.
    """
    config = uvicorn.Config(
        app,
        loop="none",
        http="httptools",
        ws=StoaWebSocket,
        ws_max_size=4 * MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        backlog=_BACKLOG,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=max(1, round(settings.shutdown_grace_seconds)),
    )

    server = Server(config, on_serving=on_serving, on_stopping=on_stopping)
    await server.serve(sockets=[listening])
