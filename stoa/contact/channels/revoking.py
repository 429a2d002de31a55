"""What a person granted is given back at the provider (RFC 7009) when an inbox is disconnected.

The connection here is over before that: whatever becomes of it, nobody here goes by the tokens.
"""

import asyncio
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import structlog

from stoa.contact.channels import oauth
from stoa.contact.channels.grants import Released, said_of
from stoa.contact.channels.protocol import Provider, TryLater
from stoa.contact.channels.schemas import SignedOut, Trouble

log = structlog.get_logger()

DESCRIBED_MAX: Final = 6  # places at which a provider is looked for what it says of itself
# It is worth nothing there already; the standard has a success for that, and Google this.
_GONE: Final = frozenset({"invalid_token", "invalid_grant"})


async def give_back(released: Released | None) -> SignedOut:
    """The provider takes it no more, or it is said that it has not confirmed that. One that has no
    place for it is not asked: its own pages do it (as Microsoft's)."""
    if released is None:
        return SignedOut(problem=None)
    try:
        async with asyncio.timeout(oauth.ANSWER_SECONDS):
            await revoke(released.provider, token=released.refresh_token)
    except (TryLater, TimeoutError) as error:
        said = error if isinstance(error, TryLater) else TryLater("", text="TimeoutError")
        problem = TryLater(
            "oauth_not_revoked",
            code=said.code,
            text=said.text,
            provider=released.provider.name,
        )
        log.warning("oauth.not_revoked", provider=problem.params["provider"], code=problem.code)
        return SignedOut(problem=Trouble.model_validate(said_of(problem)))
    return SignedOut(problem=None)


async def revoke(provider: Provider, *, token: str) -> None:
    """
    Raises:
        TryLater: the provider has not said that it is over.
    """
    if provider.revocation_url is None:
        return
    url = provider.revocation_url or await described(provider)
    if not url:
        return
    form = {"token": token, "token_type_hint": "refresh_token"}
    status, body, _ = await oauth.post(provider, url, form)
    if status == 200:
        return
    found = oauth.object_in(body)
    code = str(found.get("error") or status)[:100]
    if code not in _GONE:
        text = " ".join(str(found.get("error_description") or "").split())[:300]
        raise TryLater("oauth_not_revoked", code=code, text=text, provider=provider.name)


async def described(provider: Provider) -> str:
    """The place that a provider names where it describes itself (OpenID Connect Discovery 1.0, RFC
    8414); empty if it does not. It has to be the one whose tokens these are.

    Raises:
        TryLater: it could not be asked.
    """
    timeout = aiohttp.ClientTimeout(total=oauth.ANSWER_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as http:
            for url in _descriptions(provider.token_url):
                async with http.get(url, allow_redirects=False) as response:
                    if response.status != 200:
                        continue
                    found = oauth.object_in(await response.content.read(oauth.ANSWER_MAX))
                if found.get("token_endpoint") == provider.token_url:
                    return _trusted(found.get("revocation_endpoint"), provider)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise TryLater("oauth_away", text=type(error).__name__, provider=provider.name) from error
    return ""


def _descriptions(token_url: str) -> Iterator[str]:
    """Above the address of the tokens: `/realms/x/protocol/token` is of the issuer `/realms/x`."""
    parts = urlsplit(token_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    segments = [segment for segment in parts.path.split("/") if segment]
    for length in range(max(len(segments) - 1, 0), max(len(segments) - DESCRIBED_MAX, 0) - 1, -1):
        path = "".join(f"/{segment}" for segment in segments[:length])
        yield f"{origin}{path}/.well-known/openid-configuration"
    yield f"{origin}/.well-known/oauth-authorization-server"


def _trusted(url: object, provider: Provider) -> str:
    """It is given a secret: by TLS, or within the machine as the tokens were."""
    if not isinstance(url, str) or len(url) > 500:
        return ""
    there, known = urlsplit(url), urlsplit(provider.token_url)
    is_same = (there.scheme, there.netloc) == (known.scheme, known.netloc)
    return url if is_same or (there.scheme == "https" and there.hostname) else ""
