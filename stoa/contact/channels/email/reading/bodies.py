"""What of a mail's parts is its text, and what are its files."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stoa.contact.channels.email.reading.charsets import to_text
from stoa.contact.channels.email.reading.headers import headers_of
from stoa.contact.channels.email.reading.invitations import NoInvitation, read_invitation
from stoa.contact.channels.email.reading.parts import Part, read_parts
from stoa.contact.channels.email.reading.sealed import NotSigned, signed_content
from stoa.contact.channels.email.reading.winmail import NoWinmail, read_winmail
from stoa.contact.channels.protocol import InboundFile
from stoa.contact.conversations.schemas import Invitation

FILES_MAX = 100
TEXT_PARTS_MAX = 30
SEALS_MAX = 3
NAME_MAX = 150
# What is read of all parts of text together. Somebody who writes more than that sends a file.
TEXT_BYTES_MAX = 1_000_000

_NAMED = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp",
    "image/heic": "heic", "image/tiff": "tif", "image/svg+xml": "svg", "application/pdf": "pdf",
    "text/calendar": "ics", "text/vcard": "vcf", "text/x-vcard": "vcf", "message/rfc822": "eml",
    "text/html": "html", "text/plain": "txt", "text/csv": "csv", "application/zip": "zip",
    "audio/mpeg": "mp3", "audio/amr": "amr", "video/mp4": "mp4", "text/rtf": "rtf",
    "application/pkcs7-mime": "p7m", "application/pgp-encrypted": "asc", "audio/ogg": "ogg",
}  # fmt: skip
# Signatures of the whole mail: they are for programs, and nobody opens them.
_SEALS = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
_WINMAIL = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_CALENDARS = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\<>:"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


@dataclass
class Body:
    plain: str = ""
    html: str = ""
    is_flowed: bool = False
    files: list[InboundFile] = field(default_factory=list)
    invitation: Invitation | None = None
    notes: list[str] = field(default_factory=list)
    text_parts: int = 0
    text_bytes_left: int = TEXT_BYTES_MAX
    opened: int = 0  # signed mails within the mail

    def note(self, code: str) -> None:
        if code not in self.notes:
            self.notes.append(code)

    def add_file(self, file: InboundFile) -> None:
        if len(self.files) < FILES_MAX:
            self.files.append(file)
        else:
            self.note("files_left_out")


def read_body(root: Part) -> Body:
    body = Body()
    _take(root, body)
    return body


def _take(part: Part, body: Body) -> None:
    if part.is_torn:
        body.note("malformed")
    if part.media_type == "multipart/alternative" and not part.is_attachment:
        _take_alternative(part, body)
    elif part.media_type == "multipart/encrypted":
        body.note("encrypted")
        for child in part.children:
            _take_file(child, body)
    elif part.main_type == "multipart":
        for child in part.children:
            _take(child, body)
    elif part.media_type == "message/partial":
        body.note("partial")
        _take_file(part, body)
    elif part.media_type in _SEALS:
        return
    elif part.media_type in _WINMAIL or part.file_name.lower() == "winmail.dat":
        _take_winmail(part, body)
    elif part.media_type in _SEALED and part.file_name.lower() in ("", "smime.p7m"):
        _take_sealed(part, body)
    elif part.media_type in _CALENDARS:
        _take_calendar(part, body)
    elif _is_text(part):
        _take_text(part, body)
    else:
        _take_file(part, body)


def _take_sealed(part: Part, body: Body) -> None:
    """S/MIME around the whole mail: what is only signed can be read, what is encrypted cannot."""
    try:
        if body.opened == SEALS_MAX:
            raise NotSigned("sealed too often")
        content = signed_content(part.content)
    except NotSigned:
        body.note("encrypted")
        _take_file(part, body)
        return
    body.opened += 1
    _take(read_parts(content), body)


def _is_text(part: Part) -> bool:
    if part.media_type not in ("text/plain", "text/html", "text/enriched", "text/markdown"):
        return False
    return not part.is_attachment and not part.file_name


def _take_alternative(part: Part, body: Body) -> None:
    """The same thing several times: of plain text and HTML the first each, of the rest what is no
    text, such as an invitation or a picture inside `multipart/related`."""
    inner = Body()
    for child in part.children:
        one = Body(text_bytes_left=body.text_bytes_left, opened=body.opened)
        _take(child, one)
        body.text_bytes_left, body.opened = one.text_bytes_left, one.opened
        inner.plain = inner.plain or one.plain
        inner.is_flowed = inner.is_flowed or one.is_flowed
        inner.html = inner.html or one.html
        inner.invitation = inner.invitation or one.invitation
        inner.files += one.files
        inner.notes += one.notes
    _append(body, plain=inner.plain, html=inner.html)
    body.is_flowed = body.is_flowed or inner.is_flowed
    body.invitation = body.invitation or inner.invitation
    for file in inner.files:
        body.add_file(file)
    for code in inner.notes:
        body.note(code)


def _append(body: Body, *, plain: str, html: str) -> None:
    """Texts in a row are one text. As HTML only while every one of them is HTML, or has one beside
    it: else what only the plain one says would be lost."""
    if not (plain.strip() or html.strip()):
        return
    body.text_parts += 1
    if body.text_parts > TEXT_PARTS_MAX:
        body.note("malformed")
        return
    if body.text_parts == 1:
        body.plain, body.html = plain, html
        return
    if not plain or (body.html and not body.plain):
        body.html = f"{body.html or as_html(body.plain)}\n<br>\n{html or as_html(plain)}"
        body.plain = ""
    else:
        body.html = f"{body.html}\n<br>\n{html or as_html(plain)}" if body.html else ""
        body.plain = f"{body.plain.rstrip()}\n\n{plain}"


def as_html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<div style="white-space:pre-wrap">{escaped}</div>'


def _take_text(part: Part, body: Body) -> None:
    content = part.content
    if len(content) > body.text_bytes_left:
        content = content[: body.text_bytes_left]
        body.note("text_cut")
    body.text_bytes_left -= len(content)
    declared = part.parameters.get("charset")
    if part.media_type == "text/html" and not declared:
        declared = _charset_of_html(content)
    text, is_guessed = to_text(content, declared)
    if is_guessed and text.strip():
        body.note("charset_guessed")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.media_type == "text/html":
        _append(body, plain="", html=text)
        return
    if part.parameters.get("format", "").lower() == "flowed" and not body.plain:
        is_joined = part.parameters.get("delsp", "").lower() == "yes"
        text = unflowed(text, without_space=is_joined)
        body.is_flowed = True
    _append(body, plain=text, html="")


def _charset_of_html(content: bytes) -> str | None:
    found = re.search(
        rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})""", content[:2_048], re.IGNORECASE
    )
    return found[1].decode("ascii") if found else None


def unflowed(text: str, *, without_space: bool) -> str:
    """Lines that were broken only for the way are whole again (RFC 3676)."""
    lines: list[list[str]] = []  # each in its pieces
    open_depth: int | None = None
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        rest = line[depth:].removeprefix(" ") if depth or line.startswith(" ") else line
        is_soft = rest.endswith(" ") and rest != "-- "
        shown = rest[:-1] if is_soft and without_space else rest
        if open_depth == depth and lines and rest != "-- ":
            lines[-1].append(shown)
        else:
            lines.append([">" * depth + " " if depth else "", shown])
        open_depth = depth if is_soft else None
    whole = ("".join(pieces) for pieces in lines)
    return "\n".join(line if line == "-- " else line.rstrip() for line in whole)


def _take_file(part: Part, body: Body) -> None:
    media_type = part.media_type
    # A mail within the mail cannot be encoded (RFC 2046 section 5.2.1); some programs do it.
    content = part.body if media_type == "message/rfc822" and _is_mail(part.body) else part.content
    if not content and not part.file_name:
        return
    if media_type in ("text/plain", "text/html") and part.file_name == "":
        content = content[:TEXT_BYTES_MAX]
    name = part.file_name or _name_of_mail(part)
    body.add_file(
        InboundFile(
            safe_name(name, media_type, number=len(body.files) + 1),
            media_type,
            content,
            content_id=part.content_id if not part.is_attachment else None,
        )
    )


def _is_mail(content: bytes) -> bool:
    return re.match(rb"\s*[!-9;-~]+:", content) is not None


def _name_of_mail(part: Part) -> str:
    """A forwarded mail is called by its subject."""
    if part.media_type != "message/rfc822":
        return ""
    subject = headers_of(part.body).text("subject")
    return f"{subject[:100]}.eml" if subject else ""


def safe_name(name: str, media_type: str, *, number: int) -> str:
    """A name any system takes: no folders, nothing that turns the reading order, not too long."""
    cleaned = unicodedata.normalize("NFC", _FORBIDDEN.sub(" ", re.split(r"[/\\]", name)[-1]))
    cleaned = " ".join(cleaned.split()).strip(". ")
    if not cleaned:
        return f"{number}.{_NAMED.get(media_type, 'bin')}"
    if len(cleaned) > NAME_MAX:
        stem, dot, ending = cleaned.rpartition(".")
        keep = f"{dot}{ending}" if dot and len(ending) <= 10 else ""
        cleaned = f"{(stem if keep else cleaned)[: NAME_MAX - len(keep)]}{keep}"
    if "." not in cleaned and media_type in _NAMED:
        cleaned = f"{cleaned}.{_NAMED[media_type]}"
    return cleaned


def _take_calendar(part: Part, body: Body) -> None:
    """What can be read is shown; the file stays, for whoever wants it in a calendar. The same
    meeting as a part and as a file is one."""
    text, _ = to_text(part.content, part.parameters.get("charset"))
    try:
        found = read_invitation(text, method=part.parameters.get("method", ""))
        body.invitation = body.invitation or found
    except NoInvitation:
        body.note("calendar_unreadable")
    digest = hashlib.sha256(part.content).digest()
    if all(hashlib.sha256(file.content).digest() != digest for file in _calendars(body.files)):
        _take_file(part, body)


def _calendars(files: Sequence[InboundFile]) -> Iterator[InboundFile]:
    return (file for file in files if file.media_type in _CALENDARS)


def _take_winmail(part: Part, body: Body) -> None:
    try:
        found = read_winmail(part.content)
    except NoWinmail:
        body.note("winmail_unreadable")
        _take_file(part, body)
        return
    if not found.is_whole:
        body.note("malformed")
    if not body.plain.strip() and not body.html.strip():
        _append(body, plain=found.text.replace("\r\n", "\n"), html=found.html)
    for file in found.files:
        media_type = file.media_type or "application/octet-stream"
        name = safe_name(file.file_name, media_type, number=len(body.files) + 1)
        body.add_file(InboundFile(name, media_type, file.content, file.content_id))
