"""Teams, queues and capacities as they travel."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from stoa.contact.conversations.schemas import Body, ClientId, Command
from stoa.contact.routing.models import Rule
from stoa.people.identity.schemas import Skill
from stoa.platform.i18n.locale import Locale

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
DAY_SECONDS = 86_400


class SendToQueue(Command):
    """`conversation.queue` (agent) -> Nothing: it is nobody's, and waits there for somebody.

    A `note` for the colleagues becomes an internal note, once for its `client_id`.
    """

    conversation_id: UUID
    queue_id: UUID
    client_id: ClientId
    note: Body = ""


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QueueInput(Input):
    """A queue as it is to be. `id`: of one that is there; without, it is a new one."""

    id: UUID | None = None
    name: Name
    rule: Rule = Rule.LEAST_BUSY
    priority: int = Field(default=0, ge=0, le=9, description="The higher goes first")
    takes_counter: bool = Field(default=False, description="What begins at the shop's counter")
    inbox_ids: list[UUID] = Field(default_factory=list, max_length=100)
    skills: list[Skill] = Field(default_factory=list, max_length=20)
    needs_language: bool = Field(
        default=True, description="Only whoever speaks the customer's language; else they first"
    )
    overflow_queue_id: UUID | None = Field(
        default=None, description="Where one goes on that nobody took"
    )
    overflow_seconds: int | None = Field(default=None, ge=5, le=7 * DAY_SECONDS)
    return_seconds: int = Field(
        default=60,
        ge=5,
        le=DAY_SECONDS,
        description="How long one waits with somebody who has gone, before another gets it",
    )

    @model_validator(mode="after")
    def _overflow_is_whole(self) -> Self:
        if (self.overflow_queue_id is None) != (self.overflow_seconds is None):
            raise ValueError("an overflow has a queue and a time")
        return self


class TeamInput(Input):
    """A team as it is to be, with all its queues; those left out are no more."""

    name: Name
    languages: list[Locale] = Field(
        default_factory=list, max_length=20, description="Of its customers; none: all"
    )
    shop_ids: list[UUID] = Field(default_factory=list, max_length=100, description="None: all")
    member_ids: list[UUID] = Field(default_factory=list, max_length=500)
    queues: list[QueueInput] = Field(default_factory=list, max_length=20)


class QueueView(BaseModel):
    id: UUID
    name: str
    rule: Rule
    priority: int
    takes_counter: bool
    inbox_ids: list[UUID]
    skills: list[str]
    needs_language: bool
    overflow_queue_id: UUID | None
    overflow_seconds: int | None
    return_seconds: int


class TeamView(BaseModel):
    id: UUID
    name: str
    languages: list[str]
    shop_ids: list[UUID]
    member_ids: list[UUID]
    queues: list[QueueView]


class InboxName(BaseModel):
    id: UUID
    shop_id: UUID
    channel: str
    name: str
    address: str


class CapacityView(BaseModel):
    """How many conversations somebody is given at once."""

    staff_id: UUID
    conversations: int


class WeightView(BaseModel):
    """What a conversation of the channel counts as, in hundredths. `message`: one left at the
    counter for later."""

    channel: str
    percent: int = Field(ge=0, le=1000)


class TeamsView(BaseModel):
    """`GET /api/desk/teams`. `teams.changed` on topic `teams` says that it is out of date."""

    teams: list[TeamView]
    inboxes: list[InboxName]
    capacities: list[CapacityView] = Field(description="Of those who have another than the default")
    default_capacity: int
    weights: list[WeightView]


class CapacityInput(Input):
    """`PUT /api/desk/staff/{id}/capacity`. Null: the default."""

    conversations: int | None = Field(ge=0, le=50)


class WeightsInput(Input):
    """`PUT /api/desk/channel-weights`: those that are named are so from now on."""

    weights: list[WeightView] = Field(max_length=50)
