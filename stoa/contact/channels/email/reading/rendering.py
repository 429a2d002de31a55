"""A tree of HTML as lines of text, at a price that its size alone decides.

Inscriptis lays tables out on a canvas: each line of one is as wide as its widest, at every depth.
A few kilobytes of a stranger's can ask for gigabytes so; what would is written simply.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import lxml.etree
from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

Element = Any  # lxml has no types

CANVAS_MAX: Final = 10_000_000  # letters that are laid out for one mail
_STYLES = ParserConfig(css=CSS_PROFILES["strict"])
_BLOCKS = frozenset(
    {
        "address", "article", "blockquote", "body", "center", "dd", "div", "dl", "dt", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre",
        "section", "table", "tr", "ul",
    }
)  # fmt: skip
_CELLS = frozenset({"td", "th"})
_KEEPS_BREAKS = frozenset({"pre", "textarea", "listing", "xmp", "plaintext"})
# lxml reads these in an attribute, and refuses to be given them.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Space around a paragraph is one's own to choose, and the reader's memory to hold.
_WIDE_SPACE = re.compile(r"(?:margin|padding)[^;]{0,40}?\d{3,}[^;]*;?", re.IGNORECASE)


def rendered(tree: Element) -> str:
    """Never fails."""
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    if _canvas(elements) > CANVAS_MAX:
        return simply_rendered(tree)
    for element in elements:
        if "style" in element.attrib:
            style = _CONTROLS.sub("", element.get("style")[:5_000])
            element.set("style", _WIDE_SPACE.sub("", style))
    try:
        text: str = Inscriptis(tree, _STYLES).get_text()
    except (RecursionError, ValueError, IndexError, KeyError, TypeError, AttributeError):
        return simply_rendered(tree)
    return text


def simply_rendered(tree: Element) -> str:
    """A line for each paragraph, item and row."""
    pieces: list[str] = []
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        is_start = event == "start"
        if tag in _BLOCKS or (tag == "br" and is_start):
            pieces.append("\n")
        elif tag in _CELLS and is_start:
            pieces.append("  ")
        text = (element.text if is_start else element.tail) or ""
        if tag and (text := _in_one_line(text)):
            pieces.append(text)
    lines = (line.strip() for line in "".join(pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _in_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _canvas(elements: Sequence[Element]) -> int:
    """About how many letters its tables would be laid out in; 0 without one."""
    depths: dict[Element, int] = {}
    lines = widest = width = deepest = 0
    keeps_breaks = False
    for element in elements:
        tag, text, tail = element.tag, element.text or "", element.tail or ""
        depth = depths.get(element.getparent(), 0) + (tag == "table")
        depths[element] = depth
        deepest = max(deepest, depth)
        keeps_breaks = (
            keeps_breaks or tag in _KEEPS_BREAKS or "white-space" in element.get("style", "")
        )
        if tag in _BLOCKS or tag == "br":
            lines += 1
            width = 0
        width += len(text) + len(tail)
        widest = max(widest, width)
    if keeps_breaks:
        lines += sum(
            (each.text or "").count("\n") + (each.tail or "").count("\n") for each in elements
        )
    return deepest * lines * widest
