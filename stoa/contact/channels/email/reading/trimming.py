"""What repeats what we sent, whatever program repeats it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from stoa.contact.channels.email.reading import quote_words as words
from stoa.contact.channels.protocol import Inbound

SENT_MAX = 20
WORDS_MAX = 5_000
# What is shorter says nothing of where it comes from: "Hello", "yes, please".
FEWEST_WORDS = 6
# Programs break links and add their addresses: a few words more or less are the same text.
SLIPS = 4
TRIES_MAX = 100
BEGINS_MAX = 5
LINES_MAX = 2_000

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"<(?:https?|mailto):[^<>\s]*>|\[(?:https?|mailto):[^\[\]\s]*\]")


def trim(inbound: Inbound, *, sent: Sequence[str]) -> Inbound:
    """Without each of `sent` that its text repeats whole, and the line that introduces it.

    Something of the text stays, unless there are files: a mail that only repeats is left alone. An
    answer that was written into what it quotes, without a mark or a colour, is there with all of
    that.
    """
    if any(_is_written_into(inbound.whole_text, ours) for ours in islice(sent, SENT_MAX)):
        card = inbound.card.model_copy(update={"has_quote": False}) if inbound.card else None
        return replace(inbound, text=inbound.whole_text, whole_text="", card=card)
    text = inbound.text
    for ours in islice(sent, SENT_MAX):
        text = _without(text, ours)
    if text == inbound.text or not (text or inbound.files):
        return inbound
    card = inbound.card.model_copy(update={"has_quote": True}) if inbound.card else None
    return replace(inbound, text=text, card=card)


def _without(text: str, ours: str) -> str:
    lines = text.split("\n")
    wanted = _words(ours)[:WORDS_MAX]
    if len(wanted) < FEWEST_WORDS:
        return text
    found = _repeated(lines, wanted)
    if found is None:
        return text
    begin, end = found
    begin = _with_intro(lines, begin)
    above, below = "\n".join(lines[:begin]).rstrip(), "\n".join(lines[end:]).strip("\n")
    return "\n\n".join(part for part in (above, below) if part.strip())


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(_LINK.sub(" ", text))]


def _repeated(lines: Sequence[str], wanted: Sequence[str]) -> tuple[int, int] | None:
    """The lines from which to which the whole of `wanted` stands, or its beginning to the end of
    the text, with nobody else's words between."""
    per_line = [_words(line) for line in lines]
    tries = 0
    for begin, first in enumerate(per_line):
        if not first or first[0] not in wanted[:3]:
            continue
        tries += 1
        if tries > TRIES_MAX:
            return None
        end = _match(per_line, begin, wanted)
        if end is not None:
            return begin, end
    return None


def _match(per_line: Sequence[Sequence[str]], begin: int, wanted: Sequence[str]) -> int | None:
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


def _is_written_into(whole: str, ours: str) -> bool:
    """Whether a line of somebody's stands between two of `ours`."""
    wanted = _words(ours)[:WORDS_MAX]
    if not whole or len(wanted) < FEWEST_WORDS:
        return False
    per_line = [words for line in whole.split("\n")[:LINES_MAX] if (words := _words(line))]
    begins = (at for at, line in enumerate(per_line) if line[0] in wanted[:3])
    return any(_has_strangers(per_line[at:], wanted) for at in islice(begins, BEGINS_MAX))


def _has_strangers(per_line: Sequence[Sequence[str]], wanted: Sequence[str]) -> bool:
    at = 0
    left = 3 * len(wanted) + 500  # of their words, between ours
    is_strange = is_between = False
    for line in per_line:
        left -= len(line)
        if left < 0:
            break
        after, hits = at, 0
        for word in line:
            nearby = wanted[after : after + 1 + SLIPS]
            if word in nearby:
                after += nearby.index(word) + 1
                hits += 1
        if hits * 2 < len(line):
            # A name or a greeting alone is not yet ours.
            is_strange = is_strange or at >= FEWEST_WORDS
            continue
        is_between = is_between or is_strange
        at = after
        if at >= len(wanted) - SLIPS:
            break
    # Without most of ours, what looks like a line of it is somebody's who says the same.
    return is_between and at * 4 >= len(wanted) * 3


def _with_intro(lines: Sequence[str], begin: int) -> int:
    """Also what introduces the quote, as `quoting` knows it, or any line that ends with a colon and
    holds an address or a date."""
    at = begin
    while at > 0 and not lines[at - 1].strip(" >\t"):
        at -= 1
    for first in range(at - 1, max(at - 1 - words.INTRO_LINES, -1), -1):
        joined = " ".join(line.strip(" >") for line in lines[first:at])
        if not lines[first].strip() or len(joined) > words.INTRO_MAX:
            break
        is_dated = words.ENDS.search(joined) and words.DATED.search(joined)
        if words.is_intro(joined) or (is_dated and words.ADDRESS.search(joined)):
            return first
        if words.ORIGINAL.match(lines[first]):
            return first
    return begin
