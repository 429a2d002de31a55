"""Answers written in red into what they answer, as people do in Outlook."""

import re
from itertools import islice
from typing import Any

_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]{1,40})", re.IGNORECASE)
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})")
_NAMED = frozenset({"red", "blue", "green", "magenta", "fuchsia", "orange", "crimson", "darkred"})
_WRITTEN = frozenset({"span", "font", "p", "div", "b", "strong", "i", "em", "u", "td", "li"})
LEAST_SATURATION = 0.8
LEAST_BRIGHTNESS = 120
_LINKS_MAX = 100
_PIECES_MAX = 1_000


def is_coloured(element: Any) -> bool:
    """Whether an element's own text has a colour that people choose to be seen: no grey, no shade
    of a house, no link."""
    if not has_colour(element):
        return False
    links = sum(len("".join(link.itertext())) for link in islice(element.iter("a"), _LINKS_MAX))
    return len("".join(islice(element.itertext(), _PIECES_MAX)).strip()) > links


def has_colour(element: Any) -> bool:
    """Whether it names such a colour, whatever stands in it."""
    if element.tag not in _WRITTEN:
        return False
    found = _COLOUR.search(element.get("style", "")[:500])
    colour = found[1] if found else element.get("color", "") if element.tag == "font" else ""
    return bool(colour) and is_vivid(colour)


def is_vivid(colour: str) -> bool:
    """`#C00000` and `blue` are; `#1F497D`, in which Outlook writes all replies, is not."""
    colour = colour.strip().lower()
    if colour in _NAMED:
        return True
    if found := _HEX.fullmatch(colour):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        parts = [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
    elif found := _RGB.match(colour):
        parts = [int(part) for part in found.groups()]
    else:
        return False
    top = max(parts)
    return top >= LEAST_BRIGHTNESS and (top - min(parts)) / top > LEAST_SATURATION
