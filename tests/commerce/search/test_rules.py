"""Words, stems and slips of the finger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commerce.search.rules import closest, distance, stem, wanted_words

words = st.text("abc", max_size=7)


@pytest.mark.parametrize(
    ("left", "right", "apart"),
    [("lamp", "lamp", 0), ("lapm", "lamp", 1), ("chiar", "chair", 1), ("tish", "tisch", 1),
     ("krzslo", "krzeslo", 1), ("abc", "xyz", 3)],
)  # fmt: skip
def test_counts_slips(left: str, right: str, apart: int) -> None:
    assert distance(left, right, at_most=2) == apart


@given(words, words)
def test_is_the_same_both_ways_and_none_for_the_same(left: str, right: str) -> None:
    assert distance(left, right, at_most=7) == distance(right, left, at_most=7)
    assert (distance(left, right, at_most=7) == 0) == (left == right)


@given(words, words, st.integers(0, 3))
def test_tells_more_than_asked_for_as_one_more(left: str, right: str, at_most: int) -> None:
    whole = distance(left, right, at_most=7)
    assert distance(left, right, at_most=at_most) == min(whole, at_most + 1)


def test_finds_what_was_meant() -> None:
    known = ["lampe", "lampenschirm", "sessel", "tisch"]
    assert closest("lapme", known) == "lampe"
    assert closest("lampanschi", known) == "lampenschirm"
    assert closest("tv", known) is None
    assert closest("fahrrad", known) is None


@pytest.mark.parametrize("word", ["krzeslo", "krzesla", "krzeslem", "krzeslami"])
def test_polish_words_lose_their_endings(word: str) -> None:
    assert stem(word, locale="pl") == "krzesl"
    assert stem(word, locale="en") == word


def test_takes_only_so_many_words() -> None:
    assert wanted_words("Łódź łódź, GRÖSSE!") == ["lodz", "grosse"]
    assert len(wanted_words("a b c d e f g h i j k " * 100)) == 8
