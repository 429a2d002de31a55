"""Visitors: a browser that holds a token."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Visitor:
    id: UUID
    customer_id: UUID | None
    locale: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EnsuredVisitor:
    """`new_token` is set when the visitor was made just now: the browser has to be given it."""

    id: UUID
    customer_id: UUID | None
    new_token: str | None
