"""Answers typed below the last line of what they answer, where nothing marks that it is over."""

from collections.abc import Sequence

from stoa.contact.channels.email.reading import quote_words as words
from stoa.contact.channels.email.reading.matching import (
    FEWEST_WORDS,
    WORDS_MAX,
    match,
    repeated,
    words_of,
)
from stoa.contact.channels.email.reading.quoting import own_words


def typed_below(whole: str, ours: str, signature: str, *, shown: str) -> str:
    """What follows the whole of `ours`, no deeper quoted than its end: that can only be somebody's
    who typed there, for what we send ends with it and our `signature`. Without the lines that are
    `shown` already; empty if nobody did."""
    wanted = words_of(ours)[:WORDS_MAX]
    if len(wanted) < FEWEST_WORDS:
        return ""
    lines = whole.split("\n")
    found = repeated(lines, wanted)
    if found is None or found[1] >= len(lines):
        return ""
    known = {line.strip() for line in shown.split("\n") if line.strip()}
    tail = [line for line in lines[found[1] :] if line.strip() not in known]
    return own_words(_before_older(after_ours(tail, lines[found[1] - 1], signature)))


def after_ours(tail: Sequence[str], last: str, signature: str) -> Sequence[str]:
    """Of the lines after our `last` one those which are not ours either, without its marks."""
    depth = _depth(last)
    unmarked = [_unmarked(line, depth) for line in tail]
    return _without_signature([line for line in unmarked if line is not None], signature)


def _unmarked(line: str, depth: int) -> str | None:
    if not line.strip("> "):
        return ""
    own = _depth(line)
    if own > depth:
        return None  # older than ours
    return line.lstrip("> ") if own else line


def _depth(line: str) -> int:
    marks = line[: len(line) - len(line.lstrip("> "))]
    return marks.count(">")


def _without_signature(lines: Sequence[str], signature: str) -> Sequence[str]:
    """What it was when we sent that may be another by now: what stands below a mark is one."""
    begin = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    is_marked = begin < len(lines) and lines[begin].strip() == "--"
    known = words_of(signature)
    if known:
        end = match([words_of(line) for line in lines], begin + is_marked, known)
        if end is not None and " ".join(words_of(" ".join(lines[begin:end]))) == " ".join(known):
            return lines[end:]
    if not is_marked:
        return lines[begin:]
    end = next((at for at in range(begin, len(lines)) if not lines[at].strip()), len(lines))
    return lines[end:]


def _before_older(lines: Sequence[str]) -> Sequence[str]:
    """Without the mails before ours, if a program on the way put any below it."""
    for at, line in enumerate(lines):
        following = next((each for each in lines[at + 1 :] if each.strip()), "")
        is_block = words.field_of(line) is not None and words.field_of(following) is not None
        joined = " ".join(each.strip() for each in lines[at : at + 2])
        is_intro = words.is_intro(line.strip()) or words.is_intro(joined)
        if is_block or is_intro or words.ORIGINAL.match(line) or words.FORWARDED.match(line):
            return lines[:at]
    return lines
