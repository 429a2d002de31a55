"""A channel as it declares itself, and what it may look at to say how it stands."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field

from stoa.contact.channels.schemas import ChannelView
from stoa.contact.hours.queries import closes_at, is_open, next_opening, words_for
from stoa.contact.hours.schemas import OpeningHours
from stoa.people.customers.models import Point
from stoa.platform.database.session import ReadSession
from stoa.platform.i18n.locale import Locale


@dataclass(frozen=True, slots=True)
class Times:
    """A channel's hours at this moment, as `ChannelView` has them."""

    closes_at: datetime | None = None
    opens_at: datetime | None = None
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """The shop at this moment."""

    shop_id: UUID
    now: datetime
    available: frozenset[UUID]  # members of staff at the desk
    hours: OpeningHours | None

    @property
    def agents_available(self) -> int:
        return len(self.available)

    def is_within_hours(self, channel: str) -> bool:
        return is_open(self.hours, at=self.now, channel=channel)

    def times(self, channel: str) -> Times:
        """When the channel closes, or opens again and what one reads until then."""
        if self.is_within_hours(channel):
            return Times(closes_at=closes_at(self.hours, at=self.now, channel=channel))
        return Times(
            opens_at=next_opening(self.hours, after=self.now, channel=channel),
            words=words_for(self.hours, channel=channel),
        )


@dataclass(frozen=True, slots=True)
class Channel:
    """A row of `wiring.CHANNELS`. `look` says how the channel stands for the shop right now; None
    when the shop does not have it.
    """

    code: str
    look: Callable[[ReadSession, Situation], Awaitable[ChannelView | None]]


# ---- inboxes and what leaves through them -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where a shop is written to, and what it writes from. Its secrets stay sealed in here."""

    id: UUID
    shop_id: UUID
    channel: str
    name: str
    address: str
    settings: dict[str, Any]
    secrets: bytes | None
    is_on: bool
    is_down: bool
    trouble: dict[str, Any] | None
    last_in_at: datetime | None
    last_out_at: datetime | None
    created_at: datetime
    version: int


class Purpose(StrEnum):
    """Why something is sent; consent is recorded for each by itself."""

    SERVICE = "service"  # an answer, or what somebody asked for
    URGENT = "urgent"  # the parcel is at the door, the payment was refused
    MARKETING = "marketing"
    # Whether an address is theirs, or may be written to: asked there, as nobody else could answer.
    CONFIRMATION = "confirmation"


class Content(BaseModel):
    """What leaves, as it is kept until it has left."""

    model_config = ConfigDict(extra="forbid")

    text: str
    html: str | None = None
    subject: str = ""
    locale: Locale
    to_name: str = ""
    sender_name: str = ""
    attachment_ids: list[UUID] = Field(default_factory=list)
    is_automatic: bool = False
    unsubscribe_url: str | None = None


HELD_BACK = "held_back"  # why a delivery waits: quiet hours, or a mailing over the day's cap


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"  # the other side says never
    DEAD = "dead"  # given up after many tries
    REFUSED = "refused"  # by a rule of ours: no consent, a cap
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Delivery:
    id: UUID
    inbox_id: UUID
    conversation_id: UUID | None
    message_ids: list[UUID]
    purpose: Purpose
    to: Point
    to_key: str
    content: Content
    state: DeliveryState
    attempts: int
    round: int  # how often a person sent it anew after it had failed
    created_at: datetime

    @property
    def outgoing_id(self) -> UUID:
        """What the world outside knows it by: another one in each round, for what has failed is
        not the same thing again."""
        return uuid5(self.id, f"round {self.round}") if self.round else self.id
