"""A walk as the database holds it, and how long it may stand still."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

# A question that nobody answered, and a walk in which no page was opened, are over after so long.
ANSWER_SECONDS = 600
PAUSE_SECONDS = 1_800


class WalkState(StrEnum):
    ASKED = "asked"
    WALKING = "walking"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in the shop; `url` is a path of the storefront, or an embedding shop's address."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class LockedWalk:
    """A walk that is this transaction's to change."""

    id: UUID
    shop_id: UUID
    conversation_id: UUID
    visitor_id: UUID
    staff_id: UUID
    message_id: UUID
    state: WalkState
    first_title: str
