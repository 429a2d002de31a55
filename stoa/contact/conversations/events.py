"""Facts about conversations.

Topics: `conversation:<id>` is what the customer may see; `notes:<id>` what only agents see of one
conversation; `desk` the agents' list.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from stoa.contact.conversations.schemas import (
    ConversationRow,
    ConversationView,
    MessageBody,
    MessageView,
    Reader,
)
from stoa.contact.conversations.schemas.desk import TagView
from stoa.platform.outbox.event import Event

DESK_TOPIC = "desk"


def conversation_topic(conversation_id: UUID) -> str:
    return f"conversation:{conversation_id}"


def notes_topic(conversation_id: UUID) -> str:
    return f"notes:{conversation_id}"


class MessageAdded(Event):
    """On `conversation:<id>`, or on `notes:<id>` for a note. The message's seq is the event's."""

    type: Literal["message.added"] = "message.added"
    message: MessageBody


class MessageChanged(Event):
    """On `conversation:<id>`: a card shows a new state. Replaces the message of the same id."""

    type: Literal["message.changed"] = "message.changed"
    message: MessageView


class MessageRead(Event):
    """On `conversation:<id>`: that side has seen everything up to `seq`."""

    type: Literal["message.read"] = "message.read"
    conversation_id: UUID
    reader: Reader
    seq: int


class ConversationChanged(Event):
    """On `conversation:<id>`: replaces the conversation of the customer's snapshot."""

    type: Literal["conversation.changed"] = "conversation.changed"
    conversation: ConversationView


class ConversationListed(Event):
    """On `desk`: replaces (or adds) the conversation's row in the agents' list."""

    type: Literal["conversation.listed"] = "conversation.listed"
    conversation: ConversationRow


class TagChanged(Event):
    """On `desk`: replaces (or adds) a shop's tag; a removed one is gone."""

    type: Literal["tag.changed"] = "tag.changed"
    tag: TagView


class ConversationTagged(Event):
    """On no topic: a person gave it these tags. Heard in the same transaction."""

    type: Literal["conversation.tagged"] = "conversation.tagged"
    conversation_id: UUID
    shop_id: UUID
    tag_ids: list[UUID]


class ConversationClosed(Event):
    """On no topic: heard in the same transaction by whoever has to do something about it."""

    type: Literal["conversation.closed"] = "conversation.closed"
    conversation_id: UUID
    shop_id: UUID
    closed_at: datetime


class TranscriptRequested(Event):
    """On no topic: heard by whoever sends mail, in the same transaction."""

    type: Literal["transcript.requested"] = "transcript.requested"
    conversation_id: UUID
    email: str
