import pytest

from stoa.platform.i18n.guessing import guess_locale


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("When does my parcel leave? I need it by Friday.", "en"),
        ("Where is my order, please?", "en"),
        ("Dzień dobry, kiedy zostanie wysłana moja paczka?", "pl"),
        ("Poproszę o fakturę do zamówienia 1042", "pl"),
        ("czy ten czajnik jest jeszcze dostepny", "pl"),
        ("Guten Tag, wann wird mein Paket verschickt?", "de"),
        ("Ich möchte den Wasserkessel zurückgeben", "de"),
        ("Buongiorno, quando arriva il mio pacco?", "it"),
        ("Vorrei restituire il bollitore blu", "it"),
        ("Καλημέρα, πότε θα σταλεί το δέμα μου;", "el"),
        ("ΠΟΤΕ ΘΑ ΕΡΘΕΙ ΤΟ ΔΕΜΑ ΜΟΥ", "el"),
        ("GDZIE JEST MOJA PACZKA, PROSZĘ O ODPOWIEDŹ", "pl"),
        ("https://shop.example/en/the-kettle-that-sings\nGdzie jest moje zamówienie?", "pl"),
        # None of ours, or too little to tell.
        ("Bonjour, où est mon colis s'il vous plaît ?", None),
        ("Добрий день, коли буде відправлено моє замовлення?", None),
        ("ok 👍", None),
        ("", None),
        ("12345 67890 12345 67890", None),
        ("https://shop.example/a grace@customer.example", None),
    ],
)
def test_guesses_the_language_of_what_customers_write(text: str, expected: str | None) -> None:
    assert guess_locale(text) == expected


def test_survives_any_text() -> None:
    guess_locale("\x00\n\r\u2028" * 1_000 + "ab" * 5_000)
