"""The words spoken with a provider one signs in at: OAuth 2.0 (RFC 6749) with PKCE (RFC 7636).

`docs/decisions` says why not a library: two forms and one answer are all there is to it, and what
is hard (once, one at a time, kept in the same step) is the database's.
"""

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

import aiohttp
import orjson
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from stoa.contact.channels.protocol import Provider, TryLater

ANSWER_SECONDS = 20.0
_NUMBER = re.compile(r"[0-9]{1,9}")
ANSWER_MAX = 256 * 1024
# Where a provider does not say how long a token lasts (RFC 6749 section 5.1 only recommends it).
LASTS_SECONDS: Final = 3600
# What was granted is over: only the person who owns the account can give it again. The last three
# are OpenID Connect's, and Microsoft answers a refresh with them.
_OVER: Final = frozenset(
    {"invalid_grant", "interaction_required", "consent_required", "login_required"}
)
_OUR_KEYS: Final = frozenset({"invalid_client", "unauthorized_client"})
_LATER: Final = frozenset({"server_error", "temporarily_unavailable", "slow_down"})


class GrantEnded(TryLater):
    """The provider takes no more what it once granted."""

    needs_person = True


class Tokens(BaseModel):
    """A provider's answer (RFC 6749 section 5.1)."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    access_token: SecretStr = Field(min_length=1, max_length=32_768)
    token_type: str
    expires_in: int = Field(default=LASTS_SECONDS, ge=1, le=366 * 86_400)
    refresh_token: SecretStr | None = None
    scope: str = ""  # what was granted, where it is not what was asked for
    id_token: SecretStr | None = None

    @model_validator(mode="before")
    @classmethod
    def _said(cls, values: Any) -> Any:
        """Some send null for what they do not say."""
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value is not None}


def new_verifier() -> str:
    """RFC 7636 section 4.1."""
    return secrets.token_urlsafe(48)


def challenge_of(verifier: str) -> str:
    """RFC 7636 section 4.2; its appendix B shows one."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def sign_in_url(provider: Provider, *, redirect_url: str, state: str, challenge: str) -> str:
    """Where the person is sent to; what the address asks for already stays (section 3.1)."""
    parts = urlsplit(provider.authorization_url)
    query = {
        **dict(parse_qsl(parts.query, keep_blank_values=True)),
        **provider.more,
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_url,
        "scope": " ".join(provider.scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return parts._replace(query=urlencode(query), fragment="").geturl()


async def exchange(provider: Provider, *, code: str, verifier: str, redirect_url: str) -> Tokens:
    """What the person granted: all that is needed, and for longer than this once.

    Raises:
        TryLater: it was not given; the reason says why.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_url,
        "code_verifier": verifier,
    }
    try:
        tokens = await _ask(provider, form)
    except GrantEnded as problem:  # it is the code that was too old: nothing had begun
        raise TryLater(
            "oauth_refused", code=problem.code, text=problem.text, provider=provider.name
        ) from problem
    if tokens.refresh_token is None or not tokens.refresh_token.get_secret_value():
        raise TryLater("oauth_not_lasting", provider=provider.name)
    granted = tokens.scope.split()
    if granted and not set(provider.needs) <= set(granted):
        raise TryLater("oauth_lacks_mail", provider=provider.name)
    return tokens


async def refresh(provider: Provider, *, refresh_token: str) -> Tokens:
    """A new access token, and perhaps a new refresh token: then the old one may be worthless.

    Raises:
        GrantEnded: never again with this one.
        TryLater
    """
    return await _ask(provider, {"grant_type": "refresh_token", "refresh_token": refresh_token})


async def _ask(provider: Provider, form: Mapping[str, str]) -> Tokens:
    status, body, wait = await post(provider, provider.token_url, form)
    found = object_in(body)
    if status == 200:
        try:
            tokens = Tokens.model_validate(found)
        except ValidationError as error:
            raise TryLater("oauth_unreadable", provider=provider.name) from error
        if tokens.token_type.lower() != "bearer":  # no other can be given to a mail server
            raise TryLater("oauth_unreadable", provider=provider.name)
        return tokens
    problem = _refusal(provider, status, found)
    problem.after = wait
    raise problem


async def post(
    provider: Provider, url: str, form: Mapping[str, str]
) -> tuple[int, bytes, timedelta | None]:
    """Status, body, and after what time the provider wants to be asked again.

    Raises:
        TryLater: nobody answers.
    """
    headers = {"Accept": "application/json"}
    client = {"client_id": provider.client_id}
    if provider.client_secret and provider.has_header:
        # Encoded before they are joined (RFC 6749 section 2.3.1).
        both = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode('ascii')}"
        client = {}
    elif provider.client_secret:
        client["client_secret"] = provider.client_secret
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            # A redirect would carry the secret to somebody else.
            http.post(
                url, data={**form, **client}, headers=headers, allow_redirects=False
            ) as response,
        ):
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > ANSWER_MAX:
                    break  # no answer of tokens is as long
            said = response.headers.get("Retry-After", "")
            # What is longer than a day was not meant so.
            wait = timedelta(seconds=min(int(said), 86_400)) if _NUMBER.fullmatch(said) else None
            return response.status, bytes(body[:ANSWER_MAX]), wait
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        text = type(error).__name__
        raise TryLater("oauth_away", text=text, provider=provider.name) from error


def _refusal(provider: Provider, status: int, found: Mapping[str, Any]) -> TryLater:
    code = str(found.get("error") or status)[:100]
    text = " ".join(str(found.get("error_description") or "").split())[:300]
    said = {"code": code, "text": text, "provider": provider.name}
    if code in _OVER:
        return GrantEnded("oauth_ended", **said)
    if code in _LATER or status >= 500 or status == 429 or "error" not in found:
        return TryLater("oauth_away", **said)
    problem = TryLater("oauth_keys" if code in _OUR_KEYS else "oauth_refused", **said)
    problem.needs_person = True
    return problem


def owner_of(tokens: Tokens) -> str:
    """Whose account it is, if the answer says so.

    It came from the provider itself over TLS, so that its signature need not be proved (OpenID
    Connect Core 1.0, section 3.1.3.7, 6); it is shown, and nothing depends on it.
    """
    if tokens.id_token is None:
        return ""
    pieces = tokens.id_token.get_secret_value().split(".")
    try:
        claims = object_in(base64.urlsafe_b64decode(pieces[1] + "=" * (-len(pieces[1]) % 4)))
    except (IndexError, binascii.Error, ValueError):
        return ""
    names = (claims.get(name) for name in ("email", "preferred_username", "upn", "sub"))
    return next((name for name in names if isinstance(name, str) and name), "")[:254]


def object_in(body: bytes) -> Mapping[str, Any]:
    """What an answer says; nothing, if it is no object of JSON."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
