"""Conditions, words, senders and triggers, by tables and properties."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stoa.contact.automation import rules
from stoa.contact.automation.models import Facts, Recently, Spoken
from stoa.contact.automation.schemas import Condition, RuleDefinition, SenderIs
from tests.factories.automation import a_definition

CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)
INBOX = UUID(int=1)
FACTS: dict[str, Any] = {
    "channel": "email",
    "inbox_id": INBOX,
    "locale": "pl",
    "subject": "Zwrot butów",
    "text": "Dzień dobry, chcę ZWRÓCIĆ łóżko.",
    "addresses": ("ada@mail.example.org",),
    "is_verified": True,
    "is_known_customer": False,
    "is_within_hours": True,
    "is_assigned": False,
    "is_automatic": False,
    "tag_ids": frozenset({INBOX}),
}


def facts(**changes: Any) -> Facts:
    return Facts(**{**FACTS, **changes})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"fact": "channel", "any_of": ["sms", "email"]}, True),
        ({"fact": "channel", "any_of": ["sms"]}, False),
        ({"fact": "inbox", "any_of": [str(INBOX)]}, True),
        ({"fact": "inbox", "any_of": [str(UUID(int=2))]}, False),
        ({"fact": "language", "any_of": ["pl", "el"]}, True),
        ({"fact": "words", "any_of": ["zwroc"]}, True),
        ({"fact": "words", "any_of": ["lozko"], "where": "subject"}, False),
        ({"fact": "words", "any_of": ["zwrot  butow"], "where": "subject"}, True),
        ({"fact": "words", "any_of": ["zwrot"], "where": "text"}, False),
        ({"fact": "sender", "any_of": ["example.org"]}, True),
        ({"fact": "sender", "any_of": ["@mail.example.org"]}, True),
        ({"fact": "sender", "any_of": ["ada@example.org"]}, False),
        ({"fact": "verified"}, True),
        ({"fact": "known_customer"}, False),
        ({"fact": "hours"}, True),
        ({"fact": "assigned"}, False),
        ({"fact": "automatic"}, False),
        ({"fact": "tag", "any_of": [str(UUID(int=3)), str(INBOX)]}, True),
        ({"fact": "tag", "any_of": [str(UUID(int=3))]}, False),
    ],
)
def test_a_condition_holds_and_its_opposite_does_not(
    condition: dict[str, Any], expected: bool
) -> None:
    assert rules.holds(CONDITION.validate_python(condition), facts()) is expected
    opposite = CONDITION.validate_python({**condition, "is_not": True})
    assert rules.holds(opposite, facts()) is not expected


YES, NO = {"fact": "verified"}, {"fact": "verified", "is_not": True}


@pytest.mark.parametrize(
    ("match", "conditions", "expected"),
    [
        ("all", [], True),
        ("any", [], True),
        ("all", [YES, YES], True),
        ("all", [YES, NO], False),
        ("any", [NO, YES], True),
        ("any", [NO, NO], False),
    ],
)
def test_all_or_any_of_the_conditions(
    match: str, conditions: list[dict[str, Any]], expected: bool
) -> None:
    assert rules.matches(a_definition(match=match, conditions=conditions), facts()) is expected


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("Θέλω επιστροφή χρημάτων", "ΕΠΙΣΤΡΟΦΗ", True),
        ("τα ρούχα της Αθηνάς", "αθηνας", True),
        ("Größe passt nicht", "grosse", True),
        ("Perché no?", "perche", True),
        ("Zażółć gęślą jaźń", "zazolc gesla", True),
        ("refunds please", "refund", True),
        ("prerefund", "refund", False),
        ("a.b", "a.b", True),
        ("axb", "a.b", False),
        ("anything", " ́ ", False),  # a mark alone is no word
    ],
)
def test_words_are_found_in_every_language(text: str, word: str, expected: bool) -> None:
    assert rules.has_words(text, [word]) is expected


@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=20), max_size=5))
def test_looking_for_words_never_fails(text: str, words: list[str]) -> None:
    rules.has_words(text, words)
    assert rules.fold_words(rules.fold_words(text)) == rules.fold_words(text)


@pytest.mark.parametrize(
    ("address", "pattern", "expected"),
    [
        ("a@example.org", "example.org", True),
        ("a@shop.example.org", "example.org", True),
        ("a@badexample.org", "example.org", False),
        ("A@Example.ORG", "a@example.org", True),
        ("+48123456789", "+48123456789", True),
        ("", "example.org", False),
    ],
)
def test_senders(address: str, pattern: str, expected: bool) -> None:
    assert rules.is_sender(address, SenderIs(any_of=[pattern]).any_of) is expected


@pytest.mark.parametrize("pattern", ["", "nonsense", "a b@c.de", "@", "a@@b.c", "*"])
def test_refuses_what_is_no_sender(pattern: str) -> None:
    with pytest.raises(ValidationError):
        SenderIs(any_of=[pattern])


def spoken(**changes: Any) -> Spoken:
    plain = {
        "id": UUID(int=1),
        "conversation_id": UUID(int=2),
        "sender_kind": "customer",
        "kind": "text",
        "fact": None,
        "is_by_rule": False,
        "is_first": False,
        "follows_closing": False,
        "at": datetime(2026, 11, 30, tzinfo=UTC),
    }
    return Spoken(**{**plain, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("customer_wrote",)),
        ({"is_first": True}, ("began", "customer_wrote")),
        ({"follows_closing": True}, ("reopened", "customer_wrote")),
        ({"sender_kind": "agent"}, ("agent_answered",)),
        ({"sender_kind": "agent", "kind": "product"}, ("agent_answered",)),
        ({"kind": "note", "sender_kind": "agent"}, ()),
        ({"sender_kind": "system", "kind": "system", "fact": "closed"}, ("closed",)),
        ({"sender_kind": "system", "kind": "system", "fact": "reopened"}, ("reopened",)),
        ({"sender_kind": "system", "kind": "system", "fact": "assigned"}, ()),
        ({"sender_kind": "system", "kind": "call"}, ()),
    ],
)
def test_what_has_happened(changes: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert rules.triggers_of(spoken(**changes)) == expected


@given(
    st.sampled_from(["customer", "agent", "system"]),
    st.sampled_from(["text", "note", "system", "call", "product"]),
    st.sampled_from([None, "closed", "reopened", "assigned"]),
    st.booleans(),
    st.booleans(),
)
def test_nothing_a_rule_makes_is_a_trigger(
    sender_kind: str, kind: str, fact: str | None, is_first: bool, follows: bool
) -> None:
    made = spoken(
        sender_kind=sender_kind,
        kind=kind,
        fact=fact,
        is_first=is_first,
        follows_closing=follows,
        is_by_rule=True,
    )
    assert rules.triggers_of(made) == ()


def test_a_machine_is_never_answered_and_a_person_not_without_end() -> None:
    quiet = Recently(runs=0, replies=0)
    assert rules.may_reply(facts(), quiet) is None
    assert rules.may_reply(facts(is_automatic=True), quiet) == "automatic"
    assert rules.may_reply(facts(), Recently(runs=3, replies=rules.MAX_REPLIES)) == "too_many"
    assert rules.may_run(Recently(runs=rules.MAX_RUNS - 1, replies=0))
    assert not rules.may_run(Recently(runs=rules.MAX_RUNS, replies=0))


@pytest.mark.parametrize(
    ("locale", "expected"), [("pl", "Cześć"), ("de", "Hello"), ("el", "Hello")]
)
def test_a_text_is_in_the_customers_language_or_the_shops(locale: str, expected: str) -> None:
    texts: dict[Any, str] = {"pl": "Cześć", "en": "Hello", "de": "  "}
    assert rules.text_for(texts, locale=locale, default="en") == expected
    assert rules.text_for({}, locale=locale, default="en") is None


def test_variables_are_filled_and_those_without_a_value_go() -> None:
    text = "Hello {{customer}}, this is {{ shop }}. {{nonsense}}"
    assert rules.fill(text, {"customer": "", "shop": "Agora"}) == "Hello, this is Agora."
    assert rules.fill("{{customer}}", {"customer": "{{shop}}"}) == "{{shop}}"


def test_says_what_is_missing() -> None:
    waits = a_definition("waits", actions=[{"do": "reply"}])
    fields = [problem.field for problem in rules.problems_of(waits)]
    assert fields == ["definition.trigger.minutes", "definition.actions.0.texts"]
    assert rules.problems_of(a_definition("waits", minutes=5)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"actions": []},
        {"trigger": {"code": "nonsense"}},
        {"trigger": {"code": "waits", "minutes": 0}},
        {"conditions": [{"fact": "nonsense"}]},
        {"conditions": [{"fact": "words", "any_of": []}]},
        {"actions": [{"do": "delete"}]},
        {"actions": [{"do": "note", "text": " "}]},
        {"extra": 1},
    ],
)
def test_refuses_what_is_no_rule(change: dict[str, Any]) -> None:
    whole = a_definition().model_dump(mode="json")
    with pytest.raises(ValidationError):
        RuleDefinition.model_validate({**whole, **change})
