"""What is new in a mail and what it repeats.

A line is the writer's own, a quote by its marks (`>`, a quoting element), an introduction of one,
or part of a rest that is a quote only by its place below an introduction. From that follows what
can be left out. What somebody wrote is never left out for a quote to go: in doubt the quote stays.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from stoa.contact.channels.email.reading import quote_words as words

Kind = Literal["own", "quote", "intro", "rest"]
SIGNATURE_LINES = 12
BLOCK_LINES = 12
FOOTER_LINES = 20
_NO_WORDS = re.compile(r"[\s>|*_.=─—–\u00ad\u200b-]*")


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    kind: Kind = "own"
    is_element: bool = False  # it stands within a quoting element, where one can write, too
    is_coloured: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of a mail before it is read."""

    subject: str = ""
    is_reply: bool = True  # it names a mail that it answers, or is called a reply
    # Ours and the sender's, addresses and domains: whose mails a reply quotes.
    houses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Extract:
    text: str
    has_quote: bool  # something was left out
    is_forwarded: bool
    whole: str = ""  # with what was left out


def extract(lines: Sequence[Line], setting: Setting) -> Extract:
    """What of `lines` a person reads who knows the conversation."""
    if _is_forwarded(lines, setting):
        return Extract(_joined(lines), has_quote=False, is_forwarded=True)
    sorted_out = _with_rest(_with_intros(_with_marks(lines)))
    kept = sorted_out
    if setting.is_reply or _is_introduced(sorted_out):
        kept = _without_quotes(sorted_out)
    has_quote = kept is not sorted_out
    text = _joined(_without_footer(kept))
    whole = _joined(sorted_out) if has_quote else ""
    return Extract(text, has_quote, is_forwarded=False, whole=whole)


def own_words(lines: Sequence[str]) -> str:
    """What somebody wrote of these lines of theirs: no footer, no signature; empty without it."""
    kept = _without_footer([Line(line) for line in lines])
    return _joined([line for line in kept if not words.is_rule(line.text)]) * _has_words(kept)


def plain_lines(text: str) -> list[Line]:
    lines: list[Line] = []
    for line in text.split("\n"):
        lines += [Line(piece) for piece in words.runs_on(line) or (line,)]
    return lines


# ---- which line is what -------------------------------------------------------------------------


def _with_marks(lines: Sequence[Line]) -> list[Line]:
    """Lines that begin with `>` are quotes, and so is what was broken off from one of them."""
    marked: list[Line] = []
    for at, line in enumerate(lines):
        if line.kind == "own" and line.text.lstrip(" ").startswith(">"):
            marked.append(Line(line.text.strip(), "quote"))
        elif line.kind == "own" and _is_broken_off(lines, at):
            marked.append(Line(f"> {line.text.strip()}", "quote"))
        else:
            marked.append(line)
    return marked


def _is_broken_off(lines: Sequence[Line], at: int) -> bool:
    """A quoted line too long for some program on the way leaves its end on a line of its own.

    An answer between two quoted lines looks alike; it does not go on in the middle of a sentence.
    """
    if not 0 < at < len(lines) - 1 or lines[at].is_blank:
        return False
    before, text, after = (lines[at + step].text.strip() for step in (-1, 0, 1))
    if not (before.startswith(">") and after.startswith(">")):
        return False
    return len(before) >= 60 and before[-1] not in ".?!:;" and text[0].islower() and len(text) < 40


def _with_intros(lines: list[Line]) -> list[Line]:
    """What introduces a quote that is marked as one: a line above it, once in a mail.

    A second one, or one above a quote that says itself who wrote it, is somebody's own.
    """
    for at, line in enumerate(lines):
        is_first = line.kind == "quote" and (at == 0 or lines[at - 1].kind != "quote")
        if line.kind == "intro" or (is_first and _says_who(lines, at)):
            return lines
        if is_first and (span := _intro_before(lines, at)) is not None:
            intro = [replace(each, kind="intro") for each in lines[span]]
            return [*lines[: span.start], *intro, *lines[span.stop :]]
    return lines


def _intro_before(lines: Sequence[Line], at: int) -> slice | None:
    end = at
    while end > 0 and lines[end - 1].is_blank and at - end < 3:
        end -= 1
    return _intro_ending(lines, end)


def _intro_ending(lines: Sequence[Line], end: int) -> slice | None:
    """The shortest run of lines before `end` that introduces a quote."""
    if end == 0 or not words.ENDS.search(lines[end - 1].text):
        return None
    for begin in range(end - 1, max(end - 1 - words.INTRO_LINES, -1), -1):
        if lines[begin].kind != "own" or lines[begin].is_blank:
            break
        if words.is_intro(" ".join(line.text.strip() for line in lines[begin:end])):
            return slice(begin, end)
    return slice(end - 1, end) if words.is_bare_intro(lines[end - 1].text) else None


def _with_rest(lines: list[Line]) -> list[Line]:
    """From the first line on that says a mail follows, all is a quote by its place."""
    for at, line in enumerate(lines):
        if line.kind not in ("own", "rest"):
            continue
        if line.kind == "rest" or _begins_rest(lines, at):
            begin = at
            while begin > 0 and (lines[begin - 1].is_blank or words.is_rule(lines[begin - 1].text)):
                begin -= 1
            return [*lines[:begin], *(replace(each, kind="rest") for each in lines[begin:])]
    return lines


def _begins_rest(lines: Sequence[Line], at: int) -> bool:
    if words.ORIGINAL.match(lines[at].text) or _is_header_block(lines, at):
        return True
    for end in range(at + 1, min(at + 1 + words.INTRO_LINES, len(lines) + 1)):
        if lines[end - 1].kind != "own" or lines[end - 1].is_blank:
            return False
        joined = " ".join(line.text.strip() for line in lines[at:end])
        # Without marks on what follows, a person could have written it: an address has to be there.
        if words.is_intro(joined) and words.ADDRESS.search(joined):
            return True
    return False


def _is_header_block(lines: Sequence[Line], at: int) -> bool:
    """Whether an old mail's headers begin here, as Outlook and webmail write them.

    `From: Berlin, To: Warsaw, Date: 2.11.` is a customer's parcel: an address or a time of day has
    to be there.
    """
    first = words.field_of(lines[at].text)
    if first is None or first[0] not in ("from", "sent", "subject"):
        return False
    kinds: set[str] = set()
    strange = 0
    text = ""
    for line in lines[at : at + BLOCK_LINES]:
        if line.is_blank:
            if "from" not in kinds:
                break  # what stands apart above the block is the writer's
            continue
        found = words.field_of(line.text)
        if found is None:
            strange += 1
            if strange > 2:
                break
            continue
        if found[0] in kinds and found[0] != "cc":
            break  # another block, or this one begins further down
        kinds.add(found[0])
        text += f" {found[1]}"
    is_certain = words.ADDRESS.search(text) or words.TIMED.search(text)
    return "from" in kinds and len(kinds) >= 3 and is_certain is not None


def _is_introduced(lines: Sequence[Line]) -> bool:
    """Whether a program says who wrote what is quoted, and when. In a mail that answers nothing, a
    quote without that is the writer's: of a page, of what a courier said."""
    return any(
        line.kind == "rest"
        or (line.kind == "intro" and words.DATED.search(line.text))
        or (line.kind == "quote" and _says_who(lines, at))
        for at, line in enumerate(lines)
    )


def _says_who(lines: Sequence[Line], at: int) -> bool:
    """Whether a quote begins with who wrote it: Apple's programs put that inside."""
    if at and lines[at - 1].kind == "quote":
        return False
    joined = ""
    for line in lines[at : at + words.INTRO_LINES]:
        joined = f"{joined} {line.text.strip(' >')}"
        if words.is_intro(joined.strip()):
            return True
    return False


def _is_forwarded(lines: Sequence[Line], setting: Setting) -> bool:
    for at, line in enumerate(lines):
        if line.kind == "quote" or line.text.startswith(">"):
            # What they forward stands before what they quote, or it is part of the quote.
            return False
        if words.FORWARDED.match(line.text):
            return True
        if _is_header_block(lines, at):
            if words.FORWARD_SUBJECT.match(setting.subject) or not setting.is_reply:
                return True
            if words.REPLY_SUBJECT.match(setting.subject):
                return _is_strangers(lines[at : at + BLOCK_LINES], setting.houses)
            return not _has_words(lines[:at])
    return False


def _is_strangers(block: Sequence[Line], houses: frozenset[str]) -> bool:
    """Whether an old mail is from neither us nor the sender: then we do not know it."""
    for line in block:
        found = words.field_of(line.text)
        if found and found[0] == "from" and houses:
            address = words.ADDRESS.search(found[1].lower())
            if address is None:
                return False
            bare = address[0].strip("<>[]()\"';,")
            return bare not in houses and bare.rpartition("@")[2] not in houses
    return False


# ---- what is left out ---------------------------------------------------------------------------


def _without_quotes(lines: list[Line]) -> list[Line]:
    """Gives back the very list it was given if nothing is left out."""
    rest = next((at for at, line in enumerate(lines) if line.kind == "rest"), len(lines))
    above = lines[:rest]
    own = [line for line in above if line.kind == "own"]
    if (rest < len(lines) or any(line.is_element for line in above)) and (
        words.ANSWERS_INSIDE.search(_joined(own))
    ):
        return lines
    if rest < len(lines) and (not _has_words(own) or _is_written_in(lines[rest:])):
        return lines
    segments = list(_segments(above))
    answered = [at for at, (is_own, part) in enumerate(segments) if is_own and _has_words(part)]
    quotes = [at for at, (is_own, _) in enumerate(segments) if not is_own]
    if not answered:
        return lines
    if not quotes:
        return above if rest < len(lines) else lines
    is_above = max(answered) < min(quotes)
    is_below = min(answered) > max(quotes)
    if is_above or is_below:
        chosen = _chosen(segments[min(quotes)][1]) if is_above else []
        return [line for at in answered for line in segments[at][1]] + chosen
    # Answers stand between what they answer: only what follows the last of them can go.
    last = max(answered)
    if last == len(segments) - 1 and rest == len(lines):
        return lines
    return [line for _, part in segments[: last + 1] for line in part]


def _is_written_in(rest: list[Line]) -> bool:
    """Whether something in the newest of the old mails is coloured: an answer, put there."""
    senders = 0
    for at, line in enumerate(rest):
        found = words.field_of(line.text)
        if found and found[0] == "from" and _is_header_block(rest, at):
            senders += 1
        if line.is_coloured and senders < 2:
            return True
    return False


def _chosen(quote: list[Line]) -> list[Line]:
    """What somebody quoted by hand before what their program quotes after its introduction."""
    intro = next((at for at, line in enumerate(quote) if line.kind == "intro"), 0)
    return quote[:intro]


def _segments(lines: Sequence[Line]) -> Iterator[tuple[bool, list[Line]]]:
    part: list[Line] = []
    for line in lines:
        if part and not line.is_blank and (line.kind == "own") != (part[0].kind == "own"):
            yield part[0].kind == "own", part
            part = []
        if part or not line.is_blank:
            part.append(line)
    if part:
        yield part[0].kind == "own", part


def _has_words(lines: Sequence[Line]) -> bool:
    """Whether somebody wrote something there: no footer, no signature."""
    for line in lines:
        if words.SIGNATURE.match(line.text):
            return False
        # An answer can be a single sign: "?", "👍".
        if not _NO_WORDS.fullmatch(line.text) and not words.FOOTER.match(line.text):
            return True
    return False


def _without_footer(kept: Sequence[Line]) -> Sequence[Line]:
    """Without a signature that is marked as one and what a program added, as long as something
    stands above."""
    lines = _without_added(list(kept))
    for at in range(len(lines) - 1, max(len(lines) - 2 - SIGNATURE_LINES, 0), -1):
        if words.SIGNATURE.match(lines[at].text) and lines[at].kind == "own":
            if all(line.kind == "own" for line in lines[at:]) and _has_words(lines[:at]):
                lines = _without_added(lines[:at])
            break
    return lines


def _without_added(lines: list[Line]) -> list[Line]:
    """Without what a program writes below: "Sent from my iPhone", and the dashes before it."""
    lines = _stripped(lines)
    has_footer = False
    added = 0
    while added < FOOTER_LINES and len(lines) > 1 and lines[-1].kind == "own":
        is_footer = words.FOOTER.match(lines[-1].text) is not None
        if not is_footer and not (has_footer and words.DASHES.match(lines[-1].text)):
            break
        has_footer = True
        lines = _stripped(lines[:-1])
        added += 1
    return lines


def _stripped(lines: list[Line]) -> list[Line]:
    end = len(lines)
    while end and lines[end - 1].is_blank:
        end -= 1
    return lines[:end]


def _joined(lines: Sequence[Line]) -> str:
    text = "\n".join(_shown(line) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def _shown(line: Line) -> str:
    text = line.text.rstrip()
    return f"> {text}" if line.kind == "quote" and not text.startswith(">") else text
