"""A disconnected inbox gives back what it was granted, at a real provider (RFC 7009)."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from stoa.contact.channels import oauth
from stoa.contact.channels.email.sign_in import OtherSignIn, provider_of
from stoa.contact.channels.grants import Released
from stoa.contact.channels.inboxes import account_of, type_of
from stoa.contact.channels.protocol import Provider, TryLater
from stoa.contact.channels.revoking import described, give_back, revoke
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.contact.channels.oauth_world import (
    BASE,
    an_installation,
    at_the_desk,
    granted,
    mailbox_settings,
    make_inbox,
)
from tests.contact.channels.oauth_world import running as running
from tests.contact.channels.oauth_world import server as server
from tests.factories.shops import make_shop
from tests.servers.oauth import OAuthServer


def provider_at(server: OAuthServer, **more: Any) -> Provider:
    found = provider_of(
        OtherSignIn.model_validate(server.sign_in() | more), address="shop@shop.example"
    )
    assert found is not None
    return found


@pytest.mark.parametrize("is_named", [True, False])
async def test_what_was_granted_is_worth_nothing_afterwards(
    server: OAuthServer, is_named: bool
) -> None:
    named = {"revocation_url": f"{server.url}/token/revocation"} if is_named else {}
    provider = provider_at(server, **named)
    tokens = await granted(provider)
    assert tokens.refresh_token is not None
    token = tokens.refresh_token.get_secret_value()
    assert (await give_back(Released(provider, token))).problem is None
    with pytest.raises(oauth.GrantEnded):
        await oauth.refresh(provider, refresh_token=token)
    # A second time it is known no more, which is no failure.
    assert (await give_back(Released(provider, token))).problem is None


@pytest.mark.parametrize("is_down", [True, False])
async def test_an_inbox_is_disconnected_whatever_the_provider_says(
    server: OAuthServer,
    own_database: Database,
    own_database_url: str,
    tmp_path: Path,
    is_down: bool,
) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=own_database_url, demo=False, public_url=BASE
    )
    shop = await make_shop(own_database)
    inbox = await make_inbox(
        own_database,
        shop_id=shop.id,
        settings=settings,
        wanted=mailbox_settings(server.sign_in()),
    )
    provider = type_of(inbox.channel).provider(account_of(inbox, settings=settings).settings)
    assert provider is not None
    async with an_installation(settings) as url, at_the_desk(url, own_database) as desk:
        await desk.connect(inbox.id)
        server.set(isDown=is_down)
        async with desk.http.delete(f"/api/desk/inboxes/{inbox.id}/sign-in") as response:
            assert response.status == 200
            problem = (await response.json())["problem"]
        assert (await desk.inbox())["connection"]["state"] == "none"
    assert await own_database.pool.fetchval("SELECT count(*) FROM inbox_grant") == 0
    if is_down:
        assert (problem["reason"], problem["code"]) == ("oauth_not_revoked", "503")
        assert problem["params"] == {"provider": provider.name}
    else:
        assert problem is None


async def test_who_refuses_or_is_away_is_named(server: OAuthServer) -> None:
    strange = replace(provider_at(server), client_secret="another")
    said = (await give_back(Released(strange, "a token"))).problem
    assert said is not None
    assert (said.reason, said.code) == ("oauth_not_revoked", "invalid_client")
    away = replace(strange, token_url="http://127.0.0.1:9/token")
    said = (await give_back(Released(away, "a token"))).problem
    assert said is not None
    assert said.reason == "oauth_not_revoked"
    assert said.text


async def test_a_provider_without_a_place_for_it_is_not_asked() -> None:
    nowhere = Provider("x", "http://127.0.0.1:9/a", "http://127.0.0.1:9/t", "id", "secret")
    await revoke(nowhere, token="a token")
    assert (await give_back(None)).problem is None


@asynccontextmanager
async def describing(path: str, said: Callable[[str], object]) -> AsyncIterator[str]:
    """A provider that describes itself there; gives its address."""
    app = web.Application()

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(said(f"http://{request.host}"))

    app.router.add_get(path, answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


TOKENS = "/realms/shop/protocol/openid-connect/token"


@pytest.mark.parametrize(
    ("path", "named", "token_path", "is_found"),
    [
        ("/realms/shop/.well-known/openid-configuration", "{0}/revoke", TOKENS, True),
        ("/.well-known/openid-configuration", "{0}/revoke", TOKENS, True),
        ("/.well-known/oauth-authorization-server", "{0}/revoke", TOKENS, True),
        # Of somebody else's tokens, or where the token would be sent in clear.
        ("/.well-known/openid-configuration", "{0}/revoke", "/other/token", False),
        ("/.well-known/openid-configuration", "http://evil.example/revoke", TOKENS, False),
        ("/.well-known/openid-configuration", "file:///etc/passwd", TOKENS, False),
        ("/nowhere", "{0}/revoke", TOKENS, False),
    ],
)
async def test_the_place_is_believed_of_who_gave_the_tokens(
    path: str, named: str, token_path: str, is_found: bool
) -> None:
    def said(url: str) -> object:
        return {
            "issuer": url,
            "token_endpoint": url + token_path,
            "revocation_endpoint": named.format(url),
        }

    async with describing(path, said) as url:
        provider = Provider("x", f"{url}/a", url + TOKENS, "id", "secret", revocation_url="")
        assert await described(provider) == (f"{url}/revoke" if is_found else "")


@pytest.mark.parametrize("wrong", [[], {"token_endpoint": 7}, "text", None])
async def test_what_describes_nothing_is_no_place(wrong: object) -> None:
    async with describing("/.well-known/openid-configuration", lambda _: wrong) as url:
        provider = Provider("x", f"{url}/a", f"{url}/t", "id", "secret", revocation_url="")
        assert await described(provider) == ""


async def test_who_cannot_be_asked_for_its_place_has_confirmed_nothing() -> None:
    gone = Provider(
        "x", "http://127.0.0.1:9/a", "http://127.0.0.1:9/t", "i", "s", revocation_url=""
    )
    with pytest.raises(TryLater):
        await described(gone)
