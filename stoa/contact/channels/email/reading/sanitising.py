"""HTML from strangers, reduced to what can be looked at (nh3)."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping

import nh3

from stoa.contact.channels.protocol import InboundFile

# Deeper markup takes every reader of HTML a time that grows with the square of it.
DEPTH_MAX = 500
PICTURE_BYTES_MAX = 5_000_000
PICTURES_BYTES_MAX = 15_000_000


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
_TAGS = _set(
    "a abbr address b big blockquote br caption center cite code col colgroup dd del div dl "
    "dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s "
    "samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var"
)
_DROPPED = _set(
    "script style title head noscript template textarea select option button iframe object "
    "embed applet svg math audio video canvas xmp plaintext noembed noframes "
    "frameset"
)
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset({"style", "dir", "lang", "align", "valign", "bgcolor", "title"}),
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt", "width", "height", "border"}),
    "table": frozenset({"border", "cellpadding", "cellspacing", "width"}),
    "td": frozenset({"colspan", "rowspan", "width", "height"}),
    "th": frozenset({"colspan", "rowspan", "width", "height"}),
    "col": frozenset({"span", "width"}),
    "colgroup": frozenset({"span", "width"}),
    "font": frozenset({"color", "face", "size"}),
    "ol": frozenset({"start", "type"}),
    "li": frozenset({"value"}),
}
# What can neither load anything nor lie over anything. No `display`, `opacity` or sizes of none:
# what a mail says is to be seen, and a link's target beside it.
_PROPERTIES = _set(
    "color background-color background font font-family font-size font-style font-weight "
    "font-variant text-align text-decoration text-transform line-height letter-spacing "
    "vertical-align white-space direction border border-top border-right border-bottom "
    "border-left border-collapse border-spacing border-color border-style border-width "
    "border-radius padding padding-top padding-right padding-bottom padding-left margin "
    "margin-top margin-right margin-bottom margin-left width max-width list-style-type"
)
_VALUE = re.compile(r"[\w\s#%.,()'\"!+/-]{1,200}")
_UNSAFE = re.compile(r"url|expression|image|attr|var\(|env\(|-\d|\\|/\*", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = _set("br hr img input meta link area base col embed source track wbr param")


class Pictures:
    """What the pictures of one mail become."""

    def __init__(self, inline: Mapping[str, InboundFile], *, with_remote: bool) -> None:
        self.inline = inline
        self.with_remote = with_remote
        self.blocked = 0
        self._left = PICTURES_BYTES_MAX

    def source(self, value: str) -> str | None:
        value = value.strip()
        kind = value[:6].lower()
        if kind.startswith("cid:"):
            return self._of_mail(value[4:].strip("<> "))
        if kind.startswith("data:"):
            return self._written_out(value)
        if kind.startswith(("http:", "https:", "//")):
            if self.with_remote:
                return f"https:{value}" if kind.startswith("//") else value
            self.blocked += 1
        return None

    def _of_mail(self, content_id: str) -> str | None:
        file = self.inline.get(content_id)
        if file is None or file.media_type not in _PICTURES or not self._fits(len(file.content)):
            return None
        return f"data:{file.media_type};base64,{b64encode(file.content).decode('ascii')}"

    def _written_out(self, value: str) -> str | None:
        head, _, data = value.partition(",")
        media_type = head[5:].partition(";")[0].strip().lower()
        if media_type not in _PICTURES or not head.lower().endswith(";base64"):
            return None
        data = re.sub(r"\s+", "", data)
        if not re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", data) or not self._fits(len(data)):
            return None
        try:
            b64decode(data[:4_000][: len(data[:4_000]) // 4 * 4])
        except ValueError:
            return None
        return f"data:{media_type};base64,{data}"

    def _fits(self, size: int) -> bool:
        if size > min(PICTURE_BYTES_MAX, self._left):
            return False
        self._left -= size
        return True


def is_too_deep(markup: str) -> bool:
    depth = 0
    for found in _TAG.finditer(markup):
        if found[2].lower() in _VOID:
            continue
        depth = max(0, depth - 1) if found[1] else depth + 1
        if depth > DEPTH_MAX:
            return True
    return False


def sanitise(markup: str, pictures: Pictures) -> str:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "style":
            return _style(value)
        if attribute == "src":
            return pictures.source(value) if tag == "img" else None
        if attribute == "href":
            return _address(value)
        return value[:500]

    return nh3.clean(
        markup.replace("\x00", ""),
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def sanitise_again(markup: str, *, mark: str) -> str:
    """What was harmless, and has been taken apart and put together since."""
    attributes = {tag: set(names) for tag, names in _ATTRIBUTES.items()}
    return nh3.clean(
        markup,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes=attributes,
        allowed_classes={"span": {mark}},
        url_schemes={"http", "https", "mailto", "tel", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _address(value: str) -> str | None:
    cleaned = re.sub(r"[\x00-\x20\x7f]+", "", value)
    if not cleaned.lower().startswith(("http://", "https://", "mailto:", "tel:")):
        return None
    return cleaned[:4_000]


def _style(value: str) -> str | None:
    kept = []
    for declaration in value[:5_000].split(";"):
        name, _, content = declaration.partition(":")
        name, content = name.strip().lower(), content.strip()
        if name not in _PROPERTIES or _UNSAFE.search(content) or not _VALUE.fullmatch(content):
            continue
        if name == "font-size" and re.match(r"0*(?:\.0*)?[1-5]?(?:\.\d+)?(?:px|pt)?\s*$", content):
            continue  # too small to be read
        kept.append(f"{name}:{content}")
    return ";".join(kept) or None
