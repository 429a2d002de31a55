"""A rule as people write it (when, if, then), and what it did or would have done."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stoa.contact.conversations.schemas import FilledBody
from stoa.contact.conversations.schemas.desk import TAGS_MAX, Act, TagIds
from stoa.platform.i18n.locale import LOCALES, Locale

TriggerCode = Literal[
    "began", "customer_wrote", "agent_answered", "closed", "reopened", "waits", "tagged"
]
WEEK_MINUTES = 7 * 24 * 60

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")]
# `ada@example.org`, or everybody at `example.org`.
SenderPattern = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        pattern=r"^([^@\s]{1,64}@|@)?[^@\s.]+(\.[^@\s.]+)+$|^\+[0-9]{5,15}$",
        max_length=320,
    ),
]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# ---- when ---------------------------------------------------------------------------------------


class Trigger(Input):
    """When. `waits`: the customer has waited that long for an answer."""

    code: TriggerCode
    minutes: int | None = Field(default=None, ge=1, le=WEEK_MINUTES, description="Of `waits`")
    tag_ids: list[UUID] = Field(
        default_factory=list, max_length=TAGS_MAX, description="Of `tagged`: one of them; none: any"
    )


# ---- if -----------------------------------------------------------------------------------------


class _Condition(Input):
    is_not: bool = Field(default=False, description="It has to be otherwise")


class ChannelIs(_Condition):
    fact: Literal["channel"] = "channel"
    any_of: list[Code] = Field(min_length=1, max_length=20)


class InboxIs(_Condition):
    fact: Literal["inbox"] = "inbox"
    any_of: list[UUID] = Field(min_length=1, max_length=50)


class LanguageIs(_Condition):
    fact: Literal["language"] = "language"
    any_of: list[Locale] = Field(min_length=1, max_length=len(LOCALES))


class WordsAre(_Condition):
    """A word or phrase begins somewhere in the text, in whatever case and with or without
    accents."""

    fact: Literal["words"] = "words"
    where: Literal["subject", "text", "anywhere"] = "anywhere"
    any_of: list[Word] = Field(min_length=1, max_length=50)


class SenderIs(_Condition):
    fact: Literal["sender"] = "sender"
    any_of: list[SenderPattern] = Field(min_length=1, max_length=50)


class SenderIsVerified(_Condition):
    fact: Literal["verified"] = "verified"


class CustomerIsKnown(_Condition):
    """They wrote, called or bought before this conversation."""

    fact: Literal["known_customer"] = "known_customer"


class WithinHours(_Condition):
    """It happens while the shop is open."""

    fact: Literal["hours"] = "hours"


class IsAssigned(_Condition):
    fact: Literal["assigned"] = "assigned"


class TagIs(_Condition):
    fact: Literal["tag"] = "tag"
    any_of: TagIds


class IsAutomatic(_Condition):
    """A machine wrote it."""

    fact: Literal["automatic"] = "automatic"


Condition = Annotated[
    ChannelIs
    | InboxIs
    | LanguageIs
    | WordsAre
    | SenderIs
    | SenderIsVerified
    | CustomerIsKnown
    | WithinHours
    | IsAssigned
    | IsAutomatic
    | TagIs,
    Field(discriminator="fact"),
]


# ---- then ---------------------------------------------------------------------------------------


class Assign(Input):
    """To an agent; to nobody without one."""

    do: Literal["assign"] = "assign"
    staff_id: UUID | None


class PutIntoQueue(Input):
    """It waits there for whoever the team's queue gives it to."""

    do: Literal["queue"] = "queue"
    queue_id: UUID


class Tag(Input):
    do: Literal["tag"] = "tag"
    tag_ids: TagIds


class Untag(Input):
    do: Literal["untag"] = "untag"
    tag_ids: TagIds


class Reply(Input):
    """An automatic message in the customer's language: a saved reply, or texts of its own. At most
    once in `every`. Nobody is answered who is a machine."""

    do: Literal["reply"] = "reply"
    saved_reply_id: UUID | None = None
    texts: dict[Locale, FilledBody] = Field(default_factory=dict, max_length=len(LOCALES))
    every: Literal["always", "day", "conversation"] = "day"


class Note(Input):
    do: Literal["note"] = "note"
    text: FilledBody


class Notify(Input):
    """Members of staff see it at the desk at once, and by mail if wanted."""

    do: Literal["notify"] = "notify"
    staff_ids: list[UUID] = Field(min_length=1, max_length=50)
    by_mail: bool = False


class CallWebhook(Input):
    do: Literal["webhook"] = "webhook"
    webhook_id: UUID


class Close(Input):
    do: Literal["close"] = "close"


Action = Annotated[
    Assign | PutIntoQueue | Tag | Untag | Reply | Note | Notify | CallWebhook | Close,
    Field(discriminator="do"),
]


# ---- the rule -----------------------------------------------------------------------------------


class RuleDefinition(Input):
    trigger: Trigger
    match: Literal["all", "any"] = "all"
    conditions: list[Condition] = Field(default_factory=list, max_length=20)
    actions: list[Action] = Field(min_length=1, max_length=10)
    is_last: bool = Field(default=False, description="Once it acted, no later rule is asked")


class RuleInput(Input):
    name: Name
    definition: RuleDefinition
    version: int | None = Field(
        default=None, description="That was read; when it is another one by now, it is refused"
    )


class RuleView(BaseModel):
    id: UUID
    shop_id: UUID
    name: str
    is_on: bool
    definition: RuleDefinition
    version: int
    updated_at: datetime
    run_count: int = Field(description="How often it acted in the last seven days")
    last_run_at: datetime | None


class RuleOrder(Input):
    """The shop's rules as they are asked, one after the other: all of them."""

    rule_ids: list[UUID] = Field(max_length=500)


class SwitchRule(Input):
    is_on: bool


# ---- what it did --------------------------------------------------------------------------------


class Deed(BaseModel):
    """One action of a run; `skipped.<skipped>` in `automation` says why it was not done."""

    do: str
    detail: str = Field(default="", description="To whom, or how it begins")
    skipped: str | None = None
    staff_id: UUID | None = Field(default=None, description="Whom it gave the conversation to")
    undo: list[Act] = Field(default_factory=list, description="What takes it back")


class RunView(BaseModel):
    id: UUID
    rule_id: UUID
    rule_name: str
    conversation_id: UUID
    contact_name: str
    deeds: list[Deed]
    at: datetime
    undone_at: datetime | None
    can_undo: bool


class DryRunInput(Input):
    """One step of looking back; `cursor` of the answer before goes on."""

    definition: RuleDefinition
    cursor: str | None = None


class WouldAct(BaseModel):
    """A moment of the last week at which the rule would have acted."""

    conversation_id: UUID
    contact_name: str
    channel: str
    preview: str
    at: datetime


class DryRun(BaseModel):
    """How many conversations were looked at in this step; `next` is null at the end."""

    matches: list[WouldAct]
    looked_at: int
    total: int | None = Field(description="Of all steps together; told by the first")
    next: str | None


class Named(BaseModel):
    id: UUID
    name: str


class RuleOptions(BaseModel):
    """What rules of a shop can speak of, besides staff and saved replies."""

    channels: list[str]
    inboxes: list[Named]
    queues: list[Named]
    tags: list[Named]
    webhooks: list[Named]
