"""What is searched for, and what a search shows."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stoa.contact.conversations.schemas import ConversationRow
from stoa.platform.i18n.locale import Locale

ListOfIds = Annotated[str, StringConstraints(max_length=400)]


class SearchQuery(BaseModel):
    """`GET /api/desk/search`. Each word of `q` is a beginning; what is in quotes stands so."""

    model_config = ConfigDict(extra="ignore")

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    shop_id: UUID | None = None
    state: Literal["open", "snoozed", "closed", "any"] = "any"
    channel: Annotated[str, StringConstraints(max_length=40)] | None = None
    tag_id: UUID | None = None
    assignee: Literal["any", "me", "nobody"] | UUID = "any"
    locale: Locale | None = None
    since: date | None = Field(default=None, description="That day or later (UTC)")
    until: date | None = Field(default=None, description="That day or earlier (UTC)")
    cursor: str | None = None
    limit: int = Field(default=30, ge=1, le=100)


class SnippetPiece(BaseModel):
    text: str
    is_hit: bool


class ConversationHit(BaseModel):
    """A conversation at the newest place in it that has all that was looked for."""

    conversation: ConversationRow
    message_id: UUID | None = Field(description="Null: its subject, or the customer's name there")
    where: Literal["message", "note", "file", "head"]
    at: datetime
    snippet: list[SnippetPiece]


class OrderHit(BaseModel):
    id: UUID
    number: list[SnippetPiece]
    name: list[SnippetPiece]
    email: list[SnippetPiece]
    state: str
    total_minor: int
    currency: str
    placed_at: datetime


class CustomerHit(BaseModel):
    id: UUID
    name: list[SnippetPiece]
    points: list[list[SnippetPiece]] = Field(description="Addresses and numbers")
    note: list[SnippetPiece] = Field(description="What an agent noted, if that is what was found")
    conversation_id: UUID | None = Field(description="The newest one with them")


class SearchResults(BaseModel):
    """Orders and customers come with the first page only."""

    conversations: list[ConversationHit]
    next: str | None
    orders: list[OrderHit]
    customers: list[CustomerHit]
