"""Webhooks as administrators see them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

WebhookEvent = Literal[
    "conversation.began",
    "message.received",
    "message.answered",
    "conversation.closed",
    "conversation.reopened",
]
DeliveryState = Literal["queued", "delivered", "dead", "cancelled"]


class WebhookInput(BaseModel):
    """Without `events` it is told only what a rule tells it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    events: list[WebhookEvent] = Field(default_factory=list, max_length=10)
    is_on: bool = True


class WebhookView(BaseModel):
    id: UUID
    shop_id: UUID
    name: str
    url: str
    events: list[WebhookEvent]
    is_on: bool
    failing_since: datetime | None = Field(description="Nothing has arrived since")
    stopped_at: datetime | None = Field(description="Switched off because nothing arrived for days")
    created_at: datetime


class WebhookMade(BaseModel):
    """The secret is shown this once; the other side checks signatures with it."""

    webhook: WebhookView
    secret: str


class WebhookDeliveryView(BaseModel):
    """`webhook.problem.<problem>` has the words for why the last try failed."""

    id: UUID
    event: str
    state: DeliveryState
    attempts: int
    next_try_at: datetime | None
    status: int | None
    problem: str | None
    answer: str
    took_ms: int | None
    created_at: datetime
    done_at: datetime | None
    body: str
