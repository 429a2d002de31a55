"""What repeats what we sent, whatever program repeats it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from stoa.contact.channels.email.reading import quote_words as words
from stoa.contact.channels.email.reading.below import after_ours, typed_below
from stoa.contact.channels.email.reading.matching import (
    FEWEST_WORDS,
    SLIPS,
    WORDS_MAX,
    repeated,
    words_of,
)
from stoa.contact.channels.protocol import Inbound

SENT_MAX = 20
BEGINS_MAX = 5
LINES_MAX = 2_000


def trim(inbound: Inbound, *, sent: Sequence[str], signature: str = "") -> Inbound:
    """Without each of `sent` that its text repeats whole, and the line that introduces it; with
    what was typed below the last line of ours, which only then can be told from a quote.

    Something of the text stays, unless there are files: a mail that only repeats is left alone. An
    answer that was written into what it quotes, without a mark or a colour, is there with all of
    that.
    """
    if any(_is_written_into(inbound.whole_text, ours) for ours in islice(sent, SENT_MAX)):
        card = inbound.card.model_copy(update={"has_quote": False}) if inbound.card else None
        return replace(inbound, text=inbound.whole_text, whole_text="", card=card)
    text = inbound.text
    for ours in islice(sent, SENT_MAX):
        text = _without(text, ours, signature)
    for ours in islice(sent, SENT_MAX):
        if below := typed_below(inbound.whole_text, ours, signature, shown=text):
            text = f"{text}\n\n{below}".strip("\n")
            break
    if text == inbound.text or not (text or inbound.files):
        return inbound
    card = inbound.card.model_copy(update={"has_quote": True}) if inbound.card else None
    return replace(inbound, text=text, card=card)


def _without(text: str, ours: str, signature: str) -> str:
    lines = text.split("\n")
    wanted = words_of(ours)[:WORDS_MAX]
    if len(wanted) < FEWEST_WORDS:
        return text
    found = repeated(lines, wanted)
    if found is None:
        return text
    begin, end = found
    begin = _with_intro(lines, begin)
    while begin and not lines[begin - 1].strip("> \t"):
        begin -= 1
    above = "\n".join(lines[:begin]).rstrip()
    below = "\n".join(after_ours(lines[end:], lines[end - 1], signature)).strip("\n")
    return "\n\n".join(part for part in (above, below) if part.strip())


def _is_written_into(whole: str, ours: str) -> bool:
    """Whether a line of somebody's stands between two of `ours`."""
    wanted = words_of(ours)[:WORDS_MAX]
    if not whole or len(wanted) < FEWEST_WORDS:
        return False
    per_line = [found for line in whole.split("\n")[:LINES_MAX] if (found := words_of(line))]
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
    if (block := _header_block(lines, at)) is not None:
        return block
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


def _header_block(lines: Sequence[str], end: int) -> int | None:
    """Where the old mail's headers begin that end there, with the rule above them."""
    begin = end
    kinds = set()
    while begin > 0 and (field := words.field_of(lines[begin - 1])):
        kinds.add(field[0])
        begin -= 1
    block = "\n".join(lines[begin:end])
    # A person's own `From: Berlin, To: Warsaw` stays.
    is_certain = words.ADDRESS.search(block) or words.TIMED.search(block)
    if "from" not in kinds or len(kinds) < 3 or not is_certain:
        return None
    is_named = begin > 0 and (
        words.ORIGINAL.match(lines[begin - 1]) or words.is_rule(lines[begin - 1])
    )
    return begin - 1 if is_named else begin
