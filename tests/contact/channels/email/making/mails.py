"""A mail's bytes from its pieces, byte for byte the same each time."""

from base64 import encodebytes
from collections.abc import Sequence
from email.header import Header
from quopri import encodestring

from tests.contact.channels.email.making.words import SHOP_ADDRESS, WORDS, Words

DATE = "Mon, 2 Nov 2026 11:12:13 +0100"


def mail(headers: Sequence[tuple[str, str]], body: bytes | str) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    data = body.encode() if isinstance(body, str) else body
    return crlf(head.encode() + b"\r\n" + data)


def crlf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def word(value: str) -> str:
    return value if value.isascii() else Header(value, "utf-8", maxlinelen=200).encode()


def common(
    words: Words = WORDS["en"],
    *,
    subject: str | None = None,
    message_id: str | None = "<1@customer.example>",
    answers: str | None = None,
    extra: Sequence[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    headers = [
        *extra,
        ("From", f"{word(words.name)} <{words.address}>"),
        ("To", f"Stoa <{SHOP_ADDRESS}>"),
        ("Subject", word(words.subject if subject is None else subject)),
        ("Date", DATE),
    ]
    if message_id:
        headers.append(("Message-ID", message_id))
    if answers:
        headers += [("In-Reply-To", answers), ("References", f"<0@stoa.example> {answers}")]
    return [*headers, ("MIME-Version", "1.0")]


def part(
    content_type: str,
    content: bytes | str,
    *,
    charset: str | None = "utf-8",
    encoding: str = "quoted-printable",
    extra: str = "",
) -> bytes:
    data = content.encode(charset or "ascii") if isinstance(content, str) else content
    named = f'{content_type}; charset="{charset}"' if charset else content_type
    if encoding == "quoted-printable":
        data = encodestring(data)
    elif encoding == "base64":
        data = encodebytes(data)
    head = f"Content-Type: {named}\nContent-Transfer-Encoding: {encoding}\n{extra}\n"
    return head.encode() + data


def multipart(kind: str, parts: Sequence[bytes], boundary: str = "=_b1") -> bytes:
    opening = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode()
    body = b"".join(b"--" + boundary.encode() + b"\n" + each + b"\n" for each in parts)
    return opening + body + f"--{boundary}--\n".encode()


def whole(headers: Sequence[tuple[str, str]], structure: bytes) -> bytes:
    """A mail of headers and a part, which brings its own."""
    head = "".join(f"{name}: {value}\n" for name, value in headers).encode()
    return crlf(head + structure)


def reply(words: Words, plain: str, html: str, *, subject: str, flowed: bool = False) -> bytes:
    headers = common(words, subject=subject, answers="<7@stoa.example>")
    kind = "text/plain; format=flowed" if flowed else "text/plain"
    if plain and html:
        parts = [part(kind, plain), part("text/html", html)]
        return whole(headers, multipart("alternative", parts))
    return whole(headers, part("text/html", html) if html else part(kind, plain))


def new_mail(words: Words, plain: str, *, subject: str) -> bytes:
    """One that answers nothing."""
    return whole(common(words, subject=subject), part("text/plain", plain))
