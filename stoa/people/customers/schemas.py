"""What goes in and out about customers."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from stoa.people.customers.models import PointKind, PointState


class Evidence(BaseModel):
    """One thing that two customers have in common. The states are the pair's, in its order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["same_point", "same_name"]
    value: str
    point_kind: PointKind | None = None
    first: PointState | None = None
    second: PointState | None = None
