"""A way to deliver, as one reader sees it."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True, slots=True)
class ShippingMethod:
    """`days_min` to `days_max` working days; free from `free_from_minor` worth of goods."""

    id: UUID
    code: str
    name: str
    description: str
    countries: tuple[str, ...]
    price_minor: int
    free_from_minor: int | None
    days_min: int
    days_max: int

    def price_for(self, goods_minor: int) -> int:
        """What delivering goods of that worth (after discount) costs."""
        if self.free_from_minor is not None and goods_minor >= self.free_from_minor:
            return 0
        return self.price_minor


class ShippingMethodRecord(BaseModel):
    """A method as a merchant writes it, in all languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_]+$")
    names: dict[str, str]
    descriptions: dict[str, str] = {}
    countries: list[str] = Field(min_length=1)
    price_minor: int = Field(ge=0)
    free_from_minor: int | None = Field(default=None, ge=0)
    days_min: int = Field(default=1, ge=0, le=365)
    days_max: int = Field(default=5, ge=0, le=365)
    position: int = 0
