"""Calls as the database holds them, and what a shop has decided about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stoa.contact.conversations.schemas import CallFact

RecordingPolicy = Literal["never", "ask", "announce"]
RecordingState = Literal["off", "asked", "announced", "on", "refused"]
Skill = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=40)
]


class CallState(StrEnum):
    """Where a call stands. `rules.NEXT` says what may follow what."""

    CALLING = "calling"  # an agent calls the customer's page, which rings
    QUEUED = "queued"  # the customer waits, nobody rings
    RINGING = "ringing"  # the customer waits, one or more agents are being rung
    ACTIVE = "active"  # customer and agent talk; a leg may be held, or away for a moment
    VOICEMAIL = "voicemail"  # the customer speaks a message
    CALLBACK = "callback"  # the customer waits to be called back, and keeps the place in the queue
    ENDED = "ended"


class EndReason(StrEnum):
    COMPLETED = "completed"  # somebody hung up after it was answered
    ABANDONED = "abandoned"  # the customer left while waiting
    MISSED = "missed"  # nobody answered
    DECLINED = "declined"  # the customer did not want the agent's call
    NO_ANSWER = "no_answer"  # the customer's page rang in vain
    VOICEMAIL = "voicemail"  # a message was left
    CALLED_BACK = "called_back"  # another call took its place, or the task was done
    LOST = "lost"  # a line broke and did not come back
    FAILED = "failed"  # the media process died


class LegRole(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"


class Mode(StrEnum):
    """What a leg hears and who hears it."""

    TALK = "talk"
    LISTEN = "listen"  # hears all, heard by nobody
    WHISPER = "whisper"  # hears all, heard by agents only


class LegState(StrEnum):
    JOINING = "joining"
    CONNECTED = "connected"
    AWAY = "away"
    LEFT = "left"


class OfferKind(StrEnum):
    QUEUE = "queue"
    TRANSFER = "transfer"
    ATTENDED = "attended"  # asks a colleague first, the customer is held
    CONFERENCE = "conference"


class OfferState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    TAKEN = "taken"  # somebody else was faster
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Leg:
    """Somebody who is or was in a call. `connection_id`: the page that speaks for them."""

    id: UUID
    role: LegRole
    staff_id: UUID | None
    name: str
    mode: Mode
    state: LegState
    is_held: bool
    is_parked: bool
    is_muted: bool
    connection_id: str | None
    joined_at: datetime
    state_at: datetime
    left_at: datetime | None

    @property
    def is_in(self) -> bool:
        return self.state is not LegState.LEFT


@dataclass(frozen=True, slots=True)
class Offer:
    """A call rings, or rang, at a member of staff."""

    id: UUID
    staff_id: UUID
    name: str
    kind: OfferKind
    by_staff_id: UUID | None
    state: OfferState
    offered_at: datetime
    until: datetime
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state is OfferState.OFFERED


@dataclass(frozen=True, slots=True)
class Call:
    """A call with everybody who was in it. Of closed offers only the newest of each person."""

    id: UUID
    shop_id: UUID
    conversation_id: UUID
    visitor_id: UUID
    message_id: UUID | None
    client_id: str
    direction: Literal["inbound", "outbound"]
    state: CallState
    end_reason: EndReason | None
    locale: str
    skill: str | None
    page_url: str
    recording: RecordingState
    callback_phone: str | None
    callback_of: UUID | None
    queued_at: datetime | None
    unattended_since: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    media_node: str | None
    created_at: datetime
    legs: tuple[Leg, ...] = ()
    offers: tuple[Offer, ...] = ()
    facts: tuple[CallFact, ...] = ()

    @property
    def is_over(self) -> bool:
        return self.state is CallState.ENDED

    @property
    def is_waiting(self) -> bool:
        """The customer is on the line and waits for somebody to answer."""
        return self.state in (CallState.QUEUED, CallState.RINGING)

    @property
    def legs_in(self) -> tuple[Leg, ...]:
        return tuple(leg for leg in self.legs if leg.is_in)

    @property
    def customer_leg(self) -> Leg | None:
        return next((leg for leg in self.legs_in if leg.role is LegRole.CUSTOMER), None)

    @property
    def agent_legs(self) -> tuple[Leg, ...]:
        """Members of staff whom the customer may hear, in the order they came."""
        return tuple(
            leg
            for leg in self.legs_in
            if leg.role is not LegRole.CUSTOMER and leg.mode is Mode.TALK
        )

    @property
    def open_offers(self) -> tuple[Offer, ...]:
        return tuple(offer for offer in self.offers if offer.is_open)

    def leg_of(self, staff_id: UUID) -> Leg | None:
        """This member of staff's place in the call now."""
        return next((leg for leg in self.legs_in if leg.staff_id == staff_id), None)


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody at the desk who is available."""

    id: UUID
    name: str
    languages: frozenset[str]
    skills: frozenset[str]
    is_busy: bool  # in a call
    idle_since: datetime | None  # the end of their last call; None: none yet


class PageSkill(BaseModel):
    """Calls from pages whose path begins so need somebody with this skill first."""

    model_config = ConfigDict(extra="forbid")

    path: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^/", max_length=200)]
    skill: Skill


class CallSettings(BaseModel):
    """`shop.settings["calls"]`: calls from the shop's pages."""

    model_config = ConfigDict(extra="ignore")

    is_on: bool = True
    ring_seconds: int = Field(default=20, ge=5, le=120, description="Then the next is rung")
    ring_at_once: int = Field(default=3, ge=1, le=20, description="How many agents at a time")
    recording: RecordingPolicy = "never"
    retention_days: int = Field(default=90, ge=1, le=3_650, description="Then it is deleted")
    agent_sees_supervisor: bool = True
    skills_by_page: list[PageSkill] = Field(default_factory=list, max_length=50)
    callback: bool = Field(default=True, description="Whoever waits may ask to be called back")
    voicemail: bool = Field(default=True, description="When nobody is there")

    def rings_until(self, at: datetime) -> datetime:
        """When a call that rings from `at` on has rung long enough."""
        return at + timedelta(seconds=self.ring_seconds)

    def skill_for(self, path: str) -> str | None:
        """The skill of the longest path that this one begins with."""
        fitting = [row for row in self.skills_by_page if path.startswith(row.path)]
        return max(fitting, key=lambda row: len(row.path)).skill if fitting else None
