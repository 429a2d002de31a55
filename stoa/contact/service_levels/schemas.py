"""Policies and broken promises as they travel."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Kind = Literal["first", "next"]
Seconds = Annotated[int, Field(ge=1, le=30 * 86_400)]


class PolicyInput(BaseModel):
    """`POST /api/desk/service-levels?shop_id=`, `PUT /api/desk/service-levels/{id}`.

    For one queue, one inbox or one channel; for whatever has no nearer one without any.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    channel: Annotated[str, StringConstraints(min_length=1, max_length=30)] | None = None
    inbox_id: UUID | None = None
    queue_id: UUID | None = None
    first_seconds: Seconds | None = Field(default=None, description="While the shop is open")
    next_seconds: Seconds | None = None
    warn_percent: int = Field(default=75, ge=1, le=99)
    is_on: bool = True

    @model_validator(mode="after")
    def _promises_something_to_somebody(self) -> Self:
        if self.first_seconds is None and self.next_seconds is None:
            raise ValueError("it promises nothing")
        if sum(one is not None for one in (self.channel, self.inbox_id, self.queue_id)) > 1:
            raise ValueError("it is for one queue, one inbox or one channel")
        return self


class PolicyView(BaseModel):
    id: UUID
    shop_id: UUID
    name: str
    channel: str | None
    inbox_id: UUID | None
    queue_id: UUID | None
    first_seconds: int | None
    next_seconds: int | None
    warn_percent: int
    is_on: bool


class NamedChoice(BaseModel):
    id: UUID
    name: str


class PolicyList(BaseModel):
    """`GET /api/desk/service-levels?shop_id=`, with what a policy can be for."""

    items: list[PolicyView]
    queues: list[NamedChoice]
    inboxes: list[NamedChoice]


class BreachView(BaseModel):
    """A promise that was not kept."""

    id: UUID
    conversation_id: UUID
    contact_name: str
    contact_email: str | None
    subject: str
    channel: str
    kind: Kind
    policy_name: str | None
    assignee_id: UUID | None
    assignee_name: str | None
    promised_seconds: int = Field(description="While the shop is open")
    waiting_since: datetime
    due_at: datetime
    breached_at: datetime
    ended_at: datetime | None = Field(description="Null: the customer waits still")


class BreachList(BaseModel):
    """`GET /api/desk/breaches`: the newest first."""

    items: list[BreachView]
    next: str | None
