"""HTML to lines that know what they quote: by the marks that each program leaves."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import lxml.etree
import lxml.html

from stoa.contact.channels.email.reading import quote_words as words
from stoa.contact.channels.email.reading.colours import has_colour, is_coloured
from stoa.contact.channels.email.reading.crowding import is_crowded, without_tags
from stoa.contact.channels.email.reading.quoting import Line
from stoa.contact.channels.email.reading.rendering import rendered, simply_rendered

Element = Any  # lxml has no types

# Written into the tree around what is marked as a quote, and found again in the text. They are for
# private use (Unicode section 23.5); whatever of them a mail brings is taken out first.
_BEGIN, _END, _REST, _INTRO, _INTRO_END = "\ue0a0", "\ue0a1", "\ue0a2", "\ue0a3", "\ue0a4"
_COLOURED = "\ue0a5"
_SIGNS = re.compile("[\ue0a0-\ue0a5]")

# Whether a mail's HTML has anything of this at all; cheaper than to look at its tree.
QUOTES = re.compile(
    r"gmail_quote|gmail_attr|<blockquote|moz-cite-prefix|moz-forward-container|divRplyFwdMsg"
    r"|appendonsend|yahoo_quoted|OutlookMessageHeader|reference-message|protonmail_quote|zwchr"
    r"|name=[\"']?quote|stoa-answer|border-top:\s*solid|isReplyContent|tutanota_quote|zmail_extra",
    re.IGNORECASE,
)

# Elements whose content is a quote.
_QUOTE_CLASSES = re.compile(
    r"(?:^|[\s_-])(?:yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra"
    r"|ms-outlook-mobile-reference-message|quoted-content|wp-quote)(?:$|\s)"
    r"|stoa-answer(?:$|\s)"  # ours, with what Gmail puts before each class
)
_QUOTE_IDS = re.compile(
    r"(?:^|_)(?:mail-editor-reference-message-container|isReplyContent|yahoo_quoted_\d+)$"
)
# Elements after which everything is.
_REST_IDS = re.compile(r"(?:^|_)(?:divRplyFwdMsg|appendonsend|zwchr|OLK_SRC_BODY_SECTION)$")
_REST_CLASSES = frozenset({"OutlookMessageHeader"})
_INTRO_CLASSES = frozenset({"gmail_attr", "moz-cite-prefix"})
_BORDERED = re.compile(r"border(?:-left)?:\s*[^;]*\b(?:solid|[1-9]\d*px)", re.IGNORECASE)
_OUTLOOK_LINE = re.compile(r"border:\s*none;\s*border-top:\s*solid", re.IGNORECASE)
_HIDDEN = re.compile(
    r"display:\s*none|mso-hide:\s*all|font-size:\s*0(?:px|pt)?\s*(?:;|$)", re.IGNORECASE
)
# What stands before a signature, as HTML has it.
_DELIMITER = re.compile(
    r"(?:^|>)[ \t]{0,40}--(?: |&nbsp;|&#160;|\u00a0)[ \t\r]{0,40}(?:<|$)", re.MULTILINE
)
_NO_MARGIN = re.compile(r"margin:\s*0\w*(?:\s+0[\w.]*){0,3}\s*(?:;|$)", re.IGNORECASE)
_DROPPED = ("script", "style", "head", "title", "object", "embed", "iframe", "svg", "template")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MARKUP_MAX = 1_000_000
_LINK_MAX = 300
_ELEMENTS_MAX = 50_000
_COLOURED_MAX = 500
_LOOKED_AT = 40  # pieces of text at an element's beginning

_PARSER = lxml.html.HTMLParser(
    encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
)


def html_lines(html: str) -> list[Line]:
    """Never fails; what cannot be read gives no lines."""
    if is_crowded(markup := html[:_MARKUP_MAX]):
        text = _SIGNS.sub("", without_tags(markup)).replace("\x00", "")
        return [Line(" ".join(line.split())) for line in text.split("\n")]
    tree = _tree(html)
    if tree is None:
        return []
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    if len(elements) > _ELEMENTS_MAX:
        return [Line(line) for line in simply_rendered(tree).split("\n")]
    _drop(elements)
    _mark(elements)
    text = rendered(tree)
    has_delimiter = _DELIMITER.search(html) is not None
    return list(_lines(text, has_delimiter=has_delimiter))


def _tree(html: str) -> Element | None:
    cleaned = _SIGNS.sub("", html[:_MARKUP_MAX]).replace("\x00", "")
    # What follows Outlook's `<!--[if mso]>` is a comment; what follows `<![if` is for everybody.
    cleaned = re.sub(r"<!\[[^\]>]{0,100}\]>", "", cleaned)
    if not cleaned.strip():
        return None
    try:
        return lxml.html.document_fromstring(cleaned.encode("utf-8", "replace"), parser=_PARSER)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None


def _drop(elements: Sequence[Element]) -> None:
    for element in elements:
        if element.tag in _DROPPED or _HIDDEN.search(element.get("style", "")[:2_000]):
            _keep_tail(element)
        elif element.tag == "a":
            _show_target(element)
        elif element.tag in ("div", "p"):
            _set_line(element)


def _set_line(element: Element) -> None:
    """An empty line is one, and a paragraph that stands close to the next is a line."""
    if _is_empty_line(element):
        # Webmail and Outlook write it so, and inscriptis takes it for no line at all.
        for child in list(element):
            element.remove(child)
        element.text = None
        element.append(lxml.html.Element("br"))
    if element.tag == "p" and _is_close(element):
        element.tag = "div"


def _is_empty_line(element: Element) -> bool:
    if len(element) > 3 or any(len(child) or child.tag in ("img", "br") for child in element):
        return False
    text = "".join(element.itertext())
    return "\u00a0" in text and not text.strip()


def _is_close(element: Element) -> bool:
    return "Mso" in element.get("class", "") or bool(
        _NO_MARGIN.search(element.get("style", "")[:500])
    )


def _keep_tail(element: Element) -> None:
    parent = element.getparent()
    if parent is not None and element.tag != "body":
        element.drop_tree()


def _show_target(link: Element) -> None:
    """A link's address after its text, where the text does not say it."""
    target = (link.get("href") or "").strip()
    if not target.lower().startswith(("http://", "https://")) or len(target) > _LINK_MAX:
        return
    text = "".join(link.itertext()).strip()
    bare = target.split("://", 1)[1].rstrip("/").lower()
    if not text or bare in text.lower() or text.lower().rstrip("/").endswith(bare):
        return
    if bare.startswith("www.") and bare[4:] in text.lower():
        return
    link.tail = _as_xml(f" <{target}>{link.tail or ''}")


def _mark(elements: Sequence[Element]) -> None:
    quotes: set[Element] = set()
    coloured = 0
    for element in elements:
        if element.getparent() is None:
            continue
        if _is_rest(element):
            element.addprevious(_sign(_REST))
        elif _is_quote(element):
            quotes.add(element)
            _enclose(element, _BEGIN, _END)
        elif _INTRO_CLASSES & set(element.get("class", "").split()) and not _is_forward(element):
            _enclose(element, _INTRO, _INTRO_END)
        elif coloured < _COLOURED_MAX and has_colour(element):
            coloured += 1
            if not is_coloured(element):
                continue
            within = (each for each in element.iterancestors("blockquote") if each in quotes)
            # In an older mail yet, the colour is of then.
            if len(list(islice(within, 2))) < 2:
                element.text = _as_xml(f"{_COLOURED}{element.text or ''}")


def _enclose(element: Element, begin: str, end: str) -> None:
    element.insert(0, _sign(begin))
    element[0].tail, element.text = _as_xml(element.text), None
    element.append(_sign(end))


def _as_xml(text: str | None) -> str | None:
    """lxml reads control characters and refuses to be given them."""
    return _CONTROLS.sub("", text) if text else text


def _sign(sign: str) -> Element:
    made = lxml.html.Element("div")
    made.text = sign
    return made


def _is_forward(element: Element) -> bool:
    return any(words.FORWARDED.match(text) for text in islice(element.itertext(), _LOOKED_AT))


def _is_rest(element: Element) -> bool:
    if _REST_IDS.search(element.get("id", "")):
        return True
    if _REST_CLASSES & set(element.get("class", "").split()):
        return True
    if element.tag == "div" and _OUTLOOK_LINE.search(element.get("style", "")[:500]):
        # Outlook also draws such a line above other things: an old mail's headers have to follow.
        said = islice((text.strip() for text in element.itertext() if text.strip()), 20)
        found = {kind[0] for text in said if (kind := words.field_of(text))}
        return len(found) >= 2
    return False


def _is_quote(element: Element) -> bool:
    names = element.get("class", "")
    if element.tag == "blockquote":
        if element.get("type", "").lower() == "cite" or "quote" in names:
            return True
        if _BORDERED.search(element.get("style", "")[:500]):
            return True
        return _is_introduced(element)
    if _QUOTE_CLASSES.search(names) or _QUOTE_IDS.search(element.get("id", "")):
        return True
    if element.get("name") == "quote":  # GMX, WEB.DE
        return True
    # Gmail's own element holds the introduction and the quote, and answers between its quotes. On
    # some phones it holds the quote without another element around it.
    if "gmail_quote" in names.split():
        return element.find(".//blockquote") is None and not _is_forward(element)
    return False


def _is_introduced(element: Element) -> bool:
    """Whether a line right before it says who wrote it: else it is somebody's indented text."""
    before = element.getprevious()
    while before is not None and before.tag == "br" and not (before.tail or "").strip():
        before = before.getprevious()
    parent = element.getparent()
    if before is None:
        text = parent.text or ""
    else:
        tail = (before.tail or "").strip()
        text = tail or "".join(before.itertext())
    return words.is_intro(" ".join(text.split()))


def _lines(text: str, *, has_delimiter: bool) -> Iterator[Line]:
    depth = 0
    is_intro = is_rest = False
    for raw in text.split("\n"):
        line = raw
        is_answer = _COLOURED in raw
        for sign in _SIGNS.findall(raw):
            if sign == _BEGIN:
                depth += 1
            elif sign == _END:
                depth = max(0, depth - 1)
            elif sign == _REST:
                is_rest = True
            elif sign != _COLOURED:
                is_intro = sign == _INTRO
        if _SIGNS.search(raw):
            line = _SIGNS.sub("", raw)
            if not line.strip():
                continue
        line = re.sub(r"[ \t\u00a0]{3,}", "  ", line.replace("\u00a0", " ").strip())
        if line == "--" and has_delimiter:
            line = "-- "  # the space is lost on the way here
        if depth and is_answer:
            yield Line(line, "own", is_coloured=True)
        elif depth:
            yield Line(f"{'>' * min(depth, 9)} {line}".rstrip(), "quote", is_element=True)
        elif is_intro:
            yield Line(line, "intro")
        else:
            yield Line(line, "rest" if is_rest else "own", is_coloured=is_answer)
