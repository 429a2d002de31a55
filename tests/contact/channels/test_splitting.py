"""Long texts on short channels: parted well, losing nothing, and once."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.channels.leaving import may_leave
from stoa.contact.channels.limits import Facts, Refused, decide
from stoa.contact.channels.models import Purpose
from stoa.contact.channels.protocol import Capabilities
from stoa.contact.channels.receive import take
from stoa.contact.channels.schemas import Limits
from stoa.contact.channels.splitting import split_text
from stoa.people.customers.models import Point, PointKind
from stoa.platform.clock import now
from tests.contact.channels.answering import an_answer, holding
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import a_mail
from tests.waiting import until


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("short", 140, ["short"]),
        ("short", None, ["short"]),
        ("", 10, [""]),
        ("Good day. How are you?", 12, ["Good day.", "How are you?"]),
        ("One paragraph.\n\nAnother one.", 20, ["One paragraph.", "Another one."]),
        ("a line\nand another", 12, ["a line", "and another"]),
        ("words without any stop at all", 12, ["words", "without any", "stop at all"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("a\u0301" * 3, 3, ["a\u0301", "a\u0301", "a\u0301"]),
    ],
)
def test_is_parted_at_the_best_place(text: str, most: int | None, expected: list[str]) -> None:
    assert list(split_text(text, max_characters=most)) == expected


@given(st.text(max_size=400), st.integers(1, 60))
def test_nothing_but_space_is_lost(text: str, most: int) -> None:
    parts = split_text(text, max_characters=most)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(0 < len(part) <= most for part in parts) or list(parts) == [""]


async def test_a_long_answer_leaves_in_parts_and_each_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    able = replace(place.channel.capabilities, max_characters=30)
    monkeypatch.setattr(place.channel, "capabilities", able)
    await an_answer(place, "Your parcel has left. It comes tomorrow. Please be at home.")

    async def is_sent() -> bool:
        async with place.node.database.read() as session:
            return bool(await session.fetch_value("SELECT state = 'sent' FROM delivery"))

    async with holding(place.node):
        await until(is_sent)
    sent = [json.loads(path.read_text()) for path in place.folder.glob("*.json")]
    assert sorted(one["text"] for one in sent) == [
        "It comes tomorrow.",
        "Please be at home.",
        "Your parcel has left.",
    ]
    async with place.node.database.read() as session:
        names = await session.fetch("SELECT name FROM external_name WHERE delivery_id IS NOT NULL")
    assert len(names) == 3, "a receipt for any part finds the message"


async def test_a_closed_window_is_said(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    able = replace(place.channel.capabilities, reply_window=timedelta(hours=24))
    monkeypatch.setattr(place.channel, "capabilities", able)
    anna = Point(PointKind.EMAIL, "anna@example.com")

    async def verdict(at: timedelta) -> object:
        async with place.node.database.read() as session:
            standing = await may_leave(
                session,
                shop_id=place.shop.id,
                point=anna,
                purpose=Purpose.SERVICE,
                channel="folder",
                now=now() + at,
            )
        return standing.verdict

    assert await verdict(timedelta()) == Refused("window_closed")
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>"))
    assert await verdict(timedelta(hours=23)) != Refused("window_closed")
    assert await verdict(timedelta(hours=25)) == Refused("window_closed")


def test_consent_does_not_open_a_window() -> None:
    facts = Facts(consent=True, is_answer=True, is_in_window=False)
    able = Capabilities(point=PointKind.MESSENGER)
    found = decide(facts, limits=Limits(), capabilities=able, purpose=Purpose.SERVICE, now=now())
    assert found == Refused("window_closed")
