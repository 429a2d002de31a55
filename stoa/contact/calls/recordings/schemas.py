"""What supervisors see of a recording's history."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class ListeningView(BaseModel):
    id: UUID
    act: Literal["heard", "downloaded", "deleted", "expired", "withdrawn"]
    staff_id: UUID | None
    name: str | None = Field(description="Null: the clock, or the customer who took consent back")
    at: datetime


class RecordingAudit(BaseModel):
    """`GET /api/desk/recordings/{id}/audit`, the newest first. One entry for each listening."""

    entries: list[ListeningView]
