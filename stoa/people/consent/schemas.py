"""The words that customers agree to, as the desk edits them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from stoa.platform.i18n.locale import Locale

PointPurpose = Literal["service", "urgent", "marketing"]


class WordingVersionView(BaseModel):
    """`{shop}` and `{way}` are filled in where it is read. Version 1 is what Stoa brings: nobody
    made it."""

    version: int
    text: str
    made_by: str | None
    made_at: datetime | None


class WordingView(BaseModel):
    """What is asked for a purpose in a language: now, and before, the newest first."""

    purpose: PointPurpose
    locale: Locale
    current: WordingVersionView
    earlier: list[WordingVersionView]


class ShopWordings(BaseModel):
    """`GET /api/desk/shops/{id}/wordings`: every purpose in each of the shop's languages, and
    whether the checkout asks for offers."""

    items: list[WordingView]
    asks_in_checkout: bool


class NewWording(BaseModel):
    """`POST /api/desk/shops/{id}/wordings`: from now on this is asked."""

    model_config = ConfigDict(extra="forbid")

    purpose: PointPurpose
    locale: Locale
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class WhereToAsk(BaseModel):
    """`PUT /api/desk/shops/{id}/wordings`: whether the checkout asks for offers."""

    model_config = ConfigDict(extra="forbid")

    asks_in_checkout: bool
