"""Teams, their queues, and who and what meets in them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

DEFAULT_CAPACITY = 5
# Hundredths of a conversation: whoever is at the counter now needs somebody all the time, a letter
# does not.
LIVE_PERCENT = 100
LETTER_PERCENT = 25
# A message left at the counter weighs as this, whatever the channel of its conversation.
MESSAGE = "message"
LIVE_CHANNEL = "chat"  # what a conversation at the counter is, unless it begins otherwise


class Rule(StrEnum):
    ROUND_ROBIN = "round_robin"
    LEAST_BUSY = "least_busy"
    MANUAL = "manual"  # whoever takes it has it


@dataclass(frozen=True, slots=True)
class Queue:
    id: UUID
    team_id: UUID
    name: str
    rule: Rule
    priority: int = 0
    takes_counter: bool = False
    inbox_ids: frozenset[UUID] = frozenset()
    skills: frozenset[str] = frozenset()
    needs_language: bool = True
    overflow_queue_id: UUID | None = None
    overflow_seconds: int | None = None
    return_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Team:
    """Without shops it serves all of them, without languages every customer."""

    id: UUID
    name: str
    shop_ids: frozenset[UUID] = frozenset()
    languages: frozenset[str] = frozenset()
    member_ids: frozenset[UUID] = frozenset()
    queues: tuple[Queue, ...] = ()


@dataclass(frozen=True, slots=True)
class Floor:
    """Everything that is set up, in the order in which teams were made."""

    teams: tuple[Team, ...] = ()
    weights: dict[str, int] = field(default_factory=dict)  # channel -> hundredths

    @property
    def queues(self) -> dict[UUID, Queue]:
        return {queue.id: queue for team in self.teams for queue in team.queues}

    @property
    def members(self) -> dict[UUID, frozenset[UUID]]:
        """By queue: who serves it."""
        return {queue.id: team.member_ids for team in self.teams for queue in team.queues}

    def team_of(self, queue_id: UUID) -> Team:
        return next(team for team in self.teams for queue in team.queues if queue.id == queue_id)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a conversation comes from: what decides on its queue."""

    shop_id: UUID
    inbox_id: UUID | None  # None: the shop's own counter
    locale: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation that nobody has and whose customer waits."""

    id: UUID
    queue_id: UUID
    locale: str
    percent: int  # what it will weigh on whoever gets it
    waiting_since: datetime
    known_to: UUID | None = None  # who answered in it last
    put_back_by: UUID | None = None  # who does not want it again


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody at the desk. `capacity` and `load` are hundredths of a conversation."""

    id: UUID
    name: str
    languages: frozenset[str]
    skills: frozenset[str]
    capacity: int
    load: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """The conversation is the agent's, who has had `turn` in the queue by that."""

    conversation_id: UUID
    queue_id: UUID
    agent: Agent
    turn: int
