"""Walks as they travel: where to, who asked, and how the walk stands."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Command(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ToProduct(Command):
    kind: Literal["product"]
    product_id: UUID


class ToCategory(Command):
    kind: Literal["category"]
    category_id: UUID


class ToCart(Command):
    kind: Literal["cart"]


class ToPage(Command):
    """A page by its address: of the storefront, or of a shop that may embed the counter."""

    kind: Literal["page"]
    url: Annotated[str, StringConstraints(max_length=2_000, pattern=r"^(/|https?://)")]
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


Destination = Annotated[ToProduct | ToCategory | ToCart | ToPage, Field(discriminator="kind")]


class AskWalk(Command):
    """`walk.ask` (agent) -> WalkView: the customer is asked to come along. While they walk it is
    `walk.go`; while they are asked it is about this place instead of the one before.
    """

    conversation_id: UUID
    to: Destination


class GoOn(Command):
    """`walk.go` (agent) -> WalkView: the customer's page turns to this place."""

    walk_id: UUID
    to: Destination


class AnswerWalk(Command):
    """`walk.answer` (customer) -> WalkView. The same answer again changes nothing."""

    walk_id: UUID
    is_agreed: bool


class OneWalk(Command):
    """`walk.end` (both) -> WalkView."""

    walk_id: UUID


class CurrentWalk(Command):
    """`walk.current` (customer) -> CurrentWalkView: what a page that was just opened comes to."""


class LookWalk(Command):
    """`walk.look` (agent) -> CurrentWalkView: what a desk that was just opened comes back to."""

    conversation_id: UUID


class WalkView(BaseModel):
    """A walk as both sides see it. The higher `version` is the newer one; `step` counts the places,
    so that a page opens each of them once.
    """

    id: UUID
    conversation_id: UUID
    visitor_id: UUID
    staff_id: UUID
    staff_name: str
    state: Literal["asked", "walking", "refused", "ended"]
    title: str = Field(description="Where to, now")
    url: str = Field(description="A path of the storefront, or an address of an embedding shop")
    step: int
    asked_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    version: int


class CurrentWalkView(BaseModel):
    """The walk that waits for an answer or is under way."""

    walk: WalkView | None
    visitor_id: UUID | None
    seq: int = Field(description="Subscribe to `visitor:<id>` after it")


class CategoryPlace(BaseModel):
    """A line of `GET /api/desk/walk-categories`."""

    id: UUID
    name: str
    path: list[str] = Field(description="The names of the categories above, from the root")
    product_count: int
