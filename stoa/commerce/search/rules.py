"""Words out of texts, and how far two words are apart."""

import re
from collections.abc import Iterable, Sequence
from html import unescape

from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.words import words_of

MAX_WORDS = 8

# PostgreSQL's dictionaries. Polish has none: its words are found as they are, by their
# beginnings, and by likeness.
CONFIGURATIONS: dict[Locale, str] = {
    "en": "english",
    "de": "german",
    "it": "italian",
    "el": "greek",
    "pl": "simple",
}

_TAG = re.compile(r"<[^>]*>")


def wanted_words(text: str) -> list[str]:
    """The words somebody searches for, each once, not more than are meant seriously."""
    return list(dict.fromkeys(words_of(text[:300])))[:MAX_WORDS]


# Endings of nouns and adjectives, folded, the longest first.
_POLISH_ENDINGS = (
    *("owego", "owemu", "owych", "owymi", "ami", "ach", "ego", "emu", "ych", "ich", "ymi", "imi"),
    *("owa", "owe", "owy", "iem", "iej", "ow", "om", "em", "ej", "ie", "ia", "iu"),
    *("a", "e", "i", "o", "u", "y"),
)


def stem(word: str, *, locale: Locale) -> str:
    """A Polish word without its ending: "krzesła" and "krzesło" are both "krzesl". PostgreSQL's
    own dictionaries do this for the other languages."""
    if locale == "pl":
        for ending in _POLISH_ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                return word[: -len(ending)]
    return word


def plain_text(html: str) -> str:
    """The text of sanitised HTML."""
    return unescape(_TAG.sub(" ", html))


def distance(left: str, right: str, *, at_most: int) -> int:
    """How many letters to add, leave out, change or swap with their neighbour; more than `at_most`
    is told as `at_most + 1`. "lapm" and "lamp" are 1 apart."""
    if abs(len(left) - len(right)) > at_most:
        return at_most + 1
    before_last: Sequence[int] = ()
    last = list(range(len(right) + 1))
    for row, char in enumerate(left, start=1):
        current = [row]
        for column, other in enumerate(right, start=1):
            cost = min(
                last[column] + 1,
                current[column - 1] + 1,
                last[column - 1] + (char != other),
            )
            swapped = row > 1 and column > 1 and char == right[column - 2]
            if swapped and left[row - 2] == other:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        if min(current) > at_most:
            return at_most + 1
        before_last, last = last, current
    return min(last[-1], at_most + 1)


def allowed_distance(word: str) -> int:
    """How many slips a word of this length may have: none in "tv", 1 in "lamp", 2 in "chair..."."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 8 else 2


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word `word` was most likely meant to be. A word that goes on counts as well:
    what is typed may be its beginning."""
    allowed = allowed_distance(word)
    best: tuple[int, int, str] | None = None
    for candidate in known:
        slips = distance(word, candidate, at_most=allowed)
        if slips > allowed and len(candidate) > len(word) >= 5:
            slips = distance(word, candidate[: len(word)], at_most=allowed)
        if slips <= allowed:
            rated = (slips, abs(len(candidate) - len(word)), candidate)
            best = rated if best is None else min(best, rated)
    return best[2] if best else None
