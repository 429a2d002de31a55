"""Cleaning, previews, and the demo's replies."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.queries import list_saved_replies
from stoa.contact.conversations.rules import (
    PREVIEW_MAX,
    UNPRINTABLE,
    clean_text,
    preview_of,
)
from stoa.contact.conversations.saved_replies import add_demo_replies
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import LOCALES


@given(st.text())
def test_cleaning_keeps_what_is_seen_and_changes_nothing_twice(text: str) -> None:
    cleaned = clean_text(text)
    assert not UNPRINTABLE.search(cleaned)
    assert clean_text(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  hello \r\n there\r", "hello \n there"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("good\u202egnp.exe", "goodgnp.exe"),
        ("tab\tstays, 👩‍👧 too", "tab\tstays, 👩‍👧 too"),
    ],
)
def test_cleaning(text: str, expected: str) -> None:
    assert clean_text(text) == expected


@given(st.text(max_size=400))
def test_a_preview_is_one_short_line(text: str) -> None:
    preview = preview_of(clean_text(text))
    assert "\n" not in preview
    assert len(preview) <= PREVIEW_MAX


def test_a_preview_without_text_names_what_is_sent() -> None:
    assert preview_of("", attachment_names=["a.pdf", "b.png"]) == "a.pdf, b.png"
    assert preview_of("", card_title="Olive oil") == "Olive oil"


async def test_the_demo_replies_speak_all_languages_and_use_known_variables(
    database: Database, shop: Shop
) -> None:
    for _ in range(2):
        async with database.begin() as session:
            await add_demo_replies(session, shop_id=shop.id)
    async with database.read() as session:
        replies = await list_saved_replies(session, shop_id=shop.id)
    assert len(replies) == 5
    for reply in replies:
        assert set(reply.bodies) == set(LOCALES)
        for body in reply.bodies.values():
            assert set(re.findall(r"\{\{(\w+)\}\}", body)) <= {"customer", "agent", "shop", "page"}
