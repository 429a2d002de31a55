"""The lines of the inboxes: each is held by one process of the installation at a time.

A process holds a line by a lock of its own connection to the database: whoever dies or loses the
database loses the line, and another takes it. It sends what is due by it, and takes in what comes.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from stoa.contact.channels import deliver, outbox, receive
from stoa.contact.channels.grants import opened_account
from stoa.contact.channels.inboxes import hasten, list_inboxes, tell_health, type_of
from stoa.contact.channels.mail_reception import (
    keeping_mail_reception as keeping_mail_reception,
)
from stoa.contact.channels.models import Inbox
from stoa.contact.channels.protocol import Account, Line, Raw, Report, Sender, SendProblem
from stoa.contact.channels.reports import take_report
from stoa.platform.clock import now
from stoa.platform.database.session import SERVER_AWAY
from stoa.platform.errors import DomainError
from stoa.platform.node import Node
from stoa.platform.secrets import SecretUnreadable

log = structlog.get_logger()

LOOK_EVERY_SECONDS = 3.0
BEGIN_AGAIN_SECONDS = 5.0
AT_ONCE = 50
UNREAD_MAX = 100
LONGEST_SLEEP = timedelta(seconds=5)


@dataclass(slots=True)
class _Held:
    version: int
    task: "asyncio.Task[None]"
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Lines:
    """The lines that this process holds."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._held: dict[UUID, _Held] = {}
        self._look = asyncio.Event()

    async def run(self) -> None:
        """Holds what nobody else holds, until cancelled."""
        while True:
            try:
                await self._lead()
            except SERVER_AWAY:
                log.warning("lines.database_away")
            except Exception:
                log.exception("lines.failed")
            await asyncio.sleep(1)

    async def _lead(self) -> None:
        url = self._node.settings.database_url
        assert url is not None
        connection = await asyncpg.connect(
            url, timeout=10, server_settings={"application_name": "stoa-lines"}
        )
        try:
            await connection.add_listener(outbox.CHANNEL, self._heard)
            while True:
                self._look.clear()
                await self._keep(connection)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._look.wait(), LOOK_EVERY_SECONDS)
        finally:
            # The locks go with the connection, so the lines have to be down before it.
            await self._let_go(list(self._held))
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        with contextlib.suppress(ValueError):
            if held := self._held.get(UUID(str(payload))):
                held.wake.set()
                return
        self._look.set()

    async def _keep(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        async with self._node.database.read() as session:
            wanted = {inbox.id: inbox for inbox in await list_inboxes(session, is_on=True)}
        over = [
            inbox_id
            for inbox_id, held in self._held.items()
            if held.task.done()
            or inbox_id not in wanted
            or wanted[inbox_id].version != held.version
        ]
        changed = [
            inbox_id
            for inbox_id in over
            if inbox_id in wanted and wanted[inbox_id].version != self._held[inbox_id].version
        ]
        await self._let_go(over)
        for inbox_id in changed:
            # What was under way by the settings of before was not to be hastened when they changed.
            async with self._node.database.begin() as session:
                await hasten(session, inbox_id=inbox_id)
        for inbox_id in over:
            await connection.execute(
                "SELECT pg_advisory_unlock(hashtextextended($1, 0))", _key(inbox_id)
            )
        # Whether or not there is anything to take: this is how a lost connection is noticed.
        await connection.execute("SELECT 1")
        for inbox_id, inbox in wanted.items():
            if inbox_id in self._held:
                continue
            is_ours = await connection.fetchval(
                "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", _key(inbox_id)
            )
            if is_ours:
                self._begin(inbox)

    def _begin(self, inbox: Inbox) -> None:
        held = _Held(inbox.version, asyncio.ensure_future(asyncio.sleep(0)))
        held.task = asyncio.create_task(self._hold(inbox, wake=held.wake))
        self._held[inbox.id] = held

    async def _let_go(self, inbox_ids: list[UUID]) -> None:
        tasks = [self._held.pop(inbox_id).task for inbox_id in inbox_ids]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ---- one line ----

    async def _hold(self, inbox: Inbox, *, wake: asyncio.Event) -> None:
        """The inbox's line is held, begun anew after a fault of its channel, until cancelled."""
        while True:
            try:
                async with _Health(self._node, inbox) as health:
                    await self._hold_once(inbox, health=health, wake=wake)
            except (SecretUnreadable, DomainError) as error:
                log.warning("line.unusable", inbox=str(inbox.id), error=type(error).__name__)
                await self._say(inbox, {"reason": "settings_unusable", "params": {}})
                await asyncio.sleep(60)
            except SERVER_AWAY:
                await asyncio.sleep(1)
            except Exception as error:
                log.exception("line.failed", inbox=str(inbox.id))
                await self._say(
                    inbox, {"reason": "internal", "params": {}, "text": type(error).__name__}
                )
            await asyncio.sleep(BEGIN_AGAIN_SECONDS)

    async def _say(self, inbox: Inbox, trouble: dict[str, Any]) -> None:
        with contextlib.suppress(*SERVER_AWAY):
            async with self._node.database.begin() as session:
                await tell_health(
                    session, inbox_id=inbox.id, version=inbox.version, trouble=trouble
                )

    async def _hold_once(self, inbox: Inbox, *, health: "_Health", wake: asyncio.Event) -> None:
        account = opened_account(self._node, inbox)
        folder = self._node.settings.data_dir / "channels" / str(inbox.id)
        folder.mkdir(parents=True, exist_ok=True)
        async with self._node.database.begin() as session:
            await outbox.release_orphans(
                session, inbox_id=inbox.id, most_attempts=len(deliver.BACKOFF)
            )
        reader = _Reader(self._node, inbox.id)
        line = Line(
            account=account,
            take=reader.take,
            take_report=partial(_take_report, self._node, inbox.id),
            tell=health.tell,
            data_dir=folder,
        )
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(reader.run())
            try:
                async with type_of(inbox.channel).holding(line) as sender:
                    await self._send_due(inbox, account=account, sender=sender, wake=wake)
            finally:
                reading.cancel()

    async def _send_due(
        self, inbox: Inbox, *, account: Account, sender: Sender, wake: asyncio.Event
    ) -> None:
        """What is due leaves, `AT_ONCE` at a time; a fault of the database ends the line."""
        free = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            while True:
                wake.clear()
                await free.acquire()
                free.release()
                async with self._node.database.begin() as session:
                    claimed = await outbox.claim(session, inbox=inbox, limit=_free(free))
                for delivery in claimed:
                    await free.acquire()
                    task = group.create_task(
                        deliver.send_one(
                            self._node,
                            inbox=inbox,
                            account=account,
                            sender=sender,
                            delivery=delivery,
                        )
                    )
                    task.add_done_callback(lambda _task: free.release())
                if not claimed:
                    await self._sleep(inbox, wake=wake)

    async def _sleep(self, inbox: Inbox, *, wake: asyncio.Event) -> None:
        async with self._node.database.read() as session:
            due = await outbox.next_due(session, inbox_id=inbox.id)
        wait = LONGEST_SLEEP if due is None else min(LONGEST_SLEEP, due - now())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), max(0.01, wait.total_seconds()))


def _key(inbox_id: UUID) -> str:
    return f"stoa-line:{inbox_id}"


def _free(semaphore: asyncio.Semaphore) -> int:
    return max(1, semaphore._value)  # how many may still begin


class _Reader:
    """Reads what comes in by one line in its order, while the next is being stored. What it does
    not get to is stored, and read by `read_left_behind`."""

    def __init__(self, node: Node, inbox_id: UUID) -> None:
        self._node = node
        self._inbox_id = inbox_id
        self._unread: asyncio.Queue[UUID] = asyncio.Queue(maxsize=UNREAD_MAX)

    async def take(self, raw: Raw) -> bool:
        inbound_id = await receive.store(self._node, inbox_id=self._inbox_id, raw=raw)
        if inbound_id is None:
            return False
        await self._unread.put(inbound_id)
        return True

    async def run(self) -> None:
        """First what whoever held the line before had stored and not got to."""
        for inbound_id in await receive.unread_of(self._node, inbox_id=self._inbox_id):
            await receive.read_again(self._node, inbound_id=inbound_id)
        while True:
            await receive.read_one(self._node, inbound_id=await self._unread.get())


async def _take_report(node: Node, inbox_id: UUID, report: Report) -> None:
    async with node.database.begin() as session:
        await take_report(session, inbox_id=inbox_id, report=report)


class _Health:
    """Writes down how the line is, the newest word only, while the block runs."""

    def __init__(self, node: Node, inbox: Inbox) -> None:
        self._node = node
        self._inbox = inbox
        self._word: SendProblem | None = None
        self._has_changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "_Health":
        self._task = asyncio.create_task(self._write())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def tell(self, problem: SendProblem | None) -> None:
        self._word = problem
        self._has_changed.set()

    async def _write(self) -> None:
        while True:
            await self._has_changed.wait()
            self._has_changed.clear()
            word = self._word
            trouble = None
            if word is not None:
                trouble = {
                    "reason": word.reason,
                    "params": dict(word.params),
                    "code": word.code,
                    "text": word.text[:500],
                }
            try:
                async with self._node.database.begin() as session:
                    await tell_health(
                        session,
                        inbox_id=self._inbox.id,
                        version=self._inbox.version,
                        trouble=trouble,
                    )
            except SERVER_AWAY:
                await asyncio.sleep(1)
                self._has_changed.set()


@asynccontextmanager
async def keeping_lines(node: Node) -> AsyncIterator[None]:
    """The node holds lines while the block runs."""
    lines = node.parts[Lines] = Lines(node)
    task = asyncio.ensure_future(lines.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
