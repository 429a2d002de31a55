"""Messages as people write them: some words in every second one, most of them hardly ever."""

import random
from collections.abc import Iterator
from itertools import accumulate

VOCABULARY = 6_000  # in each language
LETTERS = {
    "en": "abcdefghijklmnoprstuvwy",
    "pl": "aąbcćdeęfghijklłmnńoóprsśtuwyzźż",
    "de": "aäbcdefghijklmnoöprsßtuüvwz",
    "it": "aàbcdeèfghilmnoòpqrstuùvz",
    "el": "αάβγδεέζηήθιίκλμνξοόπρστυύφχψωώ",
}
SAID = {
    "en": "the order lamp please delivery broken thanks blue kettle invoice table return",
    "pl": "zamówienie proszę paczka dziękuję krzesło dzień dobry zwrot faktura żółty źle kolor",
    "de": "bitte die Bestellung Lieferung danke Größe kaputt Rechnung Tisch schöne Grüße Müller",
    "it": "ordine grazie pacco perché fattura tavolo rotto città consegna blu così sedia",
    "el": "παραγγελία ευχαριστώ πακέτο καρέκλα τιμολόγιο επιστροφή χρώμα τραπέζι πώς λόγος σας",
}


def vocabulary(locale: str, rng: random.Random) -> list[str]:
    """The common words first, then ever rarer ones."""
    letters = LETTERS[locale]
    made = {"".join(rng.choices(letters, k=rng.randint(4, 11))) for _ in range(VOCABULARY)}
    return [*SAID[locale].split(), *sorted(made)]


def bodies(rng: random.Random) -> Iterator[tuple[str, str]]:
    """(language, text) without end; one in five names a number."""
    words = {locale: vocabulary(locale, rng) for locale in LETTERS}
    weights = {
        locale: list(accumulate(1 / (rank + 3) for rank in range(len(known))))
        for locale, known in words.items()
    }
    locales = list(LETTERS)
    while True:
        locale = rng.choice(locales)
        said = rng.choices(words[locale], cum_weights=weights[locale], k=rng.randint(4, 24))
        if rng.random() < 0.2:
            said.append(f"M-{rng.randint(10_000, 99_999)}")
        yield locale, " ".join(said)
