"""Rules and what they are asked about, as the database holds them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stoa.contact.automation.schemas import RuleDefinition, TriggerCode


@dataclass(frozen=True, slots=True)
class Rule:
    id: UUID
    shop_id: UUID
    name: str
    is_on: bool
    definition: RuleDefinition


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as far as it decides what has happened. Notes are never looked at."""

    id: UUID
    conversation_id: UUID
    sender_kind: str
    kind: str
    fact: str | None  # of a system message
    is_by_rule: bool  # a rule made it
    is_first: bool  # nobody has said anything before it
    follows_closing: bool  # what came before it closed the conversation
    at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """A message that rules have to be asked about."""

    id: UUID
    conversation_id: UUID
    message_id: UUID | None
    rule_id: UUID | None
    triggers: tuple[TriggerCode, ...]
    tag_ids: tuple[UUID, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions are asked of, at the moment of the trigger."""

    channel: str
    inbox_id: UUID | None
    locale: str
    subject: str
    text: str
    addresses: tuple[str, ...]  # of whoever writes, as they are compared
    is_verified: bool
    is_known_customer: bool
    is_within_hours: bool
    is_assigned: bool
    is_automatic: bool
    tag_ids: frozenset[UUID]  # with those that were merged into them


@dataclass(frozen=True, slots=True)
class Recently:
    """What rules did in this conversation within the last hour, and how often they answered its
    customer within the last day, in whatever conversation."""

    runs: int
    replies: int
    replies_of_day: int = 0
