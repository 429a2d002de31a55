"""Running jobs: retries with backoff, what failed for good kept to look at, drained at the end."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import asyncpg
import orjson
import structlog
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.models import Job, Schedule
from prometheus_client import Counter

from stoa.platform.database.session import keep_as_is
from stoa.platform.jobs.queue import Payload
from stoa.platform.node import Node

JobHandler = Callable[[Node, Payload], Awaitable[None]]
PeriodicHandler = Callable[[Node], Awaitable[None]]

log = structlog.get_logger()

# New jobs announce themselves; a job whose delay has passed is found by looking.
DELAYED_JOBS_EVERY = timedelta(seconds=2)

JOBS_RUN = Counter("stoa_jobs_total", "Jobs run, by name and outcome", ["name", "outcome"])


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job by the clock; over all nodes it runs once each time. `cron` is in UTC, five fields."""

    cron: str
    handler: PeriodicHandler


class Worker:
    """Takes jobs from the queue of one database and runs them on this node.

    A job that raises is tried again after 1, 2, 4 ... seconds, at most `max_attempts` times, and
    then kept as `failed` (`stoa doctor` counts those). The job of a worker that died is taken over
    once its heartbeat is `heartbeat_timeout` old.
    """

    def __init__(
        self,
        node: Node,
        *,
        jobs: Mapping[str, JobHandler],
        periodic: Mapping[str, Periodic],
        max_attempts: int = 8,
        heartbeat_timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        self._node = node
        self._jobs = jobs
        self._periodic = periodic
        self._max_attempts = max_attempts
        self._heartbeat_timeout = heartbeat_timeout
        self._queue: PgQueuer | None = None
        self._task: asyncio.Task[None] | None = None
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def start(self) -> None:
        """Jobs are being taken from now on."""
        url = self._node.settings.database_url
        assert url is not None
        # Its own few connections: PgQueuer reads jsonb as text and listens on one of them.
        self._pool = await asyncpg.create_pool(
            url,
            min_size=2,
            max_size=4,
            reset=keep_as_is,
            server_settings={"application_name": "stoa-jobs"},
        )
        self._queue = PgQueuer(AsyncpgPoolDriver(self._pool))
        for name, handler in self._jobs.items():
            self._queue.entrypoint(
                name,
                on_failure="hold",
                accepts_context=False,
                executor_factory=partial(
                    DatabaseRetryEntrypointExecutor, max_attempts=self._max_attempts
                ),
            )(self._job(name, handler))
        for name, periodic in self._periodic.items():
            self._queue.schedule(name, periodic.cron, clean_old=True, accepts_context=False)(
                self._turn(name, periodic.handler)
            )
        self._task = asyncio.create_task(
            self._queue.run(
                batch_size=10,
                heartbeat_timeout=self._heartbeat_timeout,
                dequeue_timeout=DELAYED_JOBS_EVERY,
            )
        )
        self._task.add_done_callback(self._stopped)

    async def stop(self, *, grace_seconds: float) -> None:
        """No further job is taken; those running got `grace_seconds` to end."""
        if self._queue is None or self._task is None or self._pool is None:
            return
        self._queue.shutdown.set()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await asyncio.wait_for(self._task, grace_seconds)
        try:
            await asyncio.wait_for(self._pool.close(), 2)
        except TimeoutError:
            self._pool.terminate()

    def _stopped(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()):
            log.error("jobs.stopped", exc_info=error)

    def _job(self, name: str, handler: JobHandler) -> Callable[[Job], Awaitable[None]]:
        async def run(job: Job) -> None:
            payload = orjson.loads(job.payload or b"{}")
            try:
                await handler(self._node, payload)
            except Exception as error:
                JOBS_RUN.labels(name, "failed").inc()
                log.warning("job.failed", name=name, attempt=job.attempts, exc_info=error)
                raise
            JOBS_RUN.labels(name, "done").inc()

        return run

    def _turn(self, name: str, handler: PeriodicHandler) -> Callable[[Schedule], Awaitable[None]]:
        async def run(_schedule: Schedule) -> None:
            try:
                await handler(self._node)
            except Exception as error:
                JOBS_RUN.labels(name, "failed").inc()
                # The next turn comes by itself, so this one may fail.
                log.warning("job.failed", name=name, exc_info=error)
            else:
                JOBS_RUN.labels(name, "done").inc()

        return run
