"""Facts about ratings."""

from typing import Literal
from uuid import UUID

from stoa.platform.outbox.event import Event


class ConversationRated(Event):
    """On `desk`: the customer said how they were served, or said it anew."""

    type: Literal["conversation.rated"] = "conversation.rated"
    conversation_id: UUID
    shop_id: UUID
    rating_id: UUID
    score: int
