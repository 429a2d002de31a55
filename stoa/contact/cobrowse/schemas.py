"""Co-browsing as it travels: the session, commands, and the signals that carry the page."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stoa.contact.conversations.schemas import Url

# What page and replica must agree on: raised whenever one side would not understand the other.
COBROWSE_VERSION = 1
# A part of a packed batch of page events; small enough to cross nodes by the database's bus.
PART_MAX = 6_000
# Ceiling per visitor, over any ten seconds; above it the page sends a keyframe later instead.
BYTES_PER_SECOND = 64_000

# Names one recorder, so one page as one tab showed it.
Stream = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,16}$")]
Coordinate = Annotated[float, Field(ge=-1_000_000, le=1_000_000)]


class CobrowseView(BaseModel):
    """A session as both sides see it. The higher `version` is the newer one."""

    id: UUID
    shop_id: UUID
    conversation_id: UUID
    visitor_id: UUID
    staff_id: UUID
    staff_name: str
    state: Literal["asked", "active", "ended"]
    end_reason: str | None
    control: Literal["none", "asked", "given"]
    asked_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    version: int


# The page checks it as CSS does, and shows nothing at all while one cannot be read.
Selector = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^{}]+$")
]


class MaskingRules(BaseModel):
    """A shop's setting `cobrowse`: what may leave the customer's page. All inputs are masked."""

    model_config = ConfigDict(extra="forbid")

    mask_text: bool = Field(default=False, description="Mask all text outside `show`")
    show: list[Selector] = Field(
        default_factory=list, max_length=100, description="CSS selectors that may be read"
    )
    mask: list[Selector] = Field(
        default_factory=list, max_length=100, description="CSS selectors whose text is masked"
    )
    block: list[Selector] = Field(
        default_factory=list,
        max_length=100,
        description="CSS selectors that never leave the page, size apart",
    )
    pages: list["PageRules"] = Field(default_factory=list, max_length=100)


class PageRules(BaseModel):
    """Added where the path matches, `*` stands for anything. `pause`: nothing leaves this page."""

    model_config = ConfigDict(extra="forbid")

    path: Annotated[str, StringConstraints(max_length=200, pattern=r"^/")]
    pause: bool = False
    mask_text: bool = False
    show: list[Selector] = Field(default_factory=list, max_length=100)
    mask: list[Selector] = Field(default_factory=list, max_length=100)
    block: list[Selector] = Field(default_factory=list, max_length=100)


class ActionView(BaseModel):
    """A line of `GET /api/desk/cobrowse/{id}/actions`; `target` is named as the page names it."""

    id: UUID
    kind: Literal["scroll", "click", "fill"]
    target: str
    page_url: str
    outcome: Literal["sent", "done", "refused"]
    reason: str
    at: datetime


# ---- commands -----------------------------------------------------------------------------------


class Command(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AskCobrowse(Command):
    """`cobrowse.ask` (agent) -> CobrowseView: the customer is asked. Again: what is there."""

    conversation_id: UUID


class CurrentCobrowse(Command):
    """`cobrowse.current` (customer) -> CurrentCobrowseView: what a page change comes back to."""


class CurrentCobrowseView(BaseModel):
    session: CobrowseView | None
    rules: MaskingRules
    is_watched: bool = Field(
        default=False, description="The agent watches now: a page may begin at once"
    )
    seq: int = Field(description="Subscribe to `visitor:<id>` after it")
    visitor_id: UUID


class LookCobrowse(Command):
    """`cobrowse.look` (agent) -> CobrowseLook: what a desk that was just opened comes back to."""

    conversation_id: UUID


class CobrowseLook(BaseModel):
    """The conversation's newest session, ended or not."""

    session: CobrowseView | None
    visitor_id: UUID | None
    seq: int = Field(description="Subscribe to `visitor:<id>` after it")


class AnswerCobrowse(Command):
    """`cobrowse.answer` (customer) -> CobrowseView. `wording` is what the customer read."""

    session_id: UUID
    is_agreed: bool
    wording: Annotated[str, StringConstraints(max_length=1_000)]


class OneSession(Command):
    """Names a session: `cobrowse.stop` (both), `cobrowse.ask_control` (agent),
    `cobrowse.release_control` (both).
    """

    session_id: UUID


class AnswerControl(Command):
    """`cobrowse.answer_control` (customer) -> CobrowseView."""

    session_id: UUID
    is_agreed: bool
    wording: Annotated[str, StringConstraints(max_length=1_000)]


class ScrollTo(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["scroll"]
    node: int | None = Field(default=None, description="rrweb's id; null: the page itself")
    x: Coordinate
    y: Coordinate


class ClickOn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["click"]
    node: int


class FillIn(BaseModel):
    """The text goes to the customer's page and is stored nowhere."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["fill"]
    node: int
    text: Annotated[str, StringConstraints(max_length=500)]


Action = Annotated[ScrollTo | ClickOn | FillIn, Field(discriminator="kind")]


class Act(Command):
    """`cobrowse.act` (agent in control) -> ActSent: the customer's page does it, or says why not by
    signal `cobrowse.acted`. Scrolling is not written down one by one.
    """

    session_id: UUID
    stream: Stream = Field(description="The page that `node` belongs to")
    action: Action


class ActSent(BaseModel):
    action_id: UUID


# ---- signals ------------------------------------------------------------------------------------


class FrameInput(Command):
    """Signal `cobrowse.frame` (page): a part of a batch of rrweb events, packed (`wire.ts`).

    Batches of one `stream` (one recorder, so one page) count `batch` from 0; `keyframe` begins
    anew. Dropped unless the session is active and somebody watches. After a loss or an unknown
    stream the replica asks for a keyframe; the tail of an earlier stream is ignored.
    """

    session_id: UUID
    version: int
    stream: Stream
    batch: int = Field(ge=0)
    part: int = Field(ge=0)
    parts: int = Field(ge=1, le=1_000)
    keyframe: bool
    data: Annotated[str, StringConstraints(max_length=PART_MAX)]


class PageInput(Command):
    """Signal `cobrowse.page` (page): where the customer is, whether it is shown, and how big.

    Said at once for every `cobrowse.watch` with `keyframe`, and whenever it changes. The newest
    `shown` or `paused` names the stream that counts; `hidden` and `gone` count for that one only.
    `reason` of `paused`: payment (a field or page of payment), rule (the merchant's).
    """

    session_id: UUID
    version: int
    stream: Stream
    url: Url
    title: Annotated[str, StringConstraints(max_length=300)]
    state: Literal["shown", "paused", "hidden", "gone"]
    reason: Annotated[str, StringConstraints(max_length=40)] = ""
    width: int = Field(ge=0, le=100_000)
    height: int = Field(ge=0, le=100_000)


class ActedInput(Command):
    """Signal `cobrowse.acted` (page): what became of an agent's action."""

    session_id: UUID
    action_id: UUID
    outcome: Literal["done", "refused"]
    reason: Annotated[str, StringConstraints(max_length=40)] = ""
    target: Annotated[str, StringConstraints(max_length=120)] = ""


class WatchInput(Command):
    """Signal `cobrowse.watch` (agent), every five seconds while the replica is on screen: without
    it the page sends nothing. `keyframe` asks for the page from the beginning.
    """

    session_id: UUID
    version: int
    keyframe: bool = False


class PointInput(Command):
    """Signal `cobrowse.point` (agent): pointer, highlight or a stroke over the customer's page.

    Coordinates are CSS pixels of the customer's document. `node` is rrweb's id of an element.
    """

    session_id: UUID
    kind: Literal["pointer", "highlight", "stroke", "clear"]
    x: Coordinate = 0
    y: Coordinate = 0
    node: int | None = None
    stream: Annotated[str, StringConstraints(max_length=16)] = ""
    points: list[tuple[Coordinate, Coordinate]] = Field(default_factory=list, max_length=500)


class SlowSignal(BaseModel):
    """Signal `cobrowse.slow` on `cobrowsed:<session>`: the ceiling is reached and what came since
    is lost. The page is silent for so long and begins again with a keyframe.
    """

    session_id: UUID
    seconds: float


class RefusedSignal(BaseModel):
    """Signal `cobrowse.refused` on both topics: page and replica would not understand each other,
    and both say so. `by`: whose version the server does not speak; its reload mends it.
    """

    session_id: UUID
    reason: Literal["version"]
    by: Literal["page", "replica"]


class FrameSignal(FrameInput):
    """Signal `cobrowse.frame` on `cobrowse:<session>` (agents)."""


class PageSignal(PageInput):
    """Signal `cobrowse.page` on `cobrowse:<session>` (agents)."""


class ActedSignal(ActedInput):
    """Signal `cobrowse.acted` on `cobrowse:<session>` (agents)."""


class WatchSignal(WatchInput):
    """Signal `cobrowse.watch` on `cobrowsed:<session>` (the customer's pages)."""


class PointSignal(PointInput):
    """Signal `cobrowse.point` on `cobrowsed:<session>` (the customer's pages)."""

    staff_name: str


class ActSignal(BaseModel):
    """Signal `cobrowse.act` on `cobrowsed:<session>`: the page carries it out, or refuses."""

    session_id: UUID
    action_id: UUID
    stream: str
    action: Action
    staff_name: str
