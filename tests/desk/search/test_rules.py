"""What is asked for, what is found by it, and where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.desk.search.rules import (
    MAX_BYTES,
    MAX_PLACES,
    SHORT_CHARS,
    document_of,
    number_of,
    query_of,
    snippet_of,
    terms_of,
)


@pytest.mark.parametrize(
    ("wish", "query"),
    [
        ("lampa", "('lampa':*)"),
        ("Müller", "(('muller':* | 'mueller':*))"),
        ("na Łódź", "('na') & ('lodz':*)"),
        ('"bitte nicht" lampe', "('bitte' <-> 'nicht') & ('lampe':*)"),
        ("„bitte nicht“", "('bitte' <-> 'nicht')"),
        ('"half a quote', "('half' <-> 'a' <-> 'quote')"),
        ("anna@example.com", "('anna' <-> 'example' <-> 'com':*)"),
        ("ch-100", "('ch' <-> '100':*)"),
        ("ΛΟΓΟΣ", "('λογοσ':*)"),
        ("lamp lamp", "('lamp':*)"),
        ("!!! '", ""),
        ("", ""),
    ],
)
def test_a_wish_becomes_a_query(wish: str, query: str) -> None:
    assert query_of(terms_of(wish)) == query


@pytest.mark.parametrize(
    ("wish", "number"),
    [
        ("+48 22 765 43 21", "48227654321"),
        ("0048 22 765-43-21", "48227654321"),
        ("(0)22 765.43.21", "227654321"),
        ("7654321", "7654321"),
        ("12345", None),
        ("M-100023", None),
        ("765432 x", None),
        ("", None),
        ("٣٤٥٦٧٨٩", None),
    ],
)
def test_a_number_is_what_is_dialled(wish: str, number: str | None) -> None:
    assert number_of(wish) == number


def test_a_document_has_numbers_also_in_one_and_gaps_between_texts() -> None:
    assert document_of(["CH-100 neu", "Größe"]) == (
        "'ch100':1 'ch':1 '100':2 'neu':3 'grosse':6 'groesse':6"
    )


@pytest.mark.parametrize("letter", ["ﷺ", "ﬃ", "ä", "\u0958", "\u1e9b\u0323", "𝔘", "1a"])
@pytest.mark.parametrize("between", ["-", " ", ""])
def test_a_short_text_fits_whatever_its_letters_become(letter: str, between: str) -> None:
    text = (letter + between) * (SHORT_CHARS // len(letter + between))
    document = document_of([text])
    places = [int(entry.rpartition(":")[2]) for entry in document.split()]
    assert len(document.encode()) + 6 * len(places) <= MAX_BYTES
    assert max(places) <= MAX_PLACES


def marked(text: str, wish: str) -> str:
    pieces = snippet_of(text, terms_of(wish))
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "wish", "shown"),
    [
        ("Die Größe passt", "groesse", "Die [Größe] passt"),
        ("Dzień dobry, Łódź!", "lodz", "Dzień dobry, [Łódź]!"),
        ("Πώς είσαι", "ΠΩΣ", "[Πώς] είσαι"),
        ("lamps and lamp", "lamp", "[lamps] and [lamp]"),
        ("please do not, do", '"do not"', "please [do not], do"),
        ("write to anna@example.com", "anna@example.com", "write to [anna@example.com]"),
        ("two\n\nlines", "lines", "two [lines]"),
        ("nothing here", "absent", "nothing here"),
    ],
)
def test_a_snippet_marks_what_was_looked_for(text: str, wish: str, shown: str) -> None:
    assert marked(text, wish) == shown


def test_a_long_text_is_cut_around_the_first_hit() -> None:
    text = "word " * 100 + "needle " + "more " * 100
    shown = marked(text, "needle")
    assert shown.startswith("…word")
    assert "[needle]" in shown
    assert shown.endswith("…")
    assert len(shown) < 170


@given(st.text(max_size=300), st.text(max_size=40))
def test_a_snippet_is_part_of_the_text(text: str, wish: str) -> None:
    shown = "".join(piece.text for piece in snippet_of(text, terms_of(wish)))
    assert shown.strip("…") is not None
    assert len(shown) <= 162
