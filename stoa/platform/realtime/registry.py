"""What features contribute to the socket: commands, signals, topics, events, and who somebody is.

`stoa.wiring` gathers these into one `Registry`; the platform knows none of them by name.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel

from stoa.platform.database.session import ReadSession
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.protocol import Surface

if TYPE_CHECKING:
    from stoa.platform.node import Node
    from stoa.platform.realtime.connection import Connection


class Actor(Protocol):
    """Who is at the other end. Features narrow it to their own class with isinstance."""

    @property
    def key(self) -> str:
        """The same for all connections of one person: `staff:<id>`, `visitor:<id>`."""
        ...


@dataclass(frozen=True, slots=True)
class Handshake:
    """What is known of a connection before anybody was recognised.

    `cookies` is empty when the page's origin is not the server's own.
    """

    surface: Surface
    cookies: Mapping[str, str]
    token: str | None
    origin: str | None
    locale: str
    client_host: str
    user_agent: str


# Who this is. None: nobody the surface is open to; the connection is refused with 4401.
ActorResolver = Callable[["Node", Handshake], Awaitable[Actor | None]]


@dataclass(frozen=True, slots=True)
class Command:
    """`run` gets the connection and an `input`; its `output` is the acknowledgement's data.

    It opens its own transaction (`connection.node.database.begin()`) or submits to a group commit,
    and raises a `DomainError` to refuse. It may be called again for the same input: a client that
    lost the answer asks once more, so what it does twice must count once.
    """

    name: str
    input: type[BaseModel]
    run: Callable[["Connection", Any], Awaitable[BaseModel]]
    output: type[BaseModel]


@dataclass(frozen=True, slots=True)
class SignalRule:
    """`hear` gets the connection and an `input`. It passes on what it likes with `hub.signal`."""

    name: str
    input: type[BaseModel]
    hear: Callable[["Connection", Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class TopicRule:
    """Topics `<prefix>` and `<prefix>:<id>`. `may_subscribe` gets the id, "" when there is none.

    It answers False for a topic that does not exist as well: nobody learns which do.
    """

    prefix: str
    may_subscribe: Callable[[ReadSession, Any, str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class SignalType:
    """A signal the server sends, for the protocol's types and documentation."""

    name: str
    data: type[BaseModel]


class ConnectionListener(Protocol):
    """Hears of every connection after its welcome and after its end. Must not block for long."""

    async def opened(self, connection: "Connection") -> None: ...

    async def closed(self, connection: "Connection") -> None: ...


@dataclass(frozen=True)
class Registry:
    resolve_actor: ActorResolver
    commands: Sequence[Command] = ()
    signals: Sequence[SignalRule] = ()
    topics: Sequence[TopicRule] = ()
    events: Sequence[type[Event]] = ()
    signal_types: Sequence[SignalType] = ()
    listeners: Sequence[ConnectionListener] = ()
    command_by_name: Mapping[str, Command] = field(init=False)
    signal_by_name: Mapping[str, SignalRule] = field(init=False)
    topic_by_prefix: Mapping[str, TopicRule] = field(init=False)

    def __post_init__(self) -> None:
        for name, table in (
            ("command_by_name", {row.name: row for row in self.commands}),
            ("signal_by_name", {row.name: row for row in self.signals}),
            ("topic_by_prefix", {row.prefix: row for row in self.topics}),
        ):
            object.__setattr__(self, name, table)
        if len(self.command_by_name) != len(self.commands):
            raise ValueError("two commands have the same name")
        if len(self.signal_by_name) != len(self.signals):
            raise ValueError("two signals have the same name")
        if len(self.topic_by_prefix) != len(self.topics):
            raise ValueError("two topic rules have the same prefix")
