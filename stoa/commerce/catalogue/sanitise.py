"""HTML from strangers, reduced to what a product description needs."""

from html import escape
from html.parser import HTMLParser

_KEPT = frozenset(
    {"p", "br", "ul", "ol", "li", "strong", "b", "em", "i", "u", "s", "sub", "sup", "blockquote"}
    | {"h2", "h3", "h4", "hr", "a", "dl", "dt", "dd", "code", "pre"}
    | {"table", "thead", "tbody", "tr", "th", "td", "caption"}
)
_RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4", "div": "p"}
_EMPTY = frozenset({"br", "hr"})
_DROPPED_WITH_CONTENT = frozenset(
    {"script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math"}
    | {"title", "head", "textarea", "select"}
)
_SCHEMES = ("https://", "http://", "mailto:", "tel:", "/")


class _Reducer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []
        self.dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.dropping or tag in _DROPPED_WITH_CONTENT:
            self.dropping.append(tag)
            return
        name = _RENAMED.get(tag, tag)
        if name not in _KEPT:
            return
        address = (dict(attrs).get("href") or "").strip() if name == "a" else ""
        if address.lower().startswith(_SCHEMES) and address[:2] not in ("//", "/\\"):
            self.parts.append(f'<a href="{escape(address)}" rel="nofollow noopener">')
        else:
            self.parts.append(f"<{name}>")
        if name not in _EMPTY:
            self.open.append(name)

    def handle_endtag(self, tag: str) -> None:
        if self.dropping:
            if tag in self.dropping:
                while self.dropping.pop() != tag:
                    pass
            return
        name = _RENAMED.get(tag, tag)
        if name in self.open:
            while (closing := self.open.pop()) != name:
                self.parts.append(f"</{closing}>")
            self.parts.append(f"</{name}>")

    def handle_data(self, data: str) -> None:
        if not self.dropping:
            self.parts.append(escape(data, quote=False))


def sanitise_html(text: str) -> str:
    """`text` as well-formed HTML of harmless elements, without attributes but a link's address.

    Plain text becomes paragraphs: one per blank line, a line break per line.
    """
    cleaned = text.replace("\x00", "").strip()
    if "<" not in cleaned:
        paragraphs = (part.strip() for part in cleaned.replace("\r\n", "\n").split("\n\n"))
        return "".join(
            f"<p>{escape(part, quote=False).replace(chr(10), '<br>')}</p>"
            for part in paragraphs
            if part
        )
    reducer = _Reducer()
    reducer.feed(cleaned)
    reducer.close()
    reducer.parts.extend(f"</{name}>" for name in reversed(reducer.open))
    return "".join(reducer.parts)
