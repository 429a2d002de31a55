"""One text as several messages, for channels whose messages are short."""

import re
import unicodedata
from collections.abc import Sequence

# Where a text is parted, the best place first: paragraphs, lines, sentences, words.
_PLACES = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?;…])\s"),
    re.compile(r"\s"),
)
# A place too near the beginning would leave one short message after another.
_LEAST = 0.4
_JOINER = "\u200d"


def split_text(text: str, *, max_characters: int | None) -> Sequence[str]:
    """Pure. The text in parts of at most `max_characters`, at least one. It is parted at the best
    place that leaves none of them very short, within a word only where there is no other. Nothing
    but space is lost.

    With 12: "Good day. How are you?" is "Good day.", "How are you?".
    """
    rest = text.strip()
    if max_characters is None or len(rest) <= max_characters:
        return [rest]
    parts = []
    while len(rest) > max_characters:
        cut = _cut(rest, max_characters)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def _cut(text: str, most: int) -> int:
    """Where the first part ends: 1 to `most`."""
    for place in _PLACES:
        found = [match.start() for match in place.finditer(text, 0, most + 1)]
        good = [at for at in found if most * _LEAST <= at <= most]
        if good:
            return good[-1]
    cut = most
    # Not within a letter and its marks, nor within a joined emoji.
    while cut > 1 and _belongs_to_before(text, cut):
        cut -= 1
    return cut if cut > 1 else most


def _belongs_to_before(text: str, at: int) -> bool:
    char = text[at]
    return (
        unicodedata.combining(char) != 0
        or char == _JOINER
        or text[at - 1] == _JOINER
        or "\ufe00" <= char <= "\ufe0f"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )
