"""What a channel is: the words that the core and the channels share.

A channel is a folder beside this file and a row of `installed.py`. It turns what comes in into
`Inbound`, `Report` or `Nothing` (`parse`: pure), and what goes out into something sent (`send`:
idempotent by `Outgoing.id`). Everything else, storing, threading, retrying, splitting, reply
windows and consent, is done once, for all of them, in `receive` and `deliver`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from stoa.contact.conversations.schemas import MailCard
from stoa.people.customers.models import Point, PointKind
from stoa.platform.errors import DomainError
from stoa.platform.i18n.locale import Locale

# ---- what a channel says of itself --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What `receive` and `deliver` go by; they never ask which channel it is."""

    point: PointKind  # what its addresses are
    has_subject: bool = False
    has_files: bool = False
    max_files_bytes: int = 0  # of all files of one message together
    max_characters: int | None = None  # a longer text is split; None: no limit, or split by itself
    reply_window: timedelta | None = None  # how long after their last message one may answer
    needs_consent: bool = False  # whether every purpose needs one that is recorded
    has_quiet_hours: bool = False  # whether what is not an answer waits for the morning
    has_price: bool = False


class ChannelSettings(BaseModel):
    """Base of a channel's settings. The desk draws the form from the model's JSON schema: a
    `SecretStr` is stored encrypted and never shown again; `json_schema_extra={"group": ...}` on a
    field gathers it under a heading; texts are `channel.<code>.field.<name>` (and `.help`) in the
    catalogue `channels`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Provider:
    """Where one signs in for an account (OAuth 2.0, RFC 6749), and as which program."""

    name: str  # as people know it, or its host
    authorization_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: Sequence[str] = ()
    needs: Sequence[str] = ()  # scopes that people can leave out, and that nothing works without
    # The program proves itself by a header (RFC 6749 section 2.3.1), or with the rest of the form.
    has_header: bool = True
    more: Mapping[str, str] = field(default_factory=dict)  # of the address people are sent to
    # Where tokens are given back (RFC 7009). None: nowhere; empty: where the provider says so.
    revocation_url: str | None = None

    def is_same_grant(self, other: "Provider | None") -> bool:
        """Whether what was granted to the one is good for the other; secrets are renewed."""
        beside: dict[str, Any] = {"client_secret": "", "more": {}, "revocation_url": None}
        return other is not None and replace(self, **beside) == replace(other, **beside)


# A token to sign in with, renewed in time. Who names one that was refused is given another, unless
# that one was made just now: then it is not the token that is wrong.
# Raises `TryLater`: nobody has signed in at the provider, or it gives none.
Access = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Account:
    """An inbox as its channel sees it, with its secrets in clear."""

    id: UUID
    shop_id: UUID
    name: str
    address: str
    settings: ChannelSettings
    token_key: bytes  # signs reply tokens and links; the installation's
    base_url: str  # how people reach this installation, without a trailing slash
    access: Access | None = None  # where its channel names a `Provider`, and a line is opened


# ---- in -----------------------------------------------------------------------------------------


class Envelope(BaseModel):
    """What is known of something that came in besides its bytes."""

    model_config = ConfigDict(extra="forbid")

    sender: str = ""  # as the transport named it (MAIL FROM)
    recipients: list[str] = Field(default_factory=list)
    # Set only by who fetched it, from checks of our own: `dkim`, `spf`. Never from the bytes.
    proofs: dict[str, str] = Field(default_factory=dict)
    # It was set aside, and a person wants it taken in all the same.
    is_wanted: bool = False


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes as they came. The same `external_id` again is the same thing again."""

    external_id: str
    content: bytes
    envelope: Envelope = field(default_factory=Envelope)


@dataclass(frozen=True, slots=True)
class InboundFile:
    file_name: str
    media_type: str
    content: bytes
    content_id: str | None = None  # of a picture shown inside the text


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from somebody outside."""

    name: str  # what others will call it when they answer: Message-ID, SMS id
    point: Point  # who wrote
    is_verified: bool  # it is proven that the sender owns `point`
    sender_name: str
    # A check says that somebody else wrote it (DMARC): by a name alone, which anybody in copy
    # knows, it joins no conversation.
    is_refuted: bool = field(default=False, kw_only=True)
    text: str  # what is new in it, without what it quotes
    # With what it quotes, where that was left out: somebody may have written into it (`trim`).
    whole_text: str = field(default="", kw_only=True)
    sent_at: datetime | None = None
    subject: str = ""
    files: Sequence[InboundFile] = ()
    locale: Locale | None = None  # as its headers say; the text itself is looked at first
    reply_token: str | None = None  # one of ours, unchecked
    answers: Sequence[str] = ()  # names it answers, the nearest first
    # A machine wrote it: it is kept in its conversation, and nobody is woken or answered.
    is_automatic: bool = False
    # STOP, or a click on "unsubscribe": what the sender agreed to for this address is withdrawn.
    is_withdrawal: bool = False
    card: MailCard | None = None


ReportState = Literal["sent", "delivered", "failed"]


class Report(BaseModel):
    """What became of something we sent, as told by the world outside."""

    model_config = ConfigDict(extra="forbid")

    name: str  # ours or theirs: external_name.name
    state: ReportState
    is_permanent: bool = True
    code: str = ""  # as the standard has it: "5.1.1", "UNDELIV"
    text: str = ""
    # The address itself is dead: nothing more should go there.
    is_point_dead: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing for anybody in it, and that is right: a loop, a copy of our own."""

    reason: str  # `channel.ignored.<reason>` has its words


Parsed = Inbound | Report | Nothing


class Unreadable(DomainError):
    """It cannot be read, or is refused; `channel.problem.<reason>` has the words."""

    code = "unreadable"
    status = 422

    def __init__(self, reason: str, **params: str | int) -> None:
        super().__init__(reason=reason, **params)
        self.reason = reason
        self.details: Mapping[str, str | int] = params


# ---- out ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    file_name: str
    media_type: str
    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something to be sent. Sent again with the same `id`, it is the same thing again."""

    id: UUID
    to: Point
    to_name: str
    locale: Locale
    text: str
    html: str | None = None  # None: made from the text
    subject: str = ""
    sender_name: str = ""  # who is seen to write: the agent, else the shop
    files: Sequence[OutgoingFile] = ()
    # The names of what came before in this conversation, from old to new.
    references: Sequence[str] = ()
    reply_token: str | None = None
    is_automatic: bool = False  # a notice, not an answer a person wrote
    unsubscribe_url: str | None = None  # of what was agreed to: for the mail program's own button
    withdrawal_url: str | None = None  # where its reader says that no more of it should come


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side has taken it. `names` is how receipts and answers will call it."""

    names: Sequence[str]
    segments: int | None = None
    cost_micros: int | None = None
    currency: str | None = None


class SendProblem(Exception):
    """It was not taken. `code` is the other side's; `channel.problem.<reason>` has our words."""

    def __init__(self, reason: str, *, code: str = "", text: str = "", **params: str | int) -> None:
        super().__init__(f"{reason} {code} {text}".strip())
        self.reason = reason
        self.code = code
        self.text = text
        self.params = params


class TryLater(SendProblem):
    """The same may work later; after `after` at the earliest, if the other side said so."""

    after: timedelta | None = None
    # Nothing was tried: it waits, however long it takes, until a person has done something.
    needs_person: bool = False


class NeverWorks(SendProblem):
    """Trying again is useless. With `is_point_dead` the address itself is (set it after making)."""

    is_point_dead: bool = False


@dataclass(frozen=True, slots=True)
class Counting:
    """How a text that goes by an inbox is counted, for whoever writes it."""

    each_micros: int | None  # what one part costs, in millionths; None: nobody has said
    currency: str | None
    most: int  # parts of one text
    simplifies: bool  # whether accents are left out where that saves parts


# ---- the channel --------------------------------------------------------------------------------

# Stores what came in and returns once that is committed. False: it was there already.
Take = Callable[[Raw], Awaitable[bool]]
# Takes a receipt that comes by itself, at any time, also before `send` has returned.
TakeReport = Callable[[Report], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Original:
    """What came in, made safe to show in a sandboxed frame. Nothing in it loads from elsewhere but
    the pictures that were asked for."""

    html: str
    blocked_picture_count: int = 0
    headers: Sequence[tuple[str, str]] = ()
    files: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of "why does nothing arrive"; `channel.check.<code>` has its words."""

    is_good: bool
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """What a channel that holds a line open is given for as long as it does."""

    account: Account
    take: Take
    take_report: TakeReport
    # The line is up (None), or what is wrong with it; shown at the desk as the inbox's health.
    tell: Callable[[SendProblem | None], None]
    data_dir: Path


class Sender(Protocol):
    """Sends by a line that is up, or by one made for the occasion."""

    async def send(self, outgoing: Outgoing) -> Accepted:
        """Raises:
        TryLater, NeverWorks: it was not taken.
        """
        ...


class ChannelType(Protocol):
    """A row of `installed.CHANNEL_TYPES`: what a folder of a channel gives as `CHANNEL`."""

    code: str
    icon: str
    capabilities: Capabilities
    settings: type[ChannelSettings]

    def address_of(self, settings: Any) -> str:
        """What customers see of an inbox with these settings."""
        ...

    def provider(self, settings: Any) -> Provider | None:
        """Pure. Where a person has to sign in for an inbox with these settings; None: nowhere."""
        ...

    def counting(self, plain: Mapping[str, Any], *, to: Point) -> Counting | None:
        """Pure. How a text to there is counted, by the settings as they are stored, without their
        secrets; None: its length costs nothing.
        """
        ...

    def parse(self, account: Account, raw: Raw) -> Parsed:
        """Pure.

        Raises:
            Unreadable: it is set aside, with the words for it.
        """
        ...

    def trim(self, account: Account, inbound: Inbound, *, sent: Sequence[str]) -> Inbound:
        """Pure. What repeats one of `sent`, our newest texts in the conversation it belongs to, is
        left out of its text; what was left out and has somebody's words between ours, or below
        them, comes back. A channel whose messages quote nothing gives back what it was given.
        """
        ...

    def show(self, content: bytes, *, with_pictures: bool) -> Original | None:
        """Pure. The bytes as a person may look at them; None when the text says it all."""
        ...

    def holding(self, line: Line) -> AbstractAsyncContextManager[Sender]:
        """The account's line is held for as long as the block runs: what comes in goes to
        `line.take` and `line.take_report`, what goes out is given to the `Sender`.

        A broken line is begun anew by the channel itself, told to `line.tell`; the block never ends
        by that. Only one process of the installation holds an account's line.
        """
        ...

    async def hook(self, account: Account, request: Request) -> Sequence[Raw | Report]:
        """What an HTTP call to `/hooks/{channel}/{inbox id}` brought, its signature checked.

        Raises:
            Forbidden: it is not from whom it says.
            NotFound: this channel is not called that way.
        """
        ...

    async def check(self, account: Account) -> Sequence[Finding]:
        """Tries the line in both directions and says what is found; never raises for the line."""
        ...
