"""Pure decisions about rules: what has happened, whether a rule applies, what it may still do.

A loop cannot arise, for three reasons. What a rule makes is no trigger (`triggers_of`), so no rule
causes another, nor itself. What a machine wrote is never answered (`may_reply`). And a machine that
does not say that it is one is stopped by `MAX_REPLIES`, `MAX_RUNS` and `MAX_REPLIES_A_DAY`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import assert_never
from uuid import UUID

from stoa.contact.automation import schemas as s
from stoa.contact.automation.models import Facts, Recently, Spoken
from stoa.platform.errors import FieldProblem
from stoa.platform.i18n.locale import Locale, fold

# In one conversation within an hour.
MAX_REPLIES = 3
MAX_RUNS = 30
CAP_WINDOW = timedelta(hours=1)
# To one customer: a machine may begin anew each time, with another subject and no thread.
MAX_REPLIES_A_DAY = 10
DAY = timedelta(days=1)


# ---- when ---------------------------------------------------------------------------------------


def triggers_of(spoken: Spoken) -> tuple[s.TriggerCode, ...]:
    """What has happened with this message; nothing, if a rule or the house itself made it."""
    if spoken.is_by_rule or spoken.kind == "note":
        return ()
    found: list[s.TriggerCode] = []
    if spoken.sender_kind == "system":
        if spoken.kind == "system" and spoken.fact == "closed":
            found.append("closed")
        elif spoken.kind == "system" and spoken.fact == "reopened":
            found.append("reopened")
        return tuple(found)
    if spoken.is_first:
        found.append("began")
    if spoken.follows_closing:
        found.append("reopened")
    found.append("customer_wrote" if spoken.sender_kind == "customer" else "agent_answered")
    return tuple(found)


# ---- if -----------------------------------------------------------------------------------------


def listens(definition: s.RuleDefinition, *, tag_ids: Collection[UUID]) -> bool:
    """Whether the rule's trigger means what was tagged with these."""
    wanted = definition.trigger.tag_ids
    return definition.trigger.code != "tagged" or not wanted or not set(wanted).isdisjoint(tag_ids)


def matches(definition: s.RuleDefinition, facts: Facts) -> bool:
    """Whether the rule applies. One without conditions always does."""
    answers = (holds(condition, facts) for condition in definition.conditions)
    if definition.match == "all" or not definition.conditions:
        return all(answers)
    return any(answers)


def holds(condition: s.Condition, facts: Facts) -> bool:
    return _is_so(condition, facts) is not condition.is_not


def _is_so(condition: s.Condition, facts: Facts) -> bool:
    match condition:
        case s.ChannelIs():
            return facts.channel in condition.any_of
        case s.InboxIs():
            return facts.inbox_id in condition.any_of
        case s.LanguageIs():
            return facts.locale in condition.any_of
        case s.WordsAre():
            text = {
                "subject": facts.subject,
                "text": facts.text,
                "anywhere": f"{facts.subject}\n{facts.text}",
            }[condition.where]
            return has_words(text, condition.any_of)
        case s.SenderIs():
            return any(is_sender(address, condition.any_of) for address in facts.addresses)
        case s.SenderIsVerified():
            return facts.is_verified
        case s.CustomerIsKnown():
            return facts.is_known_customer
        case s.WithinHours():
            return facts.is_within_hours
        case s.IsAssigned():
            return facts.is_assigned
        case s.IsAutomatic():
            return facts.is_automatic
        case s.TagIs():
            return not facts.tag_ids.isdisjoint(condition.any_of)
        case _:
            assert_never(condition)


def fold_words(text: str) -> str:
    """`text` without case, accents and runs of space: "Zwrócić  ŁÓŻKO" is "zwrocic lozko"."""
    return " ".join(fold(text).split())


@lru_cache(maxsize=2_000)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    # A word counts from its beginning, so that its endings are found as well.
    folded = sorted({re.escape(fold_words(word)) for word in words if fold_words(word)})
    return re.compile(rf"(?<!\w)(?:{'|'.join(folded)})" if folded else r"(?!)")


def has_words(text: str, words: Iterable[str]) -> bool:
    """Whether one of these words, or a word that begins like it, is in the text."""
    return _pattern(tuple(words)).search(fold_words(text)) is not None


def is_sender(address: str, patterns: Iterable[str]) -> bool:
    """Whether the address is one of these, or at one of these domains or below it."""
    address = address.casefold()
    domain = address.rpartition("@")[2] if "@" in address else ""
    for pattern in patterns:
        wanted = pattern.casefold()
        if address == wanted:
            return True
        wanted = wanted.removeprefix("@")
        if "@" not in wanted and domain and (domain == wanted or domain.endswith(f".{wanted}")):
            return True
    return False


# ---- then ---------------------------------------------------------------------------------------


def may_run(recently: Recently) -> bool:
    return recently.runs < MAX_RUNS


def may_reply(facts: Facts, recently: Recently) -> str | None:
    """Why no automatic answer may leave; None when it may."""
    if facts.is_automatic:
        return "automatic"
    if recently.replies >= MAX_REPLIES:
        return "too_many"
    if recently.replies_of_day >= MAX_REPLIES_A_DAY:
        return "too_many_today"
    return None


def text_for(texts: Mapping[Locale, str], *, locale: str, default: str) -> str | None:
    """The text in this language, else the shop's, else any."""
    by_tag: dict[str, str] = {str(tag): text for tag, text in texts.items()}
    filled = [tag for tag in (locale, default, *sorted(by_tag)) if by_tag.get(tag, "").strip()]
    return by_tag[filled[0]] if filled else None


def fill(text: str, values: dict[str, str]) -> str:
    """`text` with {{variables}} filled in; those without a value go, with what leads to them."""

    def put(found: re.Match[str]) -> str:
        value = values.get(found[2], "")
        return found[1] + value if value else ""

    return re.sub(r"(,?\s?)\{\{\s*(\w+)\s*\}\}", put, text).strip()


def problems_of(definition: s.RuleDefinition) -> list[FieldProblem]:
    """What is missing in a rule that is well formed."""
    problems = []
    if definition.trigger.code == "waits" and definition.trigger.minutes is None:
        problems.append(FieldProblem("definition.trigger.minutes", "field.required"))
    for number, action in enumerate(definition.actions):
        if isinstance(action, s.Reply) and action.saved_reply_id is None and not action.texts:
            problems.append(FieldProblem(f"definition.actions.{number}.texts", "field.required"))
    return problems


def is_undoable(deed: s.Deed) -> bool:
    return deed.skipped is None and bool(deed.undo)
