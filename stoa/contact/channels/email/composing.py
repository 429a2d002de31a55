"""What leaves, as bytes (RFC 5322, RFC 2045 to 2049): made again, the same to the last byte."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from urllib.parse import quote
from uuid import UUID

from stoa.contact.channels.email.html import html_of, with_way_out
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.protocol import Outgoing, OutgoingFile
from stoa.platform.i18n.messages import translator

# Enough for every program to find the thread; RFC 5322 sets no limit, and some servers do.
REFERENCES_MAX = 20
FILE_NAME_MAX = 150
SUBJECT_MAX = 500
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_MESSAGE_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>|<[^<>\s]+>")
_LINE_BREAK = "\r\n"


@dataclass(frozen=True, slots=True)
class Composed:
    message_id: str
    recipient: str  # as the envelope names them: the same as the header does
    content: bytes
    needs_utf8: bool  # an address that only servers with SMTPUTF8 (RFC 6531) take


def message_id_of(delivery_id: UUID, settings: EmailSettings) -> str:
    """The same for the same delivery, so that a mail sent twice can be known as one."""
    return f"<{delivery_id}@{settings.domain}>"


def compose(
    outgoing: Outgoing,
    *,
    settings: EmailSettings,
    shop_name: str,
    sent_at: datetime,
    contents: Sequence[bytes] = (),
) -> Composed:
    """The mail; `contents` are those of `outgoing.files`, in their order."""
    address, needs_utf8 = _as_transported(outgoing.to.value)
    message_id = message_id_of(outgoing.id, settings)
    headers = [
        *_people(outgoing, settings=settings, shop_name=shop_name, to=address),
        *_about(outgoing, message_id=message_id, sent_at=sent_at),
    ]
    body_headers, body = _body(outgoing, settings, contents)
    head = "".join(f"{name}: {value}{_LINE_BREAK}" for name, value in [*headers, *body_headers])
    encoded = head.encode("utf-8" if needs_utf8 else "ascii")
    return Composed(message_id, address, encoded + b"\r\n" + body, needs_utf8)


# ---- headers ------------------------------------------------------------------------------------


def _people(
    outgoing: Outgoing, *, settings: EmailSettings, shop_name: str, to: str
) -> Iterator[tuple[str, str]]:
    tagged = settings.tagged_address(outgoing.reply_token)
    plain = settings.plain_address
    name = _from_name(outgoing.sender_name, settings.sender_name or shop_name)
    sender = tagged if settings.answers_to == "tagged_from" else plain
    yield "From", mailbox(name, sender)
    yield "To", mailbox(outgoing.to_name, to)
    if tagged != sender:
        yield "Reply-To", mailbox(settings.sender_name or shop_name, tagged)


def _from_name(person: str, house: str) -> str:
    person, house = one_line(person), one_line(house)
    if not person or person.casefold() == house.casefold():
        return house
    return f"{person} ({house})" if house else person


def _about(outgoing: Outgoing, *, message_id: str, sent_at: datetime) -> Iterator[tuple[str, str]]:
    references = known_references(outgoing.references)
    yield "Subject", text("Subject", outgoing.subject[:SUBJECT_MAX])
    yield "Date", format_datetime(sent_at)
    yield "Message-ID", message_id
    if references:
        yield "In-Reply-To", references[-1]
        yield "References", f"{_LINE_BREAK} ".join(references)
    yield "X-Stoa-Delivery", str(outgoing.id)
    yield "Content-Language", outgoing.locale
    if outgoing.is_automatic:
        # RFC 3834 section 5, and what Exchange goes by.
        yield "Auto-Submitted", "auto-generated"
        yield "X-Auto-Response-Suppress", "All"
    if outgoing.unsubscribe_url:
        url = quote(one_line(outgoing.unsubscribe_url), safe=":/?#[]@!$&'()*+,;=%-._~")
        yield "List-Unsubscribe", f"<{url}>"
        if url.startswith("https://"):
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"  # RFC 8058
    yield "MIME-Version", "1.0"


def known_references(names: Sequence[str]) -> list[str]:
    """The first and the newest of them, whole, each once."""
    found = [name for name in dict.fromkeys(names) if _MESSAGE_ID.fullmatch(name)]
    found = [name for name in found if name.isascii() and len(name) < 900]
    if len(found) > REFERENCES_MAX:
        return [found[0], *found[-(REFERENCES_MAX - 1) :]]
    return found


def one_line(value: str) -> str:
    """Without anything that could begin another header, or hide in this one."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def text(name: str, value: str) -> str:
    """The value of a header without structure, encoded and folded (RFC 2047)."""
    value = one_line(value)
    charset = "us-ascii" if value.isascii() and "=?" not in value else "utf-8"
    header = Header(value, charset, header_name=name, maxlinelen=76)
    return header.encode(linesep=_LINE_BREAK)


def mailbox(name: str, address: str) -> str:
    """A name and an address as From, To and Reply-To have them."""
    name = one_line(name)[:120]
    if not name:
        return address
    if name.isascii() and "=?" not in name:
        if not _ATOM.fullmatch(name):
            escaped = name.replace("\\", "\\\\").replace('"', '\\"')
            name = f'"{escaped}"'
        return f"{name}{_LINE_BREAK} <{address}>"
    encoded = Header(name, "utf-8", maxlinelen=60).encode(linesep=_LINE_BREAK)
    return f"{encoded}{_LINE_BREAK} <{address}>"


def _as_transported(address: str) -> tuple[str, bool]:
    """The address with its domain in ASCII; whether it still needs SMTPUTF8."""
    local, _, domain = one_line(address).replace(" ", "").rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    whole = f"{local}@{domain}"
    return whole, not whole.isascii()


# ---- body ---------------------------------------------------------------------------------------


def _body(
    outgoing: Outgoing, settings: EmailSettings, contents: Sequence[bytes]
) -> tuple[list[tuple[str, str]], bytes]:
    signature = "" if outgoing.is_automatic else settings.signature.strip()
    plain = f"{outgoing.text.rstrip()}\n\n-- \n{signature}\n" if signature else outgoing.text
    page = html_of(outgoing.text, html=outgoing.html, signature=signature, locale=outgoing.locale)
    if outgoing.withdrawal_url:
        words = translator(outgoing.locale, "channels")("mail.withdraw")
        plain = f"{plain.rstrip()}\n\n{words}\n{one_line(outgoing.withdrawal_url)}\n"
        page = with_way_out(page, words=words, url=one_line(outgoing.withdrawal_url))
    alternatives = _multipart(
        "alternative",
        f"=_{outgoing.id.hex}_a",
        [_text_part("plain", plain), _text_part("html", page)],
    )
    if not outgoing.files:
        return alternatives
    files = [
        _file_part(file, content) for file, content in zip(outgoing.files, contents, strict=True)
    ]
    return _multipart("mixed", f"=_{outgoing.id.hex}_m", [_joined(*alternatives), *files])


def _multipart(
    kind: str, boundary: str, parts: Sequence[bytes]
) -> tuple[list[tuple[str, str]], bytes]:
    """`=_` occurs in neither quoted-printable nor base64 (RFC 2045 section 6.7): the boundary is
    in no part."""
    opening = f"--{boundary}\r\n".encode()
    body = b"".join(opening + part + b"\r\n" for part in parts)
    value = f'multipart/{kind};{_LINE_BREAK} boundary="{boundary}"'
    return [("Content-Type", value)], body + f"--{boundary}--\r\n".encode()


def _joined(headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    head = "".join(f"{name}: {value}{_LINE_BREAK}" for name, value in headers)
    return head.encode("ascii") + b"\r\n" + body


def _text_part(subtype: str, value: str) -> bytes:
    data = "\r\n".join(value.splitlines()).encode("utf-8", "replace") + b"\r\n"
    foreign = sum(byte >= 0x80 for byte in data)
    if foreign * 6 > len(data):  # then base64 is shorter, as with Greek
        encoding, body = "base64", _base64(data)
    else:
        encoding, body = "quoted-printable", binascii.b2a_qp(data, istext=True)
    headers = [
        ("Content-Type", f"text/{subtype}; charset=utf-8"),
        ("Content-Transfer-Encoding", encoding),
    ]
    return _joined(headers, body)


def _file_part(file: OutgoingFile, content: bytes) -> bytes:
    media_type = file.media_type.lower()
    # A mail or a part of one may not be encoded (RFC 2046 section 5.2): it goes as a plain file.
    if not _MEDIA_TYPE.fullmatch(media_type) or media_type.startswith(("message/", "multipart/")):
        media_type = "application/octet-stream"
    name = one_line(file.file_name.replace("/", "_").replace("\\", "_"))[:FILE_NAME_MAX] or "file"
    # The name once more where older programs look for it, in the form they know (RFC 2047).
    older = Header(name, "utf-8", maxlinelen=60).encode(linesep=_LINE_BREAK)
    headers = [
        ("Content-Type", media_type if name.isascii() else f'{media_type}; name="{older}"'),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f"attachment;{_LINE_BREAK} {_file_name(name)}"),
    ]
    return _joined(headers, _base64(content))


def _file_name(name: str) -> str:
    """As RFC 2231 has it, where the name is not plain and short."""
    if name.isascii() and len(name) < 60 and '"' not in name:
        return f'filename="{name}"'
    pieces = ["utf-8''"]
    for letter in name:
        encoded = quote(letter, safe="")
        if len(pieces[-1]) + len(encoded) > 60:  # never within a letter
            pieces.append("")
        pieces[-1] += encoded
    if len(pieces) == 1:
        return f"filename*={pieces[0]}"
    return f";{_LINE_BREAK} ".join(f"filename*{at}*={piece}" for at, piece in enumerate(pieces))


def _base64(data: bytes) -> bytes:
    """In lines of 76 (RFC 2045 section 6.8)."""
    return base64.encodebytes(data).replace(b"\n", b"\r\n")
