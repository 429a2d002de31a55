"""Words are found however somebody types them, in five languages."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.platform.i18n.words import composed, form_chunks, forms_of, joined, placed_words, words_of


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Łódź", "lodz"),
        ("ŻÓŁĆ", "zolc"),
        ("Größe", "GROSSE"),
        ("Größe", "groesse"),
        ("Größe", "größe"),
        ("Müller", "Mueller"),
        ("Müller", "muller"),
        ("STRASSE", "Straße"),
        ("Übergröße", "uebergroesse"),
        ("Πώς", "ΠΩΣ"),
        ("ΛΟΓΟΣ", "λόγος"),
        ("ταΐζω", "ταιζω"),
        ("perché", "perche"),
        ("PERCHÉ", "perché"),
        ("naïve", "naive"),
        ("ﬁsch", "fisch"),
        ("Ｅ100", "e100"),
    ],
)
def test_what_is_written_is_found_by_what_is_typed(written: str, typed: str) -> None:
    assert set(forms_of(written)) & set(forms_of(typed))


@pytest.mark.parametrize(("one", "other"), [("Muller", "Miller"), ("rock", "röcke"), ("π", "p")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert not set(forms_of(one)) & set(forms_of(other))


def test_a_letter_and_its_accent_are_one_whoever_wrote_them() -> None:
    apart = unicodedata.normalize("NFD", "Łódź i Πώς")
    assert [word.forms for word in placed_words(composed(apart))] == [("lodz",), ("i",), ("πωσ",)]


def test_chunks_keep_together_what_has_no_space() -> None:
    text = "CH-100 an anna@example.com, l'olio"
    chunks = [[forms[0] for forms in chunk] for chunk in form_chunks(text)]
    assert chunks == [["ch", "100"], ["an"], ["anna", "example", "com"], ["l", "olio"]]
    assert joined(form_chunks("CH-100")[0]) == "ch100"
    assert joined(form_chunks("l'olio")[0]) is None


@given(st.text(max_size=60))
def test_places_are_in_the_text_and_words_hold_letters_and_digits_only(text: str) -> None:
    whole = composed(text)
    end = 0
    for word in placed_words(whole):
        assert end <= word.start < word.end <= len(whole)
        end = word.end
        assert all(form.isalnum() for form in word.forms), word
    assert all("'" not in word and "\\" not in word for word in words_of(text))
