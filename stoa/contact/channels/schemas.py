"""The chooser: every channel the shop has, with its truth right now."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class ExpectedWait(BaseModel):
    """Half of the recent answers came within `low`..`high` seconds, out of `sample` answers."""

    low_seconds: int
    high_seconds: int
    sample: int


class ChannelView(BaseModel):
    """One line of the chooser. `channel.<code>.title` has its name in the `counter` catalogue."""

    code: str = Field(description="`chat`, `call`, `message`; only those the shop has")
    icon: str
    is_available: bool
    reason: Literal["open", "nobody_there", "closed", "all_busy"]
    wait: ExpectedWait | None = Field(description="Null when too few answers are known to say")
    agents_available: int
    instead: Literal["voicemail", "callback"] | None = Field(
        default=None, description="What a call would lead to while nobody can answer it"
    )
    opens_at: datetime | None = Field(default=None, description="When the shop's hours say so")


class ChannelsView(BaseModel):
    """`GET /api/counter/channels?shop_id=`, and signal `channels` on topic `channels:<shop_id>`."""

    shop_id: UUID
    channels: list[ChannelView]
