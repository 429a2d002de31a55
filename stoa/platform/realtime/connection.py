"""One client's connection, whatever carries it: frames in, frames out, its topics, its end."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Literal

import asyncpg
import structlog
from prometheus_client import Gauge
from pydantic import ValidationError

from stoa.platform.clock import now
from stoa.platform.database.session import SERVER_AWAY
from stoa.platform.errors import DomainError, NotFound, TooBusy, TooManyRequests
from stoa.platform.i18n.locale import DEFAULT_LOCALE, Locale, as_locale
from stoa.platform.node import Node
from stoa.platform.realtime import metrics
from stoa.platform.realtime.hub import CannotResume
from stoa.platform.realtime.outbox import Outbox, Transport
from stoa.platform.realtime.outgoing import Outgoing, encode, encode_ack
from stoa.platform.realtime.pace import Pace
from stoa.platform.realtime.protocol import (
    MAX_FRAME_BYTES,
    VERSION,
    BadFrame,
    Bye,
    CloseCode,
    CommandFrame,
    FieldError,
    Hello,
    Ping,
    Pong,
    ProblemFrame,
    Resync,
    SignalFrame,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Welcome,
    parse_frame,
)
from stoa.platform.realtime.registry import Actor, Handshake, Registry
from stoa.platform.web.edge import invalid_input
from stoa.platform.web.problems import as_domain_error, problem_of

log = structlog.get_logger()

PING_SECONDS = 25
MAX_TOPICS = 200
STALL_SECONDS = 20.0
COMMAND_SECONDS = 30.0

_PONG = encode(Pong())

Reason = Literal["restart", "signed_out", "too_slow", "too_many", "bad_frame", "version"]


class BadFrameProblem(DomainError):
    code = "bad_frame"
    status = 400


class WrongVersion(DomainError):
    code = "wrong_version"
    status = 400


class UnknownCommand(DomainError):
    code = "unknown_command"
    status = 404


class TooManyTopics(DomainError):
    code = "too_many_topics"
    status = 429


class Refused(Exception):
    """The connection ends with this code."""

    def __init__(self, code: CloseCode, reason: Reason) -> None:
        super().__init__(code)
        self.code = code
        self.reason: Reason = reason


class Connection:
    """An open connection. Handlers use `node`, `actor`, `locale`, `id`, and may `push` frames."""

    __slots__ = (
        "__weakref__",
        "_outbox",
        "_pace_commands",
        "_pace_signals",
        "_registry",
        "_turn",
        "actor",
        "handshake",
        "id",
        "is_ending",
        "locale",
        "node",
        "topics",
        "transport",
    )

    def __init__(
        self,
        node: Node,
        registry: Registry,
        transport: Transport,
        *,
        handshake: Handshake,
        actor: Actor,
    ) -> None:
        self.id = secrets.token_urlsafe(9)
        self.node = node
        self.handshake = handshake
        self.actor = actor
        self.locale: Locale = as_locale(handshake.locale) or DEFAULT_LOCALE
        self.topics: set[str] = set()
        self.transport = transport
        self.is_ending = False
        self._registry = registry
        self._turn = asyncio.Lock()
        self._outbox = Outbox(
            transport,
            max_bytes=node.settings.socket_queue_bytes,
            stall_seconds=STALL_SECONDS,
            on_lost=self._forget_topics,
        )
        at = asyncio.get_running_loop().time()
        rate = node.settings.socket_commands_per_second
        self._pace_commands = Pace(per_second=rate, burst=2 * rate, now=at)
        self._pace_signals = Pace(per_second=20, burst=60, now=at)

    def __repr__(self) -> str:
        return f"<Connection {self.id} {self.actor.key}>"

    # ---- out ----

    def push(self, frame: Outgoing) -> None:
        """The frame is on its way to the client; never waits, never raises."""
        self._outbox.push(frame)

    def push_problem(
        self, error: DomainError, *, id: str | None = None, topic: str | None = None
    ) -> None:
        """The client is told, in its language, what was refused."""
        problem = problem_of(error, locale=self.locale)
        wait = error.retry_after_seconds if isinstance(error, TooManyRequests) else None
        frame = ProblemFrame(
            id=id,
            topic=topic,
            code=problem["code"],
            status=problem["status"],
            title=problem["title"],
            errors=[FieldError(**field) for field in problem.get("errors", ())],
            retry_after_seconds=wait,
        )
        self.push(encode(frame))

    # ---- in ----

    async def open(self) -> None:
        """The client has been welcomed and the features know of it."""
        welcome = Welcome(
            session=self.id,
            version=VERSION,
            server_time=now(),
            ping_seconds=PING_SECONDS,
            max_frame_bytes=MAX_FRAME_BYTES,
        )
        self.push(encode(welcome))
        self._gauge().inc()
        self.node.connections.add(self)
        for listener in self._registry.listeners:
            await listener.opened(self)

    async def receive(self, text: str) -> None:
        """The frame is dealt with and answered.

        Raises:
            Refused: it was none, or far too many came; the client has been told.
        """
        try:
            frame = parse_frame(text)
        except BadFrame as error:
            log.info("realtime.bad_frame", connection=self.id, error=str(error))
            self.push_problem(BadFrameProblem())
            raise Refused(CloseCode.BAD_FRAME, "bad_frame") from None
        metrics.frames_in(frame.t).inc()
        match frame:
            case CommandFrame():
                async with self._turn:
                    if not self.is_ending:
                        await self._command(frame)
            case SignalFrame():
                await self._signal(frame)
            case Ping():
                self.push(_PONG)
            case Subscribe():
                await self._subscribe(frame)
            case Unsubscribe():
                self.node.hub.unsubscribe(self, frame.topic)
                self.topics.discard(frame.topic)
            case Hello():
                self.push_problem(BadFrameProblem())
                raise Refused(CloseCode.BAD_FRAME, "bad_frame")

    async def close(self) -> None:
        """The topics are left and the features know of its end. The transport is not touched."""
        self._gauge().dec()
        self.node.connections.discard(self)
        self._outbox.end()
        for topic in self.topics:
            self.node.hub.unsubscribe(self, topic)
        self.topics.clear()
        for listener in reversed(self._registry.listeners):
            try:
                await listener.closed(self)
            except Exception:
                log.exception("realtime.listener_failed", connection=self.id)

    async def idle(self) -> None:
        """The command under way, if any, has been answered, and no other will be begun."""
        async with self._turn:
            self.is_ending = True

    async def say_bye(self, code: CloseCode, reason: Reason) -> None:
        """The client has been told why, and the transport closes with the code."""
        self.is_ending = True
        self.push(encode(Bye(code=code, reason=reason)))
        await self._outbox.flush()
        await self.transport.close(code)

    # ---- the kinds of frames ----

    async def _command(self, frame: CommandFrame) -> None:
        if not self._may_pass(frame.id):
            return
        command = self._registry.command_by_name.get(frame.name)
        outcome = "done"
        try:
            if command is None:
                raise UnknownCommand(name=frame.name)
            try:
                data = command.input.model_validate(frame.data)
            except ValidationError as error:
                raise invalid_input(error) from None
            async with asyncio.timeout(COMMAND_SECONDS):
                result = await command.run(self, data)
            self.push(encode_ack(frame.id, result))
        except Exception as error:
            refusal = self._refusal_of(error, frame.name)
            outcome = "failed" if refusal.status >= 500 else "refused"
            self.push_problem(refusal, id=frame.id)
        metrics.commands(command.name if command else "", outcome).inc()

    def _refusal_of(self, error: Exception, name: str) -> DomainError:
        """What the client is told; what was not foreseen is logged."""
        if isinstance(error, DomainError):
            return error
        if isinstance(error, SERVER_AWAY):
            log.warning("realtime.database_away", error=type(error).__name__, command=name)
            return TooBusy()
        if isinstance(error, asyncpg.TransactionRollbackError):
            # Two were in each other's way; nothing was written, and the same may be asked again.
            log.warning("realtime.given_up", error=type(error).__name__, command=name)
            return TooBusy()
        log.error("realtime.failed", command=name, connection=self.id, exc_info=error)
        return as_domain_error(error)

    def _may_pass(self, id: str | None, topic: str | None = None) -> bool:
        if self._pace_commands.take(asyncio.get_running_loop().time()):
            return True
        wait = int(self._pace_commands.wait_seconds) + 1
        self.push_problem(TooManyRequests(retry_after_seconds=wait), id=id, topic=topic)
        if self._pace_commands.is_abused:
            raise Refused(CloseCode.TOO_MANY, "too_many")
        return False

    async def _signal(self, frame: SignalFrame) -> None:
        rule = self._registry.signal_by_name.get(frame.type)
        if not self._pace_signals.take(asyncio.get_running_loop().time()):
            metrics.SIGNALS_DROPPED.inc()
            return
        try:
            if rule is None:
                raise UnknownCommand(name=frame.type)
            await rule.hear(self, rule.input.model_validate(frame.data))
        except ValidationError as error:
            self.push_problem(invalid_input(error))
        except Exception as error:
            self.push_problem(self._refusal_of(error, frame.type))

    async def _subscribe(self, frame: Subscribe) -> None:
        if not self._may_pass(None, frame.topic):
            return
        name = frame.topic
        try:
            await self._authorise(name)
            await self.node.hub.subscribe(
                self,
                name,
                after=frame.after,
                joined=lambda seq: self.push(encode(Subscribed(topic=name, seq=seq))),
            )
        except CannotResume as error:
            self.topics.discard(name)
            metrics.RESYNCS.labels(reason=error.reason).inc()
            self.push(encode(Resync(topic=name, reason=error.reason)))
        except Exception as error:
            self.topics.discard(name)
            self.push_problem(self._refusal_of(error, "subscribe"), topic=name)

    async def _authorise(self, name: str) -> None:
        prefix, _, id = name.partition(":")
        rule = self._registry.topic_by_prefix.get(prefix)
        if len(self.topics) >= MAX_TOPICS and name not in self.topics:
            raise TooManyTopics(count=MAX_TOPICS)
        if rule is None:
            raise NotFound()
        async with self.node.database.read() as session:
            if not await rule.may_subscribe(session, self.actor, id):
                raise NotFound()
        self.topics.add(name)

    def _forget_topics(self, names: Sequence[str]) -> None:
        for name in names:
            self.node.hub.unsubscribe(self, name)
            self.topics.discard(name)

    def _gauge(self) -> Gauge:
        return metrics.CONNECTIONS.labels(
            transport=self.transport.name, surface=self.handshake.surface
        )
