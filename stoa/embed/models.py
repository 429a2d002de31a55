"""What a shop says about its counter in other people's pages."""

from pydantic import BaseModel, ConfigDict, Field


class EmbedSettings(BaseModel):
    """`shop.settings["embed"]`. No origins: any page may embed the counter."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    origins: tuple[str, ...] = Field(default=(), max_length=100)
