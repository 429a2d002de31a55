"""What passes the relay, by tables and properties."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.cobrowse.rules import Ceiling, without_secrets
from stoa.contact.cobrowse.schemas import COBROWSE_VERSION, PART_MAX

WIRE = Path(__file__).parents[3] / "web/packages/cobrowse/src/wire.ts"


def test_page_and_server_speak_the_same_version() -> None:
    wire = WIRE.read_text()
    assert re.search(rf"COBROWSE_VERSION = {COBROWSE_VERSION};", wire)
    assert re.search(rf"PART_CHARS = {PART_MAX:_};", wire)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://shop.example/en/cart?token=1#x", "https://shop.example/en/cart"),
        ("https://ann:secret@shop.example/a", "https://shop.example/a"),
        ("/en/cart?q=pills", "/en/cart"),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_an_address_is_told_without_its_secrets(url: str, told: str) -> None:
    assert without_secrets(url) == told


def test_ten_seconds_worth_passes_at_once_and_then_the_page_is_silenced_once() -> None:
    ceiling = Ceiling(per_second=100, now=0.0)
    assert ceiling.take(1_000, now=0.0)
    assert not ceiling.take(1, now=0.0)
    assert ceiling.silence(now=0.0) == 5.0
    assert ceiling.silence(now=1.0) is None
    assert not ceiling.take(1, now=4.9)
    assert ceiling.take(500, now=5.0)


@given(
    st.lists(st.tuples(st.floats(0, 3), st.integers(1, 6_000)), max_size=200),
    st.integers(1_000, 100_000),
)
def test_never_more_passes_than_the_ceiling(
    steps: list[tuple[float, int]], per_second: int
) -> None:
    ceiling = Ceiling(per_second=per_second, now=0.0)
    moment, passed = 0.0, 0
    for pause, size in steps:
        moment += pause
        if ceiling.take(size, now=moment):
            passed += size
        else:
            ceiling.silence(now=moment)
    assert passed <= per_second * (10 + moment) + 1
