"""An event is a fact in the past tense, named by its type."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from stoa.platform.database.session import Session


class Event(BaseModel):
    """Base of all events. Each gives `type` a `Literal` with a default: `"order.placed"`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str


# A reaction hears an event of its package or a lower one, inside the transaction that published it.
# It narrows the event by isinstance; `wiring.SUBSCRIBERS` says which types it is called for.
Reaction = Callable[["Session", Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event as the log holds it: `seq` counts from 1 without gaps within its topic."""

    topic: str
    seq: int
    type: str
    data: dict[str, Any]
    created_at: datetime
