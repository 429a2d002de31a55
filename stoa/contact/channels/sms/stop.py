"""The words that take a consent back."""

import re
import unicodedata
from typing import Final

from stoa.contact.channels.sms.encoding import simplified

# Only what nobody writes for another reason: "cancel", "end" or "koniec" may be an answer.
_WORDS: Final = (
    "STOP",
    "STOP ALL",
    "STOPALL",
    "UNSUBSCRIBE",
    "STOP SMS",
    "WYPISZ",
    "WYPISZ MNIE",
    "REZYGNUJĘ",
    "STOPP",
    "ABMELDEN",
    "ABBESTELLEN",
    "DISISCRIVI",
    "DISISCRIVIMI",
    "CANCELLAMI",
    "ΣΤΟΠ",
    "ΔΙΑΓΡΑΦΗ",
    "ΔΙΑΚΟΠΗ",
    "СТОП",
)


_MARKS: Final = re.compile(r"[\W_]+")


def _folded(text: str) -> str:
    """Without case, accents, marks and pictures; a Greek capital is as its Latin look-alike, which
    is how many handsets send it."""
    words = " ".join(_MARKS.sub(" ", unicodedata.normalize("NFC", text)).split())
    return simplified(words.upper()).upper()


_FOLDED: Final = frozenset(_folded(word) for word in _WORDS)


def is_stop(text: str) -> bool:
    """Whether the whole message is such a word."""
    return len(text) < 40 and _folded(text) in _FOLDED
