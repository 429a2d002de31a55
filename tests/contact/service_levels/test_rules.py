"""Which policy holds, and when a wait is due, by tables."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from stoa.contact.hours.schemas import OpeningHours
from stoa.contact.service_levels.models import Policy, Wait
from stoa.contact.service_levels.rules import due_of, policy_for
from stoa.platform.ids import new_id

SHOP, OTHER_SHOP, QUEUE, INBOX = new_id(), new_id(), new_id(), new_id()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_policy(shop_id: UUID = SHOP, **values: Any) -> Policy:
    given: dict[str, Any] = {
        "channel": None,
        "inbox_id": None,
        "queue_id": None,
        "first_seconds": 1800,
        "next_seconds": 3600,
        "warn_percent": 80,
    }
    return Policy(id=new_id(), shop_id=shop_id, **(given | values))


def a_wait(**values: Any) -> Wait:
    given: dict[str, Any] = {
        "channel": "chat",
        "inbox_id": None,
        "queue_id": None,
        "waiting_since": at("2026-11-23T15:50"),
        "kind": "first",
    }
    return Wait(conversation_id=new_id(), shop_id=SHOP, **(given | values))


FOR_ALL = a_policy()
FOR_CHAT = a_policy(channel="chat")
FOR_INBOX = a_policy(inbox_id=INBOX)
FOR_QUEUE = a_policy(queue_id=QUEUE, next_seconds=None)
ELSEWHERE = a_policy(OTHER_SHOP, queue_id=QUEUE)
ALL = [FOR_ALL, FOR_CHAT, FOR_INBOX, FOR_QUEUE, ELSEWHERE]


@pytest.mark.parametrize(
    ("wait", "policy"),
    [
        (a_wait(channel="email"), FOR_ALL),
        (a_wait(), FOR_CHAT),
        (a_wait(inbox_id=INBOX), FOR_INBOX),
        (a_wait(inbox_id=INBOX, queue_id=QUEUE), FOR_QUEUE),
        (a_wait(inbox_id=INBOX, queue_id=QUEUE, kind="next"), FOR_INBOX),
    ],
)
def test_the_nearest_policy_holds(wait: Wait, policy: Policy) -> None:
    assert policy_for(ALL, wait) is policy
    assert policy_for([ELSEWHERE], wait) is None


def test_time_stands_still_while_the_shop_is_closed() -> None:
    weekly = {day: [["09:00", "17:00"]] for day in ("mon", "tue")}
    hours = OpeningHours.model_validate({"timezone": "Europe/Warsaw", "weekly": weekly})
    due = due_of(a_wait(), a_policy(), hours)
    assert due is not None
    assert (due.warn_at, due.due_at) == (at("2026-11-24T08:14"), at("2026-11-24T08:20"))
    always = due_of(a_wait(kind="next"), a_policy(), None)
    assert always is not None
    assert (always.warn_at, always.due_at) == (at("2026-11-23T16:38"), at("2026-11-23T16:50"))


def test_a_shop_that_never_opens_owes_nothing() -> None:
    assert due_of(a_wait(), a_policy(), OpeningHours(timezone="UTC")) is None
