"""The chooser: every channel the shop has, with its truth right now."""

from datetime import datetime
from datetime import time as clock_time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stoa.contact.conversations.schemas import ATTACHMENTS_MAX, ClientId, Command, ShortText
from stoa.contact.hours.schemas import WallTime

ANSWER_MAX = 50_000


class ExpectedWait(BaseModel):
    """Half of the recent answers came within `low`..`high` seconds, out of `sample` answers."""

    low_seconds: int
    high_seconds: int
    sample: int


class ChannelWait(BaseModel):
    """What one has to expect who asks by this channel; of the time in which the shop is open."""

    channel: str
    wait: ExpectedWait | None = Field(description="Null when too few answers are known to say")


class SpokenView(BaseModel):
    """How a channel stands for customers of one language, where that is another matter."""

    is_available: bool
    reason: Literal["open", "nobody_there", "closed", "all_busy"]
    wait: ExpectedWait | None
    agents_available: int


class ChannelView(BaseModel):
    """One line of the chooser. `channel.<code>.title` has its name in the `counter` catalogue."""

    code: str = Field(description="`chat`, `call`, `message`; only those the shop has")
    icon: str
    is_available: bool
    reason: Literal["open", "nobody_there", "closed", "all_busy"]
    wait: ExpectedWait | None = Field(description="Null when too few answers are known to say")
    agents_available: int
    instead: Literal["voicemail", "callback"] | None = Field(
        default=None, description="What a call would lead to while nobody can answer it"
    )
    closes_at: datetime | None = Field(default=None, description="By the shop's hours, if open")
    opens_at: datetime | None = Field(default=None, description="By the shop's hours, if closed")
    words: dict[str, str] = Field(
        default_factory=dict, description="What the shop says while closed, by language"
    )
    by_locale: dict[str, SpokenView] = Field(
        default_factory=dict,
        description="What of it is otherwise for customers of a language, since only some serve it",
    )


class ChannelsView(BaseModel):
    """`GET /api/counter/channels?shop_id=`, and signal `channels` on topic `channels:<shop_id>`."""

    shop_id: UUID
    channels: list[ChannelView]


class CountingView(BaseModel):
    """How an answer's text is counted while it is written."""

    each_micros: int | None = Field(description="What one part costs, in millionths")
    currency: str | None
    most: int = Field(description="Parts of one text")
    simplifies: bool = Field(description="Accents are left out where that saves parts")


class Way(BaseModel):
    """One way the next answer can go."""

    code: str = Field(description="A channel's code; `chat`: by the page, at once")
    inbox_id: UUID | None
    sender: str = Field(description="The address it comes from")
    name: str = Field(description="What the shop calls the inbox")
    to: str
    problem: str | None = Field(
        default=None, description="Why it cannot go: `channel.problem.<reason>` has the words"
    )
    is_preferred: bool = Field(default=False, description="The channel the customer prefers")
    is_down: bool = Field(default=False, description="The line is broken: it would wait")
    leaves_at: datetime | None = Field(default=None, description="When quiet hours hold it back")
    number_of_day: int | None = Field(
        default=None,
        description="Where a day's cap counts it: it would be this one of `most_a_day`",
    )
    most_a_day: int | None = None
    has_subject: bool = False
    has_files: bool = True
    has_price: bool = False
    max_characters: int | None = None
    counting: CountingView | None = Field(
        default=None, description="Where the length of a text has a price"
    )


WayWhy = Literal["here", "last", "left", "closed", "open"]


class WaysView(BaseModel):
    """`GET /api/desk/conversations/{id}/ways`: the first is where the answer goes by itself."""

    ways: list[Way]
    why: WayWhy | None = Field(
        default=None,
        description="Why the first: they are at the counter; wrote so last; have left the chat, or"
        " that way is closed, and prefer it; it is just open. Null: nothing is",
    )


class AnswerMessage(Command):
    """`message.answer` (agent) -> Sent: an answer that leaves by an inbox of the shop."""

    conversation_id: UUID
    client_id: ClientId
    inbox_id: UUID
    to: Annotated[str, StringConstraints(min_length=1, max_length=320)]
    body: Annotated[str, StringConstraints(max_length=ANSWER_MAX)] = ""
    subject: ShortText = ""
    attachments: list[UUID] = Field(default_factory=list, max_length=ATTACHMENTS_MAX)


# ---- what may leave, and when ------------------------------------------------------------------


class Limits(BaseModel):
    """A shop's setting `limits`; what it does not say is as here. By the clock of the recipient;
    from and until the same time: there are no quiet hours."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quiet_from: WallTime = clock_time(20)
    quiet_until: WallTime = clock_time(8)
    is_urgent_exempt: bool = False  # whether urgent notices may come in quiet hours
    per_day: int = Field(default=3, ge=1, le=100)  # to one person, answers not counted
    reply_days: int = Field(default=7, ge=1, le=365)  # how long one may answer who wrote


class LimitsView(BaseModel):
    """`GET /api/desk/shops/{shop_id}/limits`."""

    limits: Limits
    usual: Limits = Field(description="What holds where a shop says nothing")
    channels: list[str] = Field(description="Those that keep quiet hours and a cap")
    timezone: str = Field(description="Of a number that does not say where it is")


class ChangeLimits(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limits: Limits
    seen: Limits = Field(description="What was changed; if it is something else now: `conflict`")


# ---- the inboxes at the desk --------------------------------------------------------------------


class Trouble(BaseModel):
    """What is wrong: `channel.problem.<reason>` has the words, `text` is the other side's."""

    reason: str
    params: dict[str, str | int] = Field(default_factory=dict)
    code: str = ""
    text: str = ""
    since: datetime | None = None


class ConnectionView(BaseModel):
    """The sign-in at a provider that an inbox goes by."""

    provider: str
    state: Literal["none", "connected", "ended"] = Field(
        description="ended: the provider takes it no more, somebody has to sign in anew"
    )
    owner: str = Field(description="Whose account it is; empty where the provider does not say")
    since: datetime | None


class SignInBegun(BaseModel):
    url: str = Field(description="Where the person signs in")


class SignInAnswer(BaseModel):
    """What the provider sent back (RFC 6749 section 4.1.2)."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    state: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    code: Annotated[str, StringConstraints(max_length=8000)] = ""
    error: Annotated[str, StringConstraints(max_length=200)] = ""
    error_description: Annotated[str, StringConstraints(max_length=4000)] = ""


class SignedIn(BaseModel):
    """The inbox is connected, or why it is not."""

    inbox_id: UUID
    name: str
    owner: str
    problem: Trouble | None


class SignedOut(BaseModel):
    """The inbox is disconnected; what the provider has not confirmed of it."""

    problem: Trouble | None


class InboxView(BaseModel):
    id: UUID
    shop_id: UUID
    channel: str
    name: str
    address: str
    settings: dict[str, Any] = Field(description="Without the secrets: null where one belongs")
    secrets: list[str] = Field(description="Which secrets are known, by path: `imap.password`")
    is_on: bool
    is_down: bool
    trouble: Trouble | None
    last_in_at: datetime | None
    last_out_at: datetime | None
    waiting_out: int = Field(description="How many deliveries are queued")
    connection: ConnectionView | None = Field(
        description="Where a person signs in for it at a provider"
    )


class ChannelTypeView(BaseModel):
    """A channel that can be connected; `fields` is the JSON schema of its settings."""

    code: str
    icon: str
    fields: dict[str, Any]


class ChannelsSetUp(BaseModel):
    """`GET /api/desk/channels`."""

    types: list[ChannelTypeView]
    inboxes: list[InboxView]
    redirect_url: str = Field(description="What is registered at a provider one signs in at")


class BrokenInboxes(BaseModel):
    """`GET /api/desk/channels/broken`: what administrators are told of wherever they are."""

    count: int = Field(description="Inboxes that are on and have not worked for some minutes")


class SaveInbox(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    settings: dict[str, Any]


class AddInbox(SaveInbox):
    shop_id: UUID
    channel: str


class SwitchInbox(BaseModel):
    model_config = ConfigDict(extra="forbid")

    is_on: bool


class FindingView(BaseModel):
    is_good: bool
    code: str
    params: dict[str, str | int] = Field(default_factory=dict)


class Checked(BaseModel):
    findings: list[FindingView]


class SetAside(BaseModel):
    """Something that came in and could not be taken; its bytes are at `/raw`."""

    id: UUID
    inbox_id: UUID
    inbox_name: str
    problem: Trouble
    sender: str
    received_at: datetime


class GivenUp(BaseModel):
    """Something of ours that did not arrive."""

    id: UUID
    inbox_id: UUID
    inbox_name: str
    channel: str
    conversation_id: UUID | None
    to: str
    subject: str
    state: str
    problem: Trouble | None
    created_at: datetime
    done_at: datetime


class Undone(BaseModel):
    """`GET /api/desk/channels/undone`: newest first, at most 100 of each."""

    set_aside: list[SetAside]
    given_up: list[GivenUp]


class OriginalView(BaseModel):
    """A message as it came. `/api/desk/messages/{id}/original/page` shows it, in a frame."""

    blocked_picture_count: int
    headers: list[tuple[str, str]]
    files: list[str]
