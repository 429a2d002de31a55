"""The frames of the realtime protocol. `docs/reference/socket-protocol.md` is made from these."""

from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

VERSION = 1
MAX_FRAME_BYTES = 64 * 1024

Surface = Literal["storefront", "counter", "desk"]
TopicName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,31}(:[A-Za-z0-9_-]{1,64})?$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,31}(\.[a-z][a-z_]{0,31})*$")]
FrameId = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class CloseCode(IntEnum):
    """Why the server closed the connection. A client comes back by itself where it says so."""

    BAD_FRAME = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    TOO_SLOW = 4408
    VERSION = 4409
    TOO_MANY = 4429
    RESTART = 1012


CLOSE_CODES: dict[CloseCode, str] = {
    CloseCode.BAD_FRAME: "What was sent is not a frame of this protocol. Do not come back.",
    CloseCode.UNAUTHENTICATED: "Nobody is signed in, or the session has ended. Do not come back.",
    CloseCode.FORBIDDEN: "This origin may not connect. Do not come back.",
    CloseCode.TOO_SLOW: "The client did not read what was sent, or did not say hello. Come back.",
    CloseCode.VERSION: "The client speaks a version the server does not. Reload the page.",
    CloseCode.TOO_MANY: "Too many frames, far over the limits. Come back after a minute.",
    CloseCode.RESTART: "The server is restarting. Come back within a few seconds.",
}


class ClientFrame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hello(ClientFrame):
    """The first frame, exactly once."""

    t: Literal["hello"] = "hello"
    version: int = Field(description="The version of the protocol that the client speaks")
    surface: Surface
    locale: Annotated[str, StringConstraints(max_length=16)] = Field(
        default="en", description="The language in which problems are told"
    )
    token: Annotated[str, StringConstraints(max_length=512)] | None = Field(
        default=None, description="A visitor's token, for pages that keep no cookie"
    )


class Subscribe(ClientFrame):
    """Wants the events of a topic with `seq > after`, and then every new one as it comes."""

    t: Literal["subscribe"] = "subscribe"
    topic: TopicName
    after: int | None = Field(
        default=None,
        ge=0,
        le=2**53,
        description="The last seq seen; null: only what comes from now on",
    )


class Unsubscribe(ClientFrame):
    t: Literal["unsubscribe"] = "unsubscribe"
    topic: TopicName


class CommandFrame(ClientFrame):
    """Answered by `ack` or `problem` with the same id. Commands are done one after the other."""

    t: Literal["command"] = "command"
    id: FrameId
    name: Name
    data: dict[str, Any] = Field(default_factory=dict)


class SignalFrame(ClientFrame):
    """Something fleeting; it is never answered, and dropped when there are too many."""

    t: Literal["signal"] = "signal"
    type: Name
    data: dict[str, Any] = Field(default_factory=dict)


class Ping(ClientFrame):
    """Answered by `pong`; shows that the line is alive where the transport does not."""

    t: Literal["ping"] = "ping"


AnyClientFrame = Annotated[
    Hello | Subscribe | Unsubscribe | CommandFrame | SignalFrame | Ping, Field(discriminator="t")
]


class ServerFrame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Welcome(ServerFrame):
    """The answer to `hello`: the connection is open."""

    t: Literal["welcome"] = "welcome"
    session: str = Field(description="Names this connection in logs")
    version: int
    server_time: datetime
    ping_seconds: int = Field(description="Send a ping after so much silence")
    max_frame_bytes: int


class Subscribed(ServerFrame):
    """Events with `seq > after` follow, in order, without gaps and without repeats."""

    t: Literal["subscribed"] = "subscribed"
    topic: str
    seq: int = Field(description="The topic's last seq at this moment")


class Resync(ServerFrame):
    """The subscription has ended with a hole.

    `slow`: subscribe again after the last seq seen. Otherwise take a fresh snapshot and subscribe
    after its seq: the log no longer reaches back (`pruned`), too much was missed (`too_far`), or
    the seq asked for does not exist (`ahead`).
    """

    t: Literal["resync"] = "resync"
    topic: str
    reason: Literal["slow", "pruned", "too_far", "ahead"]


class EventFrame(ServerFrame):
    """A fact from the log."""

    t: Literal["event"] = "event"
    topic: str
    seq: int
    type: str
    data: dict[str, Any]
    at: datetime


class SignalOut(ServerFrame):
    """Something fleeting from somebody else; never stored, never repeated."""

    t: Literal["signal"] = "signal"
    topic: str
    type: str
    data: dict[str, Any]


class Ack(ServerFrame):
    """The command is done and what it changed is committed."""

    t: Literal["ack"] = "ack"
    id: str
    data: dict[str, Any]


class FieldError(ServerFrame):
    field: str
    code: str
    message: str


class ProblemFrame(ServerFrame):
    """Something was refused and nothing was changed: a command (`id`) or a topic (`topic`)."""

    t: Literal["problem"] = "problem"
    id: str | None = None
    topic: str | None = None
    code: str
    status: int
    title: str = Field(description="What happened, in the reader's language")
    errors: list[FieldError] = Field(default_factory=list)
    retry_after_seconds: int | None = None


class Pong(ServerFrame):
    t: Literal["pong"] = "pong"


class Bye(ServerFrame):
    """The connection is about to be closed by the server."""

    t: Literal["bye"] = "bye"
    code: int = Field(description="The close code that follows")
    reason: Literal["restart", "signed_out", "too_slow", "too_many", "bad_frame", "version"]


AnyServerFrame = Annotated[
    Welcome | Subscribed | Resync | EventFrame | SignalOut | Ack | ProblemFrame | Pong | Bye,
    Field(discriminator="t"),
]

CLIENT_FRAMES: TypeAdapter[Hello | Subscribe | Unsubscribe | CommandFrame | SignalFrame | Ping] = (
    TypeAdapter(AnyClientFrame)
)
SERVER_FRAMES: TypeAdapter[ServerFrame] = TypeAdapter(AnyServerFrame)

Parsed = TypeVar("Parsed", bound=BaseModel)


class BadFrame(ValueError):
    """What came in is no frame of this protocol. Carries no part of it."""


def has_nul(value: object) -> bool:
    """There is a NUL character in it, which PostgreSQL's text cannot hold."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(has_nul(key) or has_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(has_nul(inner) for inner in value)


def parse_frame(text: str) -> Hello | Subscribe | Unsubscribe | CommandFrame | SignalFrame | Ping:
    """The client's frame.

    Raises:
        BadFrame: too long, not JSON, of no known kind or another shape, or with a NUL in it.
    """
    if len(text) > MAX_FRAME_BYTES:
        raise BadFrame("too long")
    try:
        frame = CLIENT_FRAMES.validate_json(text)
        if "\\u0000" in text and has_nul(frame.model_dump()):
            raise BadFrame("NUL")
        return frame
    except ValidationError as error:
        raise BadFrame(error.errors(include_url=False, include_input=False)[0]["type"]) from None
    except (RecursionError, UnicodeError) as error:
        raise BadFrame(type(error).__name__) from None
