"""Tokens, cookies, the cross-site check, and the headers every answer carries."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Literal

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stoa.platform.errors import DomainError
from stoa.platform.node import node_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REQUEST_HEADER = "x-stoa-request"
TOKEN_MAX = 200


class CrossSiteRequest(DomainError):
    """An unsafe request without the header that only our own pages can add."""

    code = "cross_site_request"
    status = 403


def new_token() -> tuple[str, bytes]:
    """A random token of 256 bits for a URL or a cookie, and the hash that the database keeps."""
    token = secrets.token_urlsafe(32)
    return token, hash_token(token)


def hash_token(token: str) -> bytes:
    """SHA-256 suffices for a token that nobody can guess (unlike a password)."""
    return hashlib.sha256(token.encode()).digest()


def cookie(connection: HTTPConnection, name: str) -> str | None:
    """The cookie's value, if it could be a token."""
    value = connection.cookies.get(name)
    return value if value and len(value) <= TOKEN_MAX else None


def set_cookie(
    connection: HTTPConnection,
    response: Response,
    *,
    name: str,
    value: str,
    max_age_seconds: int | None,
    same_site: Literal["lax", "strict"] = "lax",
) -> None:
    """The browser keeps `value`, out of reach of scripts; None lasts as long as the browser."""
    response.set_cookie(
        name,
        value,
        max_age=max_age_seconds,
        path="/",
        secure=node_of(connection).settings.is_https,
        httponly=True,
        samesite=same_site,
    )


def drop_cookie(connection: HTTPConnection, response: Response, *, name: str) -> None:
    response.delete_cookie(
        name, path="/", secure=node_of(connection).settings.is_https, httponly=True
    )


def require_own_page(connection: HTTPConnection) -> None:
    """An unsafe request comes from a page of ours: forms and foreign pages cannot add the header.

    Raises:
        CrossSiteRequest: the header is missing.
    """
    if connection.scope.get("method", "GET") in SAFE_METHODS:
        return
    if connection.headers.get(REQUEST_HEADER) != "1":
        raise CrossSiteRequest()


def client_address(connection: HTTPConnection) -> str:
    """The address the request came from, behind the proxies that settings trust."""
    return connection.client.host if connection.client else ""


# What a page may load, by the start of its path. Data blocks such as JSON-LD are no scripts and need
# no entry. The counter's frame brings its own policy: other shops may show it.
_SELF = (
    "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self';"
    " img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' {socket};"
    " frame-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
)
# The noise suppressor of the desk's calls is WebAssembly in an audio worklet.
_WITH_CALLS = _SELF.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
_POLICIES: Sequence[tuple[str, str]] = (
    ("/desk", _WITH_CALLS + " frame-ancestors 'none'"),
    ("/api/", "default-src 'none'; frame-ancestors 'none'; sandbox"),
    ("/media/", "default-src 'none'; frame-ancestors 'none'; sandbox"),
    ("/", _SELF + " frame-ancestors 'self'"),
)


# A shop's page gives these on to the counter's frame (its `allow`), which is of the same origin there
# and of ours in somebody else's shop. Chromium knows no list that names "every frame's own origin".
PERMISSIONS = (
    "microphone=(self), camera=(self), display-capture=(self), autoplay=(self),"
    " geolocation=(), payment=()"
)


def policy_for(path: str, *, socket_origin: str) -> str:
    """The content security policy of the page at `path`."""
    policy = next(policy for prefix, policy in _POLICIES if path.startswith(prefix))
    return policy.replace("{socket}", socket_origin)


class SecurityHeaders:
    """Adds the headers to every answer that does not bring its own."""

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self.app = app
        self._is_https = base_url.startswith("https://")
        # Older Safari does not count a WebSocket of the same host as 'self'.
        self._socket_origin = "ws" + base_url.removeprefix("http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, headers: MutableHeaders, path: str) -> None:
        policy = policy_for(path, socket_origin=self._socket_origin)
        headers.setdefault("content-security-policy", policy)
        headers.setdefault("x-content-type-options", "nosniff")
        headers.setdefault("referrer-policy", "strict-origin-when-cross-origin")
        headers.setdefault("permissions-policy", PERMISSIONS)
        if path.startswith("/desk"):
            headers.setdefault("cross-origin-opener-policy", "same-origin")
        if self._is_https:
            headers.setdefault("strict-transport-security", "max-age=31536000")
