"""Words out of texts, folded so that they are found however somebody types them.

"Łódź" is "lodz", "Πώς" is "πωσ" with and without tonos and final sigma, "Größe" is "grosse", and
"groesse" as well, for that is how a German writes it without the keys.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from stoa.platform.i18n.locale import fold

MAX_WORD_CHARS = 40

_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word in a text: `text[start:end]`, and the ways in which it is found."""

    start: int
    end: int
    forms: tuple[str, ...]


def words_of(text: str) -> list[str]:
    """The words of `text`, folded: "Łódź, Größe M" is ["lodz", "grosse", "m"]."""
    return [word[:MAX_WORD_CHARS] for word in _WORD.findall(fold(text))]


def composed(text: str) -> str:
    """`text` with each letter and its accent as one character, as `placed_words` counts them."""
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=20_000)
def forms_of(word: str) -> tuple[str, ...]:
    """The ways in which one word is found: "Müller" is ("muller", "mueller"). People use the same
    words again and again, so those of late are remembered."""
    if word.isascii():
        return (word.lower()[:MAX_WORD_CHARS],)
    lowered = word.casefold()
    plain = "".join(_WORD.findall(fold(lowered)))[:MAX_WORD_CHARS]
    spelt = "".join(_WORD.findall(fold(lowered.translate(_UMLAUTS))))[:MAX_WORD_CHARS]
    return tuple(form for form in dict.fromkeys((plain, spelt)) if form)


def placed_words(text: str) -> Iterator[Word]:
    """The words of a composed text, in their order, with their places."""
    for match in _WORD.finditer(text):
        if forms := forms_of(match[0]):
            yield Word(match.start(), match.end(), forms)


def form_chunks(text: str) -> list[list[tuple[str, ...]]]:
    """The forms of the words of a composed text, by what stands together without a space: "CH-100
    neu" is [[(ch,), (100,)], [(neu,)]]."""
    chunks = [
        [forms for word in _WORD.findall(chunk) if (forms := forms_of(word))]
        for chunk in text.split()
    ]
    return [chunk for chunk in chunks if chunk]


def joined(chunk: list[tuple[str, ...]]) -> str | None:
    """A number that is written in parts, in one: [ch, 100] is "ch100"; None for other chunks."""
    if len(chunk) < 2:
        return None
    whole = "".join(forms[0] for forms in chunk)
    return whole if _DIGIT.search(whole) and len(whole) <= MAX_WORD_CHARS else None
