"""The board as it travels."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from stoa.contact.channels.schemas import ChannelWait
from stoa.contact.conversations.schemas import ConversationRow
from stoa.contact.ratings.schemas import RatingSummary


class WaitingGroup(BaseModel):
    """Customers who wait in one queue, by one channel, in one language."""

    queue_id: UUID | None
    queue_name: str | None
    team_name: str | None = Field(description="Whose queue it is")
    channel: str
    locale: str
    count: int
    oldest_since: datetime


class AgentLine(BaseModel):
    """Somebody who is at the desk, or has answered today."""

    staff_id: UUID
    name: str
    status: Literal["available", "away", "offline"]
    since: datetime | None = Field(description="Since when so; null: not at the desk")
    open: int = Field(description="Open conversations of theirs")
    waiting: int = Field(description="Those of them whose customer waits")
    calls: int = Field(description="Calls they are in")
    answers: int = Field(description="Answers today")
    median_seconds: float | None = Field(description="How long today's answers took, the middle")


class HourCell(BaseModel):
    """Answers within one hour of today."""

    hour: datetime
    channel: str
    staff_id: UUID | None
    answers: int


class PromiseCounts(BaseModel):
    """Of the customers who wait now: those with a promise, and how it stands; broken today."""

    running: int
    soon: int
    late: int
    breached_today: int


class BoardView(BaseModel):
    """`GET /api/desk/board?shop_id=` (supervisor). Rows come on `desk` after `seq`; the counts are
    to be asked for again when something changed."""

    seq: int
    today: datetime = Field(description="When the shop's day began")
    waiting: list[ConversationRow] = Field(description="At most 200, the one due first first")
    waiting_count: int
    groups: list[WaitingGroup]
    agents: list[AgentLine]
    hours: list[HourCell]
    promises: PromiseCounts
    waits: list[ChannelWait]
    ratings: RatingSummary


class BoardQuery(BaseModel):
    model_config = ConfigDict(extra="ignore")

    shop_id: UUID | None = None
