"""A channel as it declares itself, and what it may look at to say how it stands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stoa.contact.channels.schemas import ChannelView
from stoa.platform.database.session import ReadSession


@dataclass(frozen=True, slots=True)
class Situation:
    """The shop at this moment."""

    shop_id: UUID
    now: datetime
    agents_available: int
    is_within_hours: bool
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class Channel:
    """A row of `wiring.CHANNELS`. `look` says how the channel stands for the shop right now."""

    code: str
    look: Callable[[ReadSession, Situation], Awaitable[ChannelView]]
