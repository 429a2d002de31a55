"""What administrators see of a shop's prompts."""

from datetime import datetime

from pydantic import BaseModel, Field

from stoa.contact.calls.prompts.lines import Prompt


class OwnRecording(BaseModel):
    """A recording of the shop's own that takes the machine's place."""

    duration_ms: int
    updated_at: datetime
    updated_by: str | None


class PromptText(BaseModel):
    locale: str = Field(description="Empty for music, which has no language")
    words: str = Field(description="What is said, for whoever records it; empty for music")
    own: OwnRecording | None


class PromptView(BaseModel):
    key: Prompt
    max_seconds: int
    texts: list[PromptText]


class PromptsView(BaseModel):
    """`GET /api/desk/shops/{id}/prompts`. Bytes to listen to at `.../{key}/sound?locale=`."""

    is_spoken: bool = Field(description="Whether this machine can speak (espeak-ng is installed)")
    max_bytes: int
    prompts: list[PromptView]
