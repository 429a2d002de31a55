"""Ratings as they travel, and what a shop decides about them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

WORDS_MAX = 1_000
Score = Annotated[int, Field(ge=1, le=5)]
RatingWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=WORDS_MAX)]


class RatingSettings(BaseModel):
    """A shop's setting `ratings`. By mail only where the shop wants it: in Germany such a question
    is advertising, for which it needs consent or an order (BGH VI ZR 225/17).
    """

    model_config = ConfigDict(extra="forbid")

    in_chat: bool = True
    by_mail: bool = False
    by_sms: bool = False  # and then only who agreed to be written to by SMS


class ShopRatings(BaseModel):
    """`GET` and `PUT /api/desk/shops/{id}/ratings`."""

    model_config = ConfigDict(extra="forbid")

    ratings: RatingSettings


class GiveRating(BaseModel):
    """`rating.give` (customer) -> Nothing. Again: it is as said last."""

    model_config = ConfigDict(extra="forbid")

    rating_id: UUID
    score: Score
    words: RatingWords = ""


class RatingView(BaseModel):
    """A rating that was given."""

    id: UUID
    conversation_id: UUID
    contact_name: str
    channel: str
    staff_id: UUID | None
    staff_name: str | None
    score: int
    words: str
    rated_at: datetime


class RatingSummary(BaseModel):
    """Of those asked for since `since`."""

    since: datetime
    asked: int
    given: int
    average: float | None = Field(description="From 1 to 5; null while there is none")
    by_score: list[int] = Field(description="How many gave 1, 2, 3, 4, 5")
    newest: list[RatingView] = Field(description="At most ten")
