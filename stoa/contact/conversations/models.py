"""Who writes, and a message on its way into the database."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from stoa.contact.conversations.schemas import MessageKind, SenderKind


@dataclass(frozen=True, slots=True)
class Sender:
    """The visitor or the member of staff who acts; exactly one of the two ids is set."""

    visitor_id: UUID | None = None
    staff_id: UUID | None = None
    staff_name: str | None = None

    @property
    def kind(self) -> SenderKind:
        return "customer" if self.staff_id is None else "agent"


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it is stored. `card` and `attachments` are JSON-ready."""

    id: UUID
    conversation_id: UUID
    client_id: str
    kind: MessageKind
    sender: Sender
    body: str
    preview: str
    card: dict[str, Any] | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)
