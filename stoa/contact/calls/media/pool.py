"""The media processes of a node: started, asked, and missed at once when they die."""

import asyncio
import contextlib
import itertools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import Counter, Gauge

from stoa.contact.calls.media.engine import MediaError, MediaEvent
from stoa.contact.calls.media.messages import LONGEST_LINE, pack, read_event, unpack

log = structlog.get_logger()

_ANSWER_SECONDS = 30.0
_START_SECONDS = 60.0
_STOP_SECONDS = 5.0

CALLS = Gauge("stoa_media_calls", "Calls carried now", ["worker"])
LATE_TICKS = Gauge("stoa_media_late_ticks", "Ticks of 20 ms that came late", ["worker"])
CPU_SECONDS = Gauge("stoa_media_cpu_seconds", "CPU time of the media process", ["worker"])
_FIGURES = {CALLS: "calls", LATE_TICKS: "late_ticks", CPU_SECONDS: "cpu_seconds"}
DIED = Counter("stoa_media_workers_died_total", "Media processes that ended by themselves")


class MediaProcessGone(MediaError):
    """The process that should do this is gone."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a media process is told when it starts."""

    addresses: list[str]
    public_address: str | None
    ports: range
    log_format: str
    log_level: str


class WorkerProcess:
    """One media process, from `start` to `stop`."""

    _numbers = itertools.count(1)

    def __init__(self, hear: Callable[[MediaEvent], None], gone: Callable[[], None]) -> None:
        self.calls = 0
        self.name = str(next(self._numbers))
        self._hear = hear
        self._gone = gone
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._addresses: list[str] = []
        self.ports: list[tuple[str, int]] = []

    @property
    def pid(self) -> int:
        assert self._process is not None, "it was started"
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._reading is not None and not self._reading.done()

    async def start(self, told: Start) -> None:
        """The process is ready to carry calls.

        Raises:
            MediaError: it did not start; the text says why.
        """
        self._addresses = told.addresses
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "stoa.contact.calls.media.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
        )
        assert self._process.stdout is not None, "it was asked for"
        first_words = {
            "addresses": told.addresses,
            "public_address": told.public_address,
            "ports": [told.ports.start, told.ports.stop],
            "log_format": told.log_format,
            "log_level": told.log_level,
        }
        with contextlib.suppress(MediaProcessGone):  # what it printed says why
            self._write(first_words)
        try:
            async with asyncio.timeout(_START_SECONDS):
                line = await self._process.stdout.readline()
        except TimeoutError as error:
            await self._kill()
            raise MediaError("The media process did not start in time.") from error
        except asyncio.CancelledError:
            await self._kill()
            raise
        first: dict[str, Any] = (
            unpack(line) if line else {"failed": "It ended at once; its log says why."}
        )
        if "failed" in first:
            await self._kill()
            raise MediaError(f"The media process did not start: {first['failed']}")
        self.ports = [(host, port) for host, port in first["ready"]]
        self._reading = asyncio.get_running_loop().create_task(self._read())
        log.info("media.worker_started", worker=self.name, pid=self.pid)

    async def measure(self) -> None:
        """Its figures are where `/metrics` finds them.

        Raises:
            MediaError: it is gone.
        """
        load = await self.ask("load")
        for figure, name in _FIGURES.items():
            figure.labels(self.name).set(load[name])

    async def ask(self, do: str, **given: Any) -> Any:
        """What the process answers.

        Raises:
            MediaError: it cannot do it, or is gone.
        """
        if self._process is None or not self.is_alive:
            raise MediaProcessGone("The media process is gone.")
        number = next(self._ids)
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._write({"id": number, "do": do, "with": given})
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await waiting
        except TimeoutError as error:
            # It hangs, and with it every call: better dead than dumb.
            log.error("media.worker_hangs", worker=self.name, do=do)
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            raise MediaProcessGone("The media process does not answer.") from error
        finally:
            self._waiting.pop(number, None)

    def _write(self, message: dict[str, Any]) -> None:
        """Raises:
        MediaProcessGone: it has ended, which `_read` is about to find out.
        """
        assert self._process is not None, "it was started"
        assert self._process.stdin is not None, "it was asked for"
        try:
            self._process.stdin.write(pack(message))
        except (RuntimeError, ConnectionError) as error:  # uvloop's word for a closed pipe
            raise MediaProcessGone("The media process is gone.") from error

    async def listen_on(self, addresses: list[str]) -> None:
        """Browsers are told these addresses from now on.

        Raises:
            MediaError: none of them can be listened on.
        """
        if addresses != self._addresses:
            await self.ask("listen_on", addresses=addresses)
            self._addresses = addresses
            log.info("media.addresses_changed", worker=self.name, addresses=addresses)

    async def stop(self) -> None:
        """The process has closed its recordings and is gone."""
        self._is_stopping = True
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            log.warning("media.worker_killed", worker=self.name)
            await self._kill()
        if self._reading is not None:
            await asyncio.wait([self._reading])

    async def _kill(self) -> None:
        assert self._process is not None, "it was started"
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _read(self) -> None:
        """Answers and events, until the process ends."""
        assert self._process is not None, "it was started"
        assert self._process.stdout is not None, "it was asked for"
        try:
            while line := await self._process.stdout.readline():
                self._take(unpack(line))
        except (ConnectionError, ValueError):
            log.exception("media.worker_unreadable", worker=self.name)
        finally:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()  # it closed its line, so it is as good as gone
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(MediaProcessGone("The media process is gone."))
            if not self._is_stopping:
                DIED.inc()
                log.error("media.worker_died", worker=self.name, pid=self.pid)
            for figure in _FIGURES:
                with contextlib.suppress(KeyError):
                    figure.remove(self.name)
            self._gone()

    def _take(self, message: dict[str, Any]) -> None:
        if "event" in message:
            self._hear(read_event(message))
            return
        waiting = self._waiting.get(message["id"])
        if waiting is None or waiting.done():
            return
        if "error" in message:
            waiting.set_exception(MediaError(message["error"]))
        else:
            waiting.set_result(message["value"])
