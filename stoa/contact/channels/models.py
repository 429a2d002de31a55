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
    available: frozenset[UUID]  # members of staff at the desk
    is_within_hours: bool
    opens_at: datetime | None

    @property
    def agents_available(self) -> int:
        return len(self.available)


@dataclass(frozen=True, slots=True)
class Channel:
    """A row of `wiring.CHANNELS`. `look` says how the channel stands for the shop right now; None
    when the shop does not have it.
    """

    code: str
    look: Callable[[ReadSession, Situation], Awaitable[ChannelView | None]]
