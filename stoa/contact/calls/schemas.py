"""Calls as they travel: views, the input of each command, and the signals."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stoa.contact.calls.models import (
    CallState,
    EndReason,
    LegRole,
    LegState,
    Mode,
    OfferKind,
    OfferState,
    RecordingPolicy,
    RecordingState,
)
from stoa.contact.channels.schemas import ExpectedWait
from stoa.contact.conversations.schemas import CallFact, ClientId, RecordingView, Url
from stoa.platform.i18n.locale import Locale

SDP_MAX = 64_000

Sdp = Annotated[str, StringConstraints(min_length=1, max_length=SDP_MAX)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=40)]


class CallQuality(BaseModel):
    """How a call sounded: the worst side's averages. Kept with the call."""

    round_trip_ms: float | None = None
    jitter_ms: float | None = None
    loss_percent: float | None = None
    concealed_percent: float | None = None
    verdict: Literal["good", "fair", "poor"] | None = None


class LegView(BaseModel):
    """Somebody in the call. The customer's client shows agents only, never who listens.

    `is_held`: they stepped out (whoever is left alone hears music), or wait while agents speak
    about a transfer.
    """

    id: UUID
    role: LegRole
    staff_id: UUID | None
    name: str
    mode: Mode
    state: LegState
    is_held: bool
    is_muted: bool
    joined_at: datetime


class OfferView(BaseModel):
    """A call rings at a member of staff until `until`."""

    id: UUID
    staff_id: UUID
    kind: OfferKind
    state: OfferState
    by_name: str | None
    offered_at: datetime
    until: datetime


class CustomerCall(BaseModel):
    """A call as its customer sees it. The higher `version` is the newer one."""

    id: UUID
    shop_id: UUID
    conversation_id: UUID
    direction: Literal["inbound", "outbound"]
    state: CallState
    end_reason: EndReason | None
    position: int | None = Field(description="1 is next; null when not waiting")
    wait: ExpectedWait | None
    leg_id: UUID | None = Field(description="The customer's own leg")
    legs: list[LegView] = Field(description="Agents who talk, and the customer")
    recording: RecordingState
    is_attended: bool = Field(description="False: it waits, and nobody is there to be rung")
    is_callback_offered: bool
    is_voicemail_offered: bool
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    version: int


class CallRow(BaseModel):
    """A call as the desk sees it. The higher `version` is the newer one."""

    id: UUID
    shop_id: UUID
    conversation_id: UUID
    visitor_id: UUID
    contact_name: str
    direction: Literal["inbound", "outbound"]
    state: CallState
    end_reason: EndReason | None
    locale: str
    skill: str | None
    page_url: str
    recording: RecordingState
    recording_policy: RecordingPolicy
    callback_phone: str | None
    legs: list[LegView] = Field(description="Who is in it; hidden supervisors are not listed")
    offers: list[OfferView] = Field(description="Open ones")
    facts: list[CallFact]
    recordings: list[RecordingView]
    queued_at: datetime | None
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    version: int


class DeskCalls(BaseModel):
    """`GET /api/desk/calls`: every call that is not over. Subscribe to `calls` after `seq`."""

    calls: list[CallRow]
    seq: int


class Supervision(BaseModel):
    """Who listens to a call; only supervisors learn it where the shop's policy hides it."""

    call_id: UUID
    legs: list[LegView]


class Supervisions(BaseModel):
    """`GET /api/desk/supervisions`, for supervisors. Subscribe to `supervision` after `seq`. A call
    that is not named, or named without legs, is listened to by nobody.
    """

    supervisions: list[Supervision]
    seq: int


class IceServer(BaseModel):
    urls: list[str]
    username: str | None = None
    credential: str | None = None


# ---- commands: input and output -----------------------------------------------------------------


class Command(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StartCall(Command):
    """`call.start` (customer) -> CustomerCall: it waits in the queue and rings at once.

    The same `client_id` again, or a call that is on already, gives the call that is there.
    """

    shop_id: UUID
    client_id: ClientId
    locale: Locale
    page_url: Url = ""
    skill: str | None = Field(default=None, max_length=40)


class CurrentCall(Command):
    """`call.current` (customer) -> CurrentCallView: the call that a reload comes back to, or one
    that broke off a moment ago and could be called back.
    """

    shop_id: UUID


class CurrentCallView(BaseModel):
    call: CustomerCall | None
    seq: int = Field(description="Subscribe to `visitor:<id>` after it")
    visitor_id: UUID


class RingCustomer(Command):
    """`call.ring` (agent) -> CallRow: the customer's page rings.

    With `callback_of`, the call that waits to be called back keeps its card and ends so.
    """

    conversation_id: UUID
    client_id: ClientId
    callback_of: UUID | None = None


class OneCall(Command):
    """Names a call: `call.hang_up`, `call.leave_voicemail`, `call.finish_voicemail` (customer),
    `call.close_callback`, `call.complete_transfer`, `call.cancel_transfer` (agent).
    """

    call_id: UUID


class AcceptCall(Command):
    """`call.accept`: an agent takes an offer, the customer an agent's call. `call_taken` when
    somebody else was faster. -> CallJoined
    """

    call_id: UUID
    offer_id: UUID | None = Field(default=None, description="An agent's offer; null: the customer")


class CallJoined(BaseModel):
    call_id: UUID
    leg_id: UUID


class DeclineCall(Command):
    """`call.decline`: an agent's offer goes to the next, the customer's call ends. -> Nothing"""

    call_id: UUID
    offer_id: UUID | None = None


class ConnectLeg(Command):
    """`call.connect` (both) -> Answer: this page speaks for the leg from now on; the page that did
    before is silent. Sent again with a fresh offer after a reload or a lost network.

    The offer needs no candidates: the server learns the browser's address from its checks.
    """

    call_id: UUID
    leg_id: UUID
    sdp: Sdp


class Answer(BaseModel):
    sdp: str


class HoldCall(Command):
    """`call.hold` (both) -> Nothing: the others hear music, the holder hears nobody."""

    call_id: UUID
    is_held: bool


class MuteLeg(Command):
    """`call.mute` (both) -> Nothing: shown to the others; the browser itself sends silence."""

    call_id: UUID
    is_muted: bool


class PressKey(Command):
    """`call.digit` (both) -> Nothing: a tone for the others, and for menus of the phone line."""

    call_id: UUID
    digit: Annotated[str, StringConstraints(pattern=r"^[0-9*#]$")]


class AskCallback(Command):
    """`call.ask_callback` (customer) -> CustomerCall: the place in the queue is kept."""

    call_id: UUID
    phone: Phone | None = None


class TransferCall(Command):
    """`call.transfer` (agent) -> CallRow. `blind`: the colleague rings, this agent is out.
    `attended`: the customer is held until `call.complete_transfer` or `call.cancel_transfer`.
    """

    call_id: UUID
    staff_id: UUID
    kind: Literal["blind", "attended"]


class InviteToCall(Command):
    """`call.invite` (agent) -> CallRow: a colleague rings and joins as the third."""

    call_id: UUID
    staff_id: UUID


class RecordCall(Command):
    """`call.record` (agent) -> CallRow: asked, announced or begun as the shop's policy says; off
    stops it.
    """

    call_id: UUID
    is_on: bool


class AnswerRecording(Command):
    """`call.answer_recording` (customer) -> CustomerCall: agrees, refuses, or takes it back."""

    call_id: UUID
    is_agreed: bool


class SuperviseCall(Command):
    """`call.supervise` (supervisor) -> CallJoined; `leave` -> Nothing's shape with the old leg."""

    call_id: UUID
    mode: Literal["listen", "whisper", "join", "take_over", "leave"]


class IceServers(Command):
    """`call.ice` (both) -> IceServersView: relays for video, screen and blocked networks."""


class IceServersView(BaseModel):
    ice_servers: list[IceServer]
    expires_at: datetime | None


class ShowSight(Command):
    """`call.show` (both) -> Nothing: somebody began to show this, and the call's story tells it."""

    call_id: UUID
    source: Literal["camera", "screen"]


class AnswerSnapshot(Command):
    """`call.answer_snapshot` (customer) -> Nothing: whether stills of what they show may be kept
    in the conversation, for this call. Only the customer's own page takes one.
    """

    call_id: UUID
    is_agreed: bool
    locale: Locale


# ---- signals: never stored ----------------------------------------------------------------------


class QualityInput(Command):
    """Signal `call.quality` from each page in a call, every two seconds: its own getStats."""

    call_id: UUID
    round_trip_ms: float | None = Field(default=None, ge=0, le=60_000)
    jitter_ms: float | None = Field(default=None, ge=0, le=60_000)
    loss_percent: float | None = Field(default=None, ge=0, le=100)
    concealed_percent: float | None = Field(default=None, ge=0, le=100)


class QualitySignal(BaseModel):
    """Signal `call.quality` on `call:<id>`: how each leg hears the others."""

    call_id: UUID
    leg_id: UUID
    verdict: Literal["good", "fair", "poor"]
    quality: CallQuality


class PeerInput(Command):
    """Signal `call.peer`: session descriptions and candidates of video and screen, browser to
    browser. Passed on to the others of the call as it is.
    """

    call_id: UUID
    to_leg_id: UUID | None = None
    data: dict[str, Any]


class PeerSignal(BaseModel):
    """Signal `call.peer` on `call:<id>`; whoever sent it does not get it back."""

    call_id: UUID
    from_leg_id: UUID
    to_leg_id: UUID | None
    data: dict[str, Any]
