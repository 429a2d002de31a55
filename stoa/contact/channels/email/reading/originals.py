"""A mail as it came, harmless: for a frame that runs nothing (`<iframe sandbox srcdoc>`)."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape

import lxml.etree
import lxml.html

from stoa.contact.channels.email.reading.bodies import Body, read_body
from stoa.contact.channels.email.reading.charsets import to_text
from stoa.contact.channels.email.reading.crowding import is_crowded, without_tags
from stoa.contact.channels.email.reading.headers import Headers, decoded
from stoa.contact.channels.email.reading.links import shown_target
from stoa.contact.channels.email.reading.parts import read_parts
from stoa.contact.channels.email.reading.sanitising import (
    Pictures,
    is_too_deep,
    sanitise,
    sanitise_again,
)
from stoa.contact.channels.protocol import InboundFile, Original, Unreadable

MARKUP_MAX = 1_000_000
TEXT_MAX = 500_000
REPEATED_MAX = 5
HEADER_MAX = 2_000

_SHOWN = (
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Date",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "Return-Path",
    "Authentication-Results",
    "List-Id",
    "Auto-Submitted",
    "X-Mailer",
    "User-Agent",
)
_URL = re.compile(r"https?://[^\s<>\"]{1,2000}", re.IGNORECASE)
# On white whatever the desk's colours are: a mail's own are made for it. Its plain text has none.
_STYLE = (
    "html{background:#fff;color:#1c1b19;color-scheme:light}"
    "body{margin:12px;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}"
    "img{max-width:100%;height:auto}table{max-width:100%}"
    "blockquote{margin:8px 0;padding-left:12px;border-left:2px solid #c9c2b6}"
    "pre{white-space:pre-wrap;font:inherit;margin:0}"
)
_PLAIN_STYLE = (
    "@media(prefers-color-scheme:dark){html{background:#1d2023;color:#eceae5;color-scheme:dark}"
    "a{color:#8ab8d6}}"
)
_TARGET_STYLE = "font-size:85%;color:#5f5b54;background:#f1ede4;border-radius:3px;padding:0 3px"


def show_original(content: bytes, *, with_pictures: bool) -> Original:
    """A whole page: nothing in it runs, loads (but pictures that were asked for), sends or covers
    anything, and each link says where it leads.

    Never fails: what cannot be read as a mail is shown as the text it is.
    """
    try:
        root = read_parts(content)
        body = read_body(root)
    except Unreadable:
        text, _ = to_text(content[:TEXT_MAX], None)
        return Original(_page(_plain(text), with_pictures=False, is_plain=True), 0, (), ())
    page, blocked = _body_page(body, with_pictures=with_pictures)
    files = tuple(file.file_name for file in body.files)
    return Original(page, blocked, tuple(_headers(root.headers)), files)


def _headers(headers: Headers) -> Iterator[tuple[str, str]]:
    """What tells a person something, in the order one reads it; the rest is in the saved file."""
    for shown in _SHOWN:
        for value in headers.all(shown.lower())[:REPEATED_MAX]:
            yield shown, decoded(value)[:HEADER_MAX]


def _body_page(body: Body, *, with_pictures: bool) -> tuple[str, int]:
    markup = body.html[:MARKUP_MAX]
    if markup.strip() and not (is_too_deep(markup) or is_crowded(markup)):
        pictures = Pictures(_inline(body.files), with_remote=with_pictures)
        shown = _with_targets(sanitise(markup, pictures))
        return _page(shown, with_pictures=with_pictures, is_plain=False), pictures.blocked
    text = body.plain if body.plain.strip() else without_tags(markup)
    return _page(_plain(text[:TEXT_MAX]), with_pictures=False, is_plain=True), 0


def _inline(files: Sequence[InboundFile]) -> Mapping[str, InboundFile]:
    return {file.content_id: file for file in files if file.content_id}


def _plain(text: str) -> str:
    """Links can be clicked; they say themselves where they lead."""
    made, at = [], 0
    for found in _URL.finditer(text):
        link = found[0].rstrip(".,;:!?)]}'»”")
        made.append(escape(text[at : found.start()], quote=False))
        made.append(
            f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer nofollow">'
            f"{escape(link, quote=False)}</a>"
        )
        at = found.start() + len(link)
    made.append(escape(text[at:], quote=False))
    return f"<pre>{''.join(made)}</pre>"


def _with_targets(clean: str) -> str:
    """Each link whose text does not say where it leads is followed by it.

    What follows it has a class that only this very markup gives, so that no mail can write one.
    """
    if "<a " not in clean:
        return clean
    mark = f"to-{hashlib.sha256(clean.encode('utf-8', 'replace')).hexdigest()[:16]}"
    try:
        tree = lxml.html.fragment_fromstring(clean, create_parent="div")
        for link in list(tree.iter("a")):
            _follow(link, mark)
        shown = lxml.html.tostring(tree, encoding="unicode")
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return clean
    return f"<style>.{mark}{{{_TARGET_STYLE}}}</style>{sanitise_again(shown, mark=mark)}"


def _follow(link: lxml.html.HtmlElement, mark: str) -> None:
    text = "".join(link.itertext())
    target = shown_target(link.get("href") or "", text)
    if target is None:
        return
    note = lxml.html.Element("span")
    note.set("class", mark)
    note.text = f"[{target}]"
    note.tail, link.tail = link.tail, " "
    link.addnext(note)


def _page(body: str, *, with_pictures: bool, is_plain: bool) -> str:
    """The rules for what may load go with the page, whoever shows it."""
    remote = " https: http:" if with_pictures else ""
    policy = (
        f"default-src 'none'; img-src data:{remote}; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}{_PLAIN_STYLE if is_plain else ''}</style></head>"
        f"<body>{body}</body></html>"
    )
