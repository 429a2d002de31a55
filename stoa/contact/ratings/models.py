"""A rating that is asked for."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Way = Literal["chat", "email", "sms"]


@dataclass(frozen=True, slots=True)
class Question:
    id: UUID
    conversation_id: UUID
    shop_id: UUID
    token: str  # opens the page where it is answered
