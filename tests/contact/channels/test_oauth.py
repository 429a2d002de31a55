"""What is said to a provider, and what is made of whatever it answers."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from aiohttp import web

from stoa.contact.channels import oauth
from stoa.contact.channels.oauth import (
    GrantEnded,
    challenge_of,
    new_verifier,
    owner_of,
    sign_in_url,
)
from stoa.contact.channels.protocol import Provider, TryLater

PROVIDER = Provider(
    name="Provider",
    authorization_url="https://login.example/authorize?audience=mail",
    token_url="https://login.example/token",
    client_id="an app",
    client_secret="a:secret&more",
    scopes=("imap", "offline_access"),
    more={"prompt": "consent"},
)
GOOD = {"access_token": "a1", "token_type": "Bearer", "refresh_token": "r1", "expires_in": 60}


def test_a_challenge_is_the_standards() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert 43 <= len(new_verifier()) <= 128
    assert new_verifier() != new_verifier()


def test_the_address_keeps_its_own_query() -> None:
    url = sign_in_url(PROVIDER, redirect_url="https://s/x", state="s&t", challenge="c")
    assert dict(parse_qsl(urlsplit(url).query)) == {
        "audience": "mail",
        "prompt": "consent",
        "response_type": "code",
        "client_id": "an app",
        "redirect_uri": "https://s/x",
        "scope": "imap offline_access",
        "state": "s&t",
        "code_challenge": "c",
        "code_challenge_method": "S256",
    }


def test_a_new_secret_is_for_the_same_grant_and_another_program_is_not() -> None:
    assert PROVIDER.is_same_grant(replace(PROVIDER, client_secret="new"))
    assert not PROVIDER.is_same_grant(replace(PROVIDER, client_id="other"))
    assert not PROVIDER.is_same_grant(replace(PROVIDER, token_url="https://evil.example/"))
    assert not PROVIDER.is_same_grant(None)
    assert "a:secret&more" not in repr(PROVIDER)


def an_id_token(claims: object) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{middle}.c2ln"


@pytest.mark.parametrize(
    ("id_token", "owner"),
    [
        (an_id_token({"sub": "1", "email": "shop@example.org"}), "shop@example.org"),
        (an_id_token({"sub": "1", "preferred_username": "shop@ms.example"}), "shop@ms.example"),
        (an_id_token({"sub": "1", "email": 5}), "1"),
        (an_id_token([]), ""),
        ("nothing", ""),
        ("a.%%%.b", ""),
        (None, ""),
    ],
)
def test_whose_account_it_is(id_token: str | None, owner: str) -> None:
    tokens = oauth.Tokens.model_validate(GOOD | {"id_token": id_token})
    assert owner_of(tokens) == owner


# ---- what comes back ----------------------------------------------------------------------------

Answer = Callable[[web.Request], Any]


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[Provider]:
    """A provider on loopback that answers so."""

    async def handle(request: web.Request) -> web.StreamResponse:
        found = answer(request)
        response: web.StreamResponse = await found if asyncio.iscoroutine(found) else found
        return response

    app = web.Application()
    app.router.add_post("/token", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        yield replace(PROVIDER, token_url=f"http://127.0.0.1:{port}/token")
    finally:
        await runner.cleanup()


def said(body: object, status: int = 200) -> Answer:
    return lambda _: web.json_response(body, status=status)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (said({"error": "invalid_grant", "error_description": "gone"}, 400), "oauth_ended"),
        (said({"error": "interaction_required"}, 400), "oauth_ended"),
        (said({"error": "invalid_client"}, 401), "oauth_keys"),
        (said({"error": "unauthorized_client"}, 400), "oauth_keys"),
        (said({"error": "invalid_scope"}, 400), "oauth_refused"),
        (said({"error": "temporarily_unavailable"}, 400), "oauth_away"),
        (said({"error": "invalid_grant"}, 429), "oauth_ended"),
        (said({}, 429), "oauth_away"),
        (said(["no object"], 400), "oauth_away"),
        (lambda _: web.Response(text="<html>", status=502), "oauth_away"),
        (lambda _: web.Response(status=302, headers={"Location": "/elsewhere"}), "oauth_away"),
        (lambda _: web.Response(text="no json"), "oauth_unreadable"),
        (said({"token_type": "Bearer"}), "oauth_unreadable"),
        (said(GOOD | {"token_type": "mac"}), "oauth_unreadable"),
        (said(GOOD | {"expires_in": "soon"}), "oauth_unreadable"),
        (said(GOOD | {"more": "x" * oauth.ANSWER_MAX}), "oauth_unreadable"),
    ],
)
async def test_each_refusal_has_its_reason(answer: Answer, reason: str) -> None:
    async with answering(answer) as provider:
        with pytest.raises(TryLater) as caught:
            await oauth.refresh(provider, refresh_token="r0")
    assert caught.value.reason == reason
    assert isinstance(caught.value, GrantEnded) == (reason == "oauth_ended")
    assert caught.value.params == {"provider": "Provider"}
    assert "r0" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120), ("999999999", 86_400), ("soon", None), ("²", None)]
)
async def test_a_provider_says_when_to_come_back(header: str, seconds: int | None) -> None:
    def busy(_: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": header})

    async with answering(busy) as provider:
        with pytest.raises(TryLater) as caught:
            await oauth.refresh(provider, refresh_token="r0")
    assert caught.value.after == (timedelta(seconds=seconds) if seconds else None)


async def test_a_provider_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oauth, "ANSWER_SECONDS", 0.2)

    async def never(_: web.Request) -> web.Response:
        await asyncio.sleep(2)
        return web.Response()

    async with answering(never) as provider:
        with pytest.raises(TryLater) as caught:
            await oauth.refresh(provider, refresh_token="r0")
    assert caught.value.reason == "oauth_away"


@pytest.mark.parametrize("has_header", [True, False])
async def test_the_program_proves_itself_as_the_provider_wants(has_header: bool) -> None:
    seen: list[tuple[str | None, dict[str, str]]] = []

    async def note(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        seen.append((request.headers.get("Authorization"), form))
        return web.json_response(GOOD)

    async with answering(note) as provider:
        await oauth.refresh(replace(provider, has_header=has_header), refresh_token="r0")
    [(header, form)] = seen
    if has_header:
        # Encoded first, so that a colon in either tells nobody where the other begins.
        assert header == "Basic " + base64.b64encode(b"an+app:a%3Asecret%26more").decode()
        assert "client_secret" not in form
    else:
        assert header is None
        assert (form["client_id"], form["client_secret"]) == ("an app", "a:secret&more")
    assert (form["grant_type"], form["refresh_token"]) == ("refresh_token", "r0")


async def exchanged(provider: Provider) -> oauth.Tokens:
    return await oauth.exchange(provider, code="c", verifier="v", redirect_url="https://s/x")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (said({"error": "invalid_grant"}, 400), "oauth_refused"),
        (said(GOOD | {"refresh_token": None}), "oauth_not_lasting"),
        (said(GOOD | {"refresh_token": ""}), "oauth_not_lasting"),
        (said(GOOD | {"scope": "openid"}), "oauth_lacks_mail"),
    ],
)
async def test_what_does_not_suffice_connects_nothing(answer: Answer, reason: str) -> None:
    async with answering(answer) as provider:
        with pytest.raises(TryLater) as caught:
            await exchanged(replace(provider, needs=("imap",)))
    assert caught.value.reason == reason
    assert not isinstance(caught.value, GrantEnded)


async def test_what_is_not_said_is_what_the_standard_says() -> None:
    short = {"access_token": "a", "token_type": "bearer", "refresh_token": "r", "expires_in": None}
    async with answering(said(short)) as provider:
        tokens = await exchanged(replace(provider, needs=("imap",)))
    assert tokens.expires_in == oauth.LASTS_SECONDS
    assert "'a'" not in repr(tokens)
