"""Where a link leads, said so that nobody is misled."""

import re
from urllib.parse import unquote, urlsplit

SHOWN_MAX = 200

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(?://)?", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def shown_target(target: str, text: str) -> str | None:
    """What to write after a link; None if its text says it already.

    The name of the server in ASCII (RFC 5890), without what stands before an `@`: in
    `https://bank.example@evil.example/` that is for deceiving.
    """
    target = target.strip()
    if target.lower().startswith("mailto:"):
        address = unquote(target[7:].partition("?")[0])
        return None if _bare(address) == _bare(text) else f"mailto:{address}"[:SHOWN_MAX]
    if target.lower().startswith("tel:"):
        digits = re.sub(r"\D", "", target)
        return None if digits and digits[-7:] in re.sub(r"\D", "", text) else target[:SHOWN_MAX]
    host = _host(target)
    if host is None:
        return target[:SHOWN_MAX] or None
    parts = urlsplit(target)
    path = parts.path.rstrip("/")
    rest = f"{path}?{parts.query}" if parts.query else path
    if _says(text, host=host, rest=rest):
        return None
    shown = f"{parts.scheme}://{host}{rest}"
    return shown if len(shown) <= SHOWN_MAX else f"{shown[: SHOWN_MAX - 1]}…"


def _host(target: str) -> str | None:
    try:
        parts = urlsplit(target)
        host, port = parts.hostname or "", parts.port
        if not host:
            return None
        plain = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    return f"{plain}:{port}" if port else plain


def _says(text: str, *, host: str, rest: str) -> bool:
    """Whether a text is this address, whole or only its server."""
    said = _bare(text)
    whole = _bare(f"{host}{rest}")
    return bool(said) and said in (whole, _bare(host))


def _bare(text: str) -> str:
    bare = _SCHEME.sub("", _INVISIBLE.sub("", text).lower())
    return bare.removeprefix("www.").rstrip("/")
