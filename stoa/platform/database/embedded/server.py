"""The lifetime of one embedded server: set up, started, watched, stopped."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict
from urllib.parse import quote, urlencode

import asyncpg
import structlog

from stoa.platform.database.embedded import processes
from stoa.platform.database.embedded.errors import EmbeddedPostgresError, explain
from stoa.platform.database.embedded.home import (
    Account,
    FolderLock,
    Home,
    find_binaries,
    find_home,
    make_socket_folder,
)

log = structlog.get_logger(__name__)

_USER = "stoa"
_LARGEST_LOG_BYTES = 8 * 1024 * 1024

# A shop on one machine beside one Python process: few processes, little memory, nothing listening
# outside its own folder, and every commit on the disk before it is acknowledged.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "max_wal_senders": "4",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "2",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    # Neither statements nor values: they hold what customers wrote. Errors reach Stoa anyway.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_connections": "",
    "log_timezone": "UTC",
    "timezone": "UTC",
}

_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """A PostgreSQL server that lives exactly as long as this object is started.

    Start it from the main thread: the kernel ends it when the thread that started it ends. A
    server that dies meanwhile is started again.
    """

    def __init__(
        self, data_folder: Path, *, max_connections: int = 64, durable: bool = True
    ) -> None:
        """Prepares a server for this data folder; `durable=False` is for tests that may lose."""
        self._data_folder = data_folder
        self._max_connections = max_connections
        self._durable = durable
        self._binaries = Path()
        self._socket_folder: Path | None = None
        self._lock: FolderLock | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._supervision: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def pid(self) -> int:
        """Returns the server's process id.

        Raises:
            EmbeddedPostgresError: it is not running.
        """
        if self._process is None:
            raise EmbeddedPostgresError("PostgreSQL is not running.")
        return self._process.pid

    def dsn(self, name: str = "postgres") -> str:
        """Returns the address of one of its databases, as asyncpg and libpq read it."""
        place = urlencode({"host": str(self._socket_folder), "port": "5432"}, quote_via=quote)
        return f"postgresql://{_USER}@/{quote(name)}?{place}"

    async def start(self) -> None:
        """Accepts connections afterwards; what an earlier process left behind is tidied first.

        Raises:
            EmbeddedPostgresError: with the reason and the end of the server's log.
        """
        home = find_home(self._data_folder)
        lock = FolderLock(home)
        lock.acquire()
        try:
            self._lock = lock
            self._binaries = await asyncio.to_thread(find_binaries, home.account)
            ended = await asyncio.to_thread(processes.end_servers, home.cluster)
            if ended:
                log.warning("postgres.leftover_ended", pids=ended)
            processes.clear_misleading_pid_file(home.cluster)
            if not (home.cluster / "PG_VERSION").exists():
                await asyncio.to_thread(self._make_cluster, home)
            self._check_version(home)
            await self._launch(home)
        except BaseException:
            await self.stop()
            raise
        self._supervision = asyncio.create_task(self._supervise(home), name="postgres-supervision")

    async def stop(self) -> None:
        """Leaves no server, no watcher and no lock behind. Harmless when nothing runs."""
        if self._supervision is not None:
            self._supervision.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervision
            self._supervision = None
        if self._process is not None:
            await asyncio.to_thread(_end, self._process)
            self._process = None
        self._end_watcher()
        if self._lock is not None:
            if self._socket_folder is not None:
                shutil.rmtree(self._socket_folder, ignore_errors=True)
                self._socket_folder = None
            self._lock.release()
            self._lock = None

    async def create_database(self, name: str, *, template: str | None = None) -> str:
        """Ensures a database of this name, copied from `template` if new, and returns its DSN."""
        connection = await asyncpg.connect(self.dsn())
        try:
            known = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name)
            if known is None:
                copied = f" TEMPLATE {_quoted(template)}" if template else ""
                await connection.execute(f"CREATE DATABASE {_quoted(name)}{copied}")
        finally:
            await connection.close()
        return self.dsn(name)

    async def drop_database(self, name: str) -> None:
        """Ensures there is no database of this name; its sessions are ended."""
        connection = await asyncpg.connect(self.dsn())
        try:
            await connection.execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")
        finally:
            await connection.close()

    def _make_cluster(self, home: Home) -> None:
        """Sets the cluster up in a folder beside its place and moves it there when complete."""
        building = home.folder / "cluster.new"
        shutil.rmtree(building, ignore_errors=True)
        command = [
            str(self._binaries / "initdb"),
            f"--pgdata={building}",
            f"--username={_USER}",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth=trust",  # the socket's folder, mode 0700, is the door
            "--no-instructions",
            *([] if self._durable else ["--no-sync"]),
        ]
        made = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=home.folder,
            env=_environment(),
            check=False,
            **_as_user(home.account),
        )
        if made.returncode != 0:
            shutil.rmtree(building, ignore_errors=True)
            raise _failure("could not be set up", home, made.stdout.decode("utf-8", "replace"))
        building.rename(home.cluster)

    def _check_version(self, home: Home) -> None:
        made_by = (home.cluster / "PG_VERSION").read_text().strip()
        shown = subprocess.run(
            [self._binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        major = shown.stdout.split()[-1].split(".")[0]
        if made_by != major:
            raise EmbeddedPostgresError(
                f"The data in {home.cluster} was made by PostgreSQL {made_by}, and this Stoa "
                f"carries PostgreSQL {major}. Dump it with the Stoa that made it and restore it."
            )

    async def _launch(self, home: Home, *, patience_seconds: float = 120.0) -> None:
        """Starts the server and returns once it accepts connections."""
        if home.log.exists() and home.log.stat().st_size > _LARGEST_LOG_BYTES:
            home.log.replace(home.log.with_suffix(".log.1"))
        self._socket_folder = make_socket_folder(home)
        settings = {
            **_SETTINGS,
            "max_connections": str(self._max_connections),
            "unix_socket_directories": str(self._socket_folder),
        }
        if not self._durable:
            settings |= _NOT_DURABLE
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with home.log.open("ab") as output:
            begin = output.tell()
            # In this thread, for the server ends with the thread that started it.
            self._process = subprocess.Popen(  # noqa: ASYNC220 - forks in a millisecond
                [str(self._binaries / "postgres"), "-D", str(home.cluster), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=home.cluster,
                env=_environment(),
                process_group=0,  # Ctrl-C in a terminal is for Stoa, which then stops the server
                preexec_fn=processes.die_with_parent(),
                **_as_user(home.account),
            )
        if not sys.platform.startswith("linux"):
            self._watcher = processes.watch_parent(self._process.pid)
        until = time.monotonic() + patience_seconds
        while not _is_ready(home, self._process.pid):
            if self._process.poll() is not None:
                raise _failure("ended while starting", home, _log_since(home, begin))
            if time.monotonic() > until:
                raise _failure("did not become ready in time", home, _log_since(home, begin))
            await asyncio.sleep(0.005)

    async def _supervise(self, home: Home) -> None:
        """Starts the server again whenever it ends by itself, ever more patiently."""
        pause_seconds = 0.1
        while True:
            await asyncio.sleep(0.1)
            if self._process is not None and self._process.poll() is None:
                pause_seconds = 0.1
                continue
            status = None if self._process is None else self._process.returncode
            log.error("postgres.ended_unexpectedly", status=status)
            self._end_watcher()
            try:
                await asyncio.to_thread(processes.end_servers, home.cluster)
                processes.clear_misleading_pid_file(home.cluster)
                await self._launch(home)
                log.info("postgres.started_again", pid=self.pid)
            except (EmbeddedPostgresError, OSError) as error:
                log.error("postgres.restart_failed", reason=str(error))
                await asyncio.sleep(pause_seconds)
                pause_seconds = min(pause_seconds * 2, 10.0)

    def _end_watcher(self) -> None:
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.communicate()
            self._watcher = None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the server: fast shutdown first, then ever less politely."""
    for number, patience_seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10)):
        if process.poll() is None:
            process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)
            return
    process.kill()
    process.wait()


def _is_ready(home: Home, pid: int) -> bool:
    """Reads the server's own word: pid in line 1 and status in line 8 of `postmaster.pid`."""
    try:
        lines = (home.cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


class _UserOptions(TypedDict, total=False):
    user: int
    group: int
    extra_groups: Sequence[int]


def _as_user(account: Account | None) -> _UserOptions:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": ()}


def _environment() -> dict[str, str]:
    """Returns ours without what would turn the server's head (PGDATA, PGHOST, locales)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return {**kept, "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}


def _log_since(home: Home, offset: int) -> str:
    with home.log.open("rb") as stream:
        stream.seek(offset)
        return stream.read().decode("utf-8", "replace")


def _failure(what: str, home: Home, output: str) -> EmbeddedPostgresError:
    free_bytes = shutil.disk_usage(home.folder).free
    text = explain(f"PostgreSQL {what} in {home.folder}.", output=output, free_bytes=free_bytes)
    rest = f"\n(All it said is in {home.log}.)" if home.log.exists() else ""
    return EmbeddedPostgresError(text + rest)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
