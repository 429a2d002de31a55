"""DKIM signatures (RFC 6376), relaxed in header and body.

Ours, and not dkimpy's, because that one computes RSA in Python: it took most of a mail's time.
"""

import base64
import hashlib
import re

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from stoa.contact.channels.email.keys import SigningKey

# What may not be changed on the way.
_SIGNED = (
    *(b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"in-reply-to"),
    *(b"references", b"mime-version", b"content-type", b"auto-submitted", b"content-language"),
    *(b"list-unsubscribe", b"list-unsubscribe-post"),
)
# Once more than they occur: no second one can be added (section 8.15).
_NEVER_ADDED = (b"from", b"reply-to")
_BLANKS = re.compile(rb"[ \t]+")


def sign(content: bytes, *, key: SigningKey, domain: str, selector: str) -> bytes:
    """The DKIM-Signature header to put before a mail in which every header occurs once and every
    line ends as RFC 5322 wants it."""
    head, _, body = content.partition(b"\r\n\r\n")
    fields = dict(map(_relaxed_field, re.split(rb"\r\n(?![ \t])", head)))
    names = [name for name in _SIGNED if name in fields]
    body_hash = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest())
    unsigned = b";\r\n ".join(
        [
            b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed",
            b"d=" + domain.encode("idna") + b"; s=" + selector.encode("idna"),
            b"h=" + b":\r\n  ".join([*names, *_NEVER_ADDED]),
            b"bh=" + body_hash,
            b"b=",
        ]
    )
    own_name, own_value = _relaxed_field(unsigned)
    signed = [name + b":" + fields[name] for name in names]
    data = b"\r\n".join([*signed, own_name + b":" + own_value])
    signature = base64.b64encode(key.private.sign(data, PKCS1v15(), SHA256()))
    pieces = [signature[at : at + 72] for at in range(0, len(signature), 72)]
    return unsigned + b"\r\n  ".join(pieces) + b"\r\n"


def _relaxed_field(field: bytes) -> tuple[bytes, bytes]:
    """Section 3.4.2."""
    name, _, value = field.partition(b":")
    return name.strip().lower(), _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip()


def _relaxed_body(body: bytes) -> bytes:
    """Section 3.4.4."""
    body = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n")
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n" if end else b""
