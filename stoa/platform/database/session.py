"""The unit of work: a session is a transaction; what it published leaves after its commit."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeAlias, TypeVar

import asyncpg
import orjson

from stoa.platform.database.memory import Memory
from stoa.platform.outbox.event import Event, LoggedEvent, Reaction
from stoa.platform.outbox.log import append_events

Row = asyncpg.Record

# The server cannot be reached, is starting or ending, or gave up; the same may work in a moment.
SERVER_AWAY: tuple[type[Exception], ...] = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says of a connection that broke under a statement
    asyncpg.PostgresConnectionError,  # SQLSTATE 08
    asyncpg.InsufficientResourcesError,  # 53
    asyncpg.OperatorInterventionError,  # 57: it was shut down, has crashed, is starting
)
Value = TypeVar("Value")
# In quotes: asyncpg's classes are generic in their type stubs only.
Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)


class CommitListener(Protocol):
    def __call__(self, events: Sequence[LoggedEvent]) -> None: ...


class ReadSession:
    """A connection for reading. Every statement stands alone (no transaction is opened)."""

    def __init__(self, connection: Connection, memory: Memory | None = None) -> None:
        self.connection = connection
        self.memory = memory or Memory()

    async def remember(
        self, key: object, load: Callable[[], Awaitable[Value]], *, until: Collection[str]
    ) -> Value:
        """`load()`, or what it gave before none of the events `until` had happened since."""
        known: Value | None = self.memory.recall(key)
        return await self.memory.remember(key, load, until=until) if known is None else known

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        return await self.connection.fetch(sql, *args)

    async def fetch_one(self, sql: str, *args: object) -> Row | None:
        return await self.connection.fetchrow(sql, *args)

    async def fetch_value(self, sql: str, *args: object) -> Any:
        return await self.connection.fetchval(sql, *args)


class Session(ReadSession):
    """A transaction. Its events are written last, in topic order, and heard after the commit."""

    def __init__(
        self,
        connection: Connection,
        reactions: Mapping[str, Sequence[Reaction]],
        memory: Memory | None = None,
    ) -> None:
        super().__init__(connection, memory)
        self._reactions = reactions
        self._unlogged: list[tuple[str, Event]] = []
        self._unheard: list[Event] = []
        self._logged: list[LoggedEvent] = []
        self._published: set[str] = set()
        self._after_commit: list[Callable[[], None]] = []

    async def remember(
        self,
        key: object,
        load: Callable[[], Awaitable[Value]],
        *,
        until: Collection[str],
    ) -> Value:
        """What is remembered, unless this transaction made it stale; else `load()`.

        That is not kept: the transaction may yet fail.
        """
        is_stale = not self._published.isdisjoint(until)
        known: Value | None = None if is_stale else self.memory.recall(key)
        return await load() if known is None else known

    async def execute(self, sql: str, *args: object) -> int:
        """Runs one statement; returns the number of rows it touched."""
        status = await self.connection.execute(sql, *args)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        await self.connection.executemany(sql, rows)

    def publish(self, event: Event, *, topics: Sequence[str]) -> None:
        """The event will be in the log of each topic, once the transaction commits.

        Reactions to it run in this same transaction, before the commit.
        """
        self._unlogged.extend((topic, event) for topic in topics)
        self._unheard.append(event)
        self._published.add(event.type)

    def publish_once(self, event: Event, *, topics: Sequence[str]) -> None:
        """As `publish`; nothing more than that where the same was published already."""
        known = [topic for topic, other in self._unlogged if other == event]
        if rest := [topic for topic in topics if topic not in known]:
            self.publish(event, topics=rest)

    async def publish_now(self, published: Sequence[tuple[str, Event]]) -> list[LoggedEvent]:
        """Each (topic, event) is in the log already, for a writer that stores its number.

        The topics' rows are held from here on, so a transaction does this once, near its end, and
        publishes the rest to topics that sort after these. Reactions run as after `publish`.
        """
        logged = await append_events(self.connection, published)
        self._logged.extend(logged)
        events = list({id(event): event for _, event in published}.values())
        self._unheard.extend(events)
        self._published.update(event.type for event in events)
        return logged

    def add_logged(self, events: Sequence[LoggedEvent]) -> None:
        """Events that a statement of this transaction wrote to the log by itself are heard after
        the commit like all others; reactions do not run for them.
        """
        self._logged.extend(events)
        self._published.update(event.type for event in events)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """`callback` runs once the transaction has committed, and never otherwise."""
        self._after_commit.append(callback)

    async def flush(self) -> list[LoggedEvent]:
        while self._unheard:
            event = self._unheard.pop(0)
            for react in self._reactions.get(event.type, ()):
                await react(self, event)
        published, self._unlogged = self._unlogged, []
        if published:
            self._logged.extend(await append_events(self.connection, published))
        return self._logged

    def committed(self) -> None:
        for callback in self._after_commit:
            callback()


class LoneStatement(Session):
    """One statement that is a transaction by itself: nothing else can be done with it."""

    def __init__(
        self,
        connection: Connection,
        reactions: Mapping[str, Sequence[Reaction]],
        memory: Memory | None = None,
    ) -> None:
        super().__init__(connection, reactions, memory)
        self._is_used = False

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        if self._is_used:
            raise RuntimeError("a second statement would be a second transaction")
        self._is_used = True
        return await super().fetch(sql, *args)

    async def flush(self) -> list[LoggedEvent]:
        if self._unheard or self._unlogged:
            raise RuntimeError("the statement is committed already; it has to log by itself")
        return self._logged


class Database:
    """A pool of connections and the two ways to use one: `begin` and `read`."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        *,
        reactions: Mapping[str, Sequence[Reaction]] | None = None,
    ) -> None:
        self.pool = pool
        self._reactions = reactions or {}
        self._listeners: list[CommitListener] = []
        self._stale_listeners: list[Callable[[Collection[str]], None]] = []
        self.memory = Memory()

    def on_commit(self, listener: CommitListener) -> None:
        """`listener` hears the events of every transaction of this node after its commit."""
        self._listeners.append(listener)

    def on_stale(self, listener: Callable[[Collection[str]], None]) -> None:
        """`listener` hears the types of all events, those of other nodes as well: what it keeps of
        them is out of date."""
        self._stale_listeners.append(listener)

    def forget(self, event_types: Collection[str]) -> None:
        """Nothing is remembered on this node that one of these events made stale."""
        self.memory.forget(event_types)
        for listener in self._stale_listeners:
            listener(event_types)

    def announce(self, events: Sequence[LoggedEvent]) -> None:
        if events:
            self.forget({event.type for event in events})
            for listener in self._listeners:
                listener(events)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Session]:
        """One transaction: committed when the block ends well, rolled back when it raises."""
        async with self.pool.acquire() as connection:
            async with connection.transaction():
                session = Session(connection, self._reactions, self.memory)
                yield session
                events = await session.flush()
            session.committed()
        self.announce(events)

    @asynccontextmanager
    async def begin_lone(self) -> AsyncIterator[LoneStatement]:
        """As `begin`, for exactly one `fetch`, which is committed when it returns.

        Saves the two round trips of BEGIN and COMMIT, a good part of a small transaction's cost.
        Events have to be logged by the statement itself and named with `add_logged`.
        """
        async with self.pool.acquire() as connection:
            session = LoneStatement(connection, self._reactions, self.memory)
            yield session
            events = await session.flush()
            session.committed()
        self.announce(events)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        async with self.pool.acquire() as connection:
            yield ReadSession(connection, self.memory)

    async def close(self, *, grace_seconds: float = 5.0) -> None:
        """Every connection is closed, those still in use after `grace_seconds` without their word:
        a statement that does not end must not keep a stopped process alive."""
        with contextlib.suppress(TimeoutError):  # the pool has cut what was left
            await asyncio.wait_for(self.pool.close(), grace_seconds)


async def prepare_connection(connection: Connection) -> None:
    """jsonb travels as Python values."""
    await connection.set_type_codec(
        "jsonb",
        encoder=lambda value: b"\x01" + orjson.dumps(value, default=str),
        decoder=lambda raw: orjson.loads(raw[1:]),
        schema="pg_catalog",
        format="binary",
    )


async def keep_as_is(_connection: Connection) -> None:
    """Sessions set no connection state, so a connection goes back to the pool without a reset."""


async def open_database(
    url: str, *, size: int = 10, reactions: Mapping[str, Sequence[Reaction]] | None = None
) -> Database:
    """A database ready for use. `url` is a libpq URL; a server that is away raises `OSError`."""
    pool = await asyncpg.create_pool(
        url,
        min_size=min(2, size),
        max_size=size,
        init=prepare_connection,
        reset=keep_as_is,
        command_timeout=30,
        server_settings={"application_name": "stoa", "timezone": "UTC"},
    )
    return Database(pool, reactions=reactions)
