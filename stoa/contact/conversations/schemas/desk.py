"""What a team keeps order with: tags, saved views, macros, and acts on many conversations."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from stoa.platform.i18n.locale import Locale

TagTone = Literal["neutral", "good", "warn", "bad"]
TAGS_MAX = 20
TagIds = Annotated[list[UUID], Field(min_length=1, max_length=TAGS_MAX)]
ViewName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


# ---- tags ---------------------------------------------------------------------------------------


class TagView(BaseModel):
    """A shop's tag. What names a merged one is meant to have `merged_into`. The higher `version` is
    the newer one."""

    id: UUID
    shop_id: UUID
    name: str
    tone: TagTone
    merged_into: UUID | None
    is_removed: bool
    version: int


class TagInput(_Input):
    """`POST /api/desk/tags?shop_id=` -> TagView; one of the same name, however written, is it."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    tone: TagTone = "neutral"


class MergeTag(_Input):
    """`POST /api/desk/tags/{id}/merge` (supervisor) -> TagView."""

    into: UUID


# ---- acts: on one conversation, on many, in a macro ---------------------------------------------


class AssignAct(_Input):
    do: Literal["assign"] = "assign"
    staff_id: UUID | None = Field(description="Null: nobody's")


class AssignMeAct(_Input):
    """In a macro: to whoever runs it."""

    do: Literal["assign_me"] = "assign_me"


class TagAct(_Input):
    do: Literal["tag"] = "tag"
    tag_ids: TagIds


class UntagAct(_Input):
    do: Literal["untag"] = "untag"
    tag_ids: TagIds


class CloseAct(_Input):
    do: Literal["close"] = "close"


class ReopenAct(_Input):
    do: Literal["reopen"] = "reopen"


class SnoozeAct(_Input):
    """It leaves the lists until then, in any case until the customer writes; null: only that."""

    do: Literal["snooze"] = "snooze"
    until: AwareDatetime | None = None


class SnoozeForAct(_Input):
    """In a macro: counted from when it runs."""

    do: Literal["snooze_for"] = "snooze_for"
    minutes: int = Field(ge=1, le=366 * 24 * 60)


class WakeAct(_Input):
    do: Literal["wake"] = "wake"


Act = Annotated[
    AssignAct
    | AssignMeAct
    | TagAct
    | UntagAct
    | CloseAct
    | ReopenAct
    | SnoozeAct
    | SnoozeForAct
    | WakeAct,
    Field(discriminator="do"),
]


class BulkItem(_Input):
    conversation_id: UUID
    acts: list[Act] = Field(min_length=1, max_length=10)


BULK_MAX = 200


class BulkRequest(_Input):
    """`POST /api/desk/bulk` -> BulkResult. Each item is done whole or not at all."""

    items: list[BulkItem] = Field(min_length=1, max_length=BULK_MAX)


class BulkItemResult(BaseModel):
    conversation_id: UUID
    is_done: bool
    code: str | None = Field(description="Why not")
    message: str | None = Field(description="The same in the reader's language")
    undo: list[Act] = Field(description="What takes it back; empty when nothing was changed")


class BulkResult(BaseModel):
    items: list[BulkItemResult]


class ActConversation(_Input):
    """`conversation.act` (agent) -> Acted: acts on one conversation, all or none."""

    conversation_id: UUID
    acts: list[Act] = Field(min_length=1, max_length=10)


class Acted(BaseModel):
    undo: list[Act] = Field(description="What takes it back; empty when nothing was changed")


# ---- lists --------------------------------------------------------------------------------------


class Filters(_Input):
    """What a list shows: everything that fits all of these."""

    shop_id: UUID | None = None
    state: Literal["open", "snoozed", "closed", "any"] = "open"
    channels: list[Annotated[str, StringConstraints(max_length=40)]] = Field(
        default_factory=list, max_length=20
    )
    tag_ids: list[UUID] = Field(default_factory=list, max_length=10, description="All of them")
    assignee: Literal["any", "me", "nobody"] | UUID = "any"
    locales: list[Locale] = Field(default_factory=list, max_length=10)
    team_ids: list[UUID] = Field(default_factory=list, max_length=50, description="Any of them")
    queue_ids: list[UUID] = Field(default_factory=list, max_length=50, description="Any of them")
    is_waiting: bool = False


class SavedViewInput(_Input):
    """`POST /api/desk/views`, `PUT /api/desk/views/{id}`. Only supervisors share."""

    name: ViewName
    filters: Filters
    is_shared: bool = False


class SavedViewView(BaseModel):
    id: UUID
    staff_id: UUID
    name: str
    filters: Filters
    is_shared: bool


class OrderViews(_Input):
    """`PUT /api/desk/views/order`: one's own views, as they are to stand."""

    ids: list[UUID] = Field(max_length=200)


class ViewCount(BaseModel):
    id: UUID
    count: int = Field(description="1000: so many or more")


# ---- macros -------------------------------------------------------------------------------------


class MacroInput(_Input):
    """`POST /api/desk/macros?shop_id=`, `PUT /api/desk/macros/{id}` (supervisor) -> MacroView."""

    name: ViewName
    digit: int | None = Field(default=None, ge=1, le=9, description="Runs by M and this key")
    reply_id: UUID | None = Field(default=None, description="A saved reply, into the composer")
    acts: list[Act] = Field(default_factory=list, max_length=10)


class MacroView(BaseModel):
    id: UUID
    shop_id: UUID
    name: str
    digit: int | None
    reply_id: UUID | None
    acts: list[Act]
    updated_at: datetime


# ---- signals: never stored ----------------------------------------------------------------------


class LookInput(_Input):
    """Signal `look` from an agent with the conversation open, every few seconds: `gone` ends it."""

    conversation_id: UUID
    state: Literal["looking", "writing", "noting", "gone"]


class LookSignal(BaseModel):
    """Signal `look` on `notes:<id>`: what a colleague does there."""

    conversation_id: UUID
    staff_id: UUID | None
    staff_name: str
    state: Literal["looking", "writing", "noting", "gone"]
