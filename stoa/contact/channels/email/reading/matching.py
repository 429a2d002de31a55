"""Where one text stands within another, however a program broke its lines."""

import re
from collections.abc import Sequence

WORDS_MAX = 5_000
# What is shorter says nothing of where it comes from: "Hello", "yes, please".
FEWEST_WORDS = 6
# Programs break links and add their addresses: a few words more or less are the same text.
SLIPS = 4
TRIES_MAX = 100

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"<(?:https?|mailto):[^<>\s]*>|\[(?:https?|mailto):[^\[\]\s]*\]")


def words_of(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(_LINK.sub(" ", text))]


def repeated(lines: Sequence[str], wanted: Sequence[str]) -> tuple[int, int] | None:
    """The lines from which to which the whole of `wanted` stands, or its beginning to the end of
    the text, with nobody else's words between."""
    per_line = [words_of(line) for line in lines]
    tries = 0
    for begin, first in enumerate(per_line):
        if not first or first[0] not in wanted[:3]:
            continue
        tries += 1
        if tries > TRIES_MAX:
            return None
        end = match(per_line, begin, wanted)
        if end is not None:
            return begin, end
    return None


def match(per_line: Sequence[Sequence[str]], begin: int, wanted: Sequence[str]) -> int | None:
    """The line after the last one of `wanted`, which begins at the line `begin`."""
    at = slips = 0
    for number in range(begin, len(per_line)):
        strange = 0
        for word in per_line[number]:
            if at < len(wanted) and word == wanted[at]:
                at += 1
                continue
            nearby = wanted[at : at + 1 + SLIPS]
            if word in nearby:
                slips += nearby.index(word)
                at += nearby.index(word) + 1
            else:
                strange += 1
                slips += 1
        if strange and strange * 2 >= len(per_line[number]) and strange > 1:
            return None  # a line of somebody's own within it: an answer to a part
        if slips > SLIPS + len(wanted) // 20:
            return None
        if at == len(wanted):
            return number + 1
    # It breaks off with the text.
    return len(per_line) if at * 2 >= len(wanted) and at >= FEWEST_WORDS * 2 else None
