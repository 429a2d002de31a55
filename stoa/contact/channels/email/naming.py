"""One name for one mail, however often and by whichever way it comes."""

import hashlib
import re

_NAMED = frozenset({b"from", b"subject", b"message-id"})
_END = re.compile(rb"\r?\n\r?\n")
_ID_MAX = 200


def split_head(content: bytes) -> tuple[bytes, bytes]:
    """Headers and body; the line between them belongs to neither."""
    end = _END.search(content)
    return (content[: end.start()], content[end.end() :]) if end else (content, b"")


def external_id_of(content: bytes) -> str:
    """The Message-ID and a hash over what the sender wrote.

    Without the way it took (Received, DKIM and the like): delivered again, it is the same mail.
    With the body: a forged Message-ID hides nobody's mail.
    """
    head, body = split_head(content)
    digest = hashlib.sha256()
    fields = [
        (name.strip().lower(), b" ".join(value.split()))
        for name, _, value in (line.partition(b":") for line in _unfolded(head))
    ]
    message_id = next((value for name, value in fields if name == b"message-id"), b"")
    for name, value in fields:
        # A server on the way adds the date that is missing, and each another one.
        if name in _NAMED or (name == b"date" and not message_id):
            digest.update(name + b":" + value + b"\n")
    # Servers on the way differ in line ends, and in how many of them there are at the end.
    digest.update(b"\n" + body.replace(b"\r\n", b"\n").rstrip(b"\n"))
    named = message_id[:_ID_MAX].decode("ascii", "replace").replace("\0", "")
    return f"{named} {digest.hexdigest()}".strip()


def _unfolded(head: bytes) -> list[bytes]:
    return re.sub(rb"\r?\n(?=[ \t])", b"", head).split(b"\n")
