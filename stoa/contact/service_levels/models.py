"""A promise, and a wait that runs against it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stoa.contact.service_levels.schemas import Kind


@dataclass(frozen=True, slots=True)
class Policy:
    """A row of `sla_policy` that is on."""

    id: UUID
    shop_id: UUID
    channel: str | None
    inbox_id: UUID | None
    queue_id: UUID | None
    first_seconds: int | None
    next_seconds: int | None
    warn_percent: int

    def seconds(self, kind: Kind) -> int | None:
        return self.first_seconds if kind == "first" else self.next_seconds


@dataclass(frozen=True, slots=True)
class Wait:
    """A conversation in which a customer waits."""

    conversation_id: UUID
    shop_id: UUID
    channel: str
    inbox_id: UUID | None
    queue_id: UUID | None
    waiting_since: datetime
    kind: Kind


@dataclass(frozen=True, slots=True)
class Due:
    """What a wait was promised, as moments."""

    policy_id: UUID
    kind: Kind
    promised_seconds: int
    warn_at: datetime
    due_at: datetime
