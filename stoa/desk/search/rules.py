"""What somebody asks for, as PostgreSQL is asked; and where it stands in what was found."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stoa.platform.i18n.words import (
    MAX_WORD_CHARS,
    Word,
    composed,
    form_chunks,
    joined,
    placed_words,
)

MAX_WISH_CHARS = 200
MAX_TERMS = 8
# Shorter beginnings are in every other message.
PREFIX_MIN_CHARS = 3
# PostgreSQL counts places up to 16,383.
MAX_PLACES = 16_000
# It refuses a tsvector whose words and places take more than 1 MiB together. A stranger can write
# letters that become many once they are folded.
MAX_BYTES = 900_000
_PLACE_BYTES = 6
# So few always fit, and need not be counted: composed they are three times as many at the most,
# every second one a word of three entries of 180 bytes. Most messages are that short.
SHORT_CHARS = 1_000
# Fewer digits are no telephone number.
NUMBER_MIN_DIGITS = 6
SNIPPET_CHARS = 160
LEAD_CHARS = 40

_NUMBER = re.compile(r"\+?[\d\s()./-]+")
_QUOTED = re.compile(r"[\"“„”«»]([^\"“„”«»]*)(?:[\"“„”«»]|$)")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that have to follow each other. `is_open`: the last one may go on."""

    words: tuple[tuple[str, ...], ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet; `is_hit` when it is what was looked for."""

    text: str
    is_hit: bool


def terms_of(wish: str) -> list[Term]:
    """What is wished for: each word as a beginning, what is in quotes word for word, and what
    stands together ("anna@example.com", "CH-100") together."""
    text = composed(wish[:MAX_WISH_CHARS])
    terms: list[Term] = []
    for quoted in _QUOTED.finditer(text):
        words = tuple(word.forms for word in placed_words(quoted[1]))
        if words:
            terms.append(Term(words, is_open=False))
    for chunk in form_chunks(_QUOTED.sub(" ", text)):
        words = tuple(chunk)
        terms.append(Term(words, is_open=len(words[-1][0]) >= PREFIX_MIN_CHARS))
    return list(dict.fromkeys(terms))[:MAX_TERMS]


def number_of(wish: str) -> str | None:
    """The telephone number that is wished for, as its digits without what one dials before them:
    "0048 22 765-43-21" is "48227654321", "(0)22 7654321" is "227654321"; None when it is none."""
    if _NUMBER.fullmatch(wish.strip()) is None:
        return None
    digits = "".join(char for char in wish if char.isascii() and char.isdigit()).lstrip("0")
    return digits if NUMBER_MIN_DIGITS <= len(digits) <= MAX_WORD_CHARS else None


def query_of(terms: Sequence[Term]) -> str:
    """The terms as a tsquery, all of them wanted: `'lamp':* & ('bitte' <-> 'nicht')`. Words hold
    letters and digits only, so they can stand in it as they are."""
    return " & ".join(f"({_of_term(term)})" for term in terms)


def _of_term(term: Term) -> str:
    last = len(term.words) - 1
    parts = []
    for number, forms in enumerate(term.words):
        end = ":*" if term.is_open and number == last else ""
        alternatives = " | ".join(f"'{form}'{end}" for form in forms)
        parts.append(f"({alternatives})" if len(forms) > 1 else alternatives)
    return " <-> ".join(parts)


def document_of(texts: Iterable[str]) -> str:
    """The texts as a tsvector. A word that is found in several ways has them in one place; between
    two texts is a gap, so that no phrase reaches over it. What does not fit is left out."""
    texts = list(texts)
    is_short = sum(map(len, texts)) <= SHORT_CHARS
    entries: list[str] = []
    place = size = 0
    for text in texts:
        for chunk in form_chunks(composed(text)):
            added = _entries_of(chunk, after=place)
            if not is_short:
                size += sum(len(entry.encode()) + _PLACE_BYTES for entry in added)
                if place + len(chunk) > MAX_PLACES or size > MAX_BYTES:
                    return " ".join(entries)
            entries += added
            place += len(chunk)
        place += 2
    return " ".join(entries)


def _entries_of(chunk: list[tuple[str, ...]], *, after: int) -> list[str]:
    whole = joined(chunk)
    entries = [] if whole is None else [f"'{whole}':{after + 1}"]
    for place, forms in enumerate(chunk, start=after + 1):
        entries += [f"'{form}':{place}" for form in forms]
    return entries


def hits_in(words: Sequence[Word], terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the terms stand: (start, end) in the text, in order, not overlapping."""
    found = [
        (words[first].start, words[first + len(term.words) - 1].end)
        for term in terms
        for first in range(len(words) - len(term.words) + 1)
        if _stands_at(words, first, term)
    ]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _stands_at(words: Sequence[Word], first: int, term: Term) -> bool:
    last = len(term.words) - 1
    for offset, wanted in enumerate(term.words):
        forms = words[first + offset].forms
        if term.is_open and offset == last:
            if not any(form.startswith(want) for form in forms for want in wanted):
                return False
        elif not set(forms) & set(wanted):
            return False
    return True


def snippet_of(text: str, terms: Sequence[Term]) -> list[Piece]:
    """A line of the text around the first thing that was looked for, with all of it marked that
    the line shows; the beginning of the text when nothing of it is there."""
    whole = " ".join(composed(text).split())
    hits = hits_in(list(placed_words(whole)), terms)
    start = _line_start(whole, hits[0][0]) if hits else 0
    end = min(len(whole), start + SNIPPET_CHARS)
    pieces = [Piece("…", is_hit=False)] if start > 0 else []
    place = start
    for first, last in hits:
        if first < start or first >= end:
            continue
        if first > place:
            pieces.append(Piece(whole[place:first], is_hit=False))
        pieces.append(Piece(whole[first : min(last, end)], is_hit=True))
        place = min(last, end)
    rest = whole[place:end] + ("…" if end < len(whole) else "")
    if rest:
        pieces.append(Piece(rest, is_hit=False))
    return pieces


def _line_start(text: str, first_hit: int) -> int:
    """Some words before the hit, beginning with a whole one."""
    if first_hit <= LEAD_CHARS:
        return 0
    space = text.find(" ", first_hit - LEAD_CHARS, first_hit)
    return first_hit if space < 0 else space + 1


def has_hit(text: str, terms: Sequence[Term]) -> bool:
    return bool(hits_in(list(placed_words(composed(text))), terms))
