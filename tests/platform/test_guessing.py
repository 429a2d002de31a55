"""Guessing the language of a text."""

import pytest

from stoa.platform.i18n.guessing import guess_locale


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dzień dobry, gdzie jest moja paczka?", "pl"),
        ("Guten Tag, wann kommt mein Paket an?", "de"),
        ("Καλημέρα, πού είναι το δέμα μου;", "el"),
        ("Buongiorno, dove si trova il mio pacco?", "it"),
        ("Hello, where is my parcel please?", "en"),
        ("Bonjour, où est mon colis ? Merci d'avance.", None),  # none of ours
        ("ok", None),
        ("12345 67890 !!! ???", None),
        ("", None),
    ],
)
def test_guesses_our_languages_and_no_others(text: str, expected: str | None) -> None:
    assert guess_locale(text) == expected
