"""An inbox that signs in at a real provider, and the administrator who connects it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import aiohttp
import pytest

from stoa.contact.channels import oauth
from stoa.contact.channels.connecting import REDIRECT_PATH
from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.models import Inbox
from stoa.contact.channels.protocol import Provider
from stoa.main import create_app
from stoa.people.identity.guards import STAFF_COOKIE
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.factories.people import a_staff_token, an_agent
from tests.servers.asgi import serving
from tests.servers.oauth import OAuthServer, grant_as, running_oauth

BASE = "https://stoa.example"
REDIRECT = f"{BASE}{REDIRECT_PATH}"
SHOP = "shop@shop.example"


@pytest.fixture(scope="module")
def running() -> Iterator[OAuthServer]:
    with running_oauth([REDIRECT]) as found:
        yield found


@pytest.fixture
def server(running: OAuthServer) -> OAuthServer:
    running.forget()
    return running


def mailbox_settings(sign_in: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A mailbox that is nowhere, with this way of signing in."""
    plain = {
        "address": SHOP,
        "sign_in": sign_in,
        "imap_host": "127.0.0.1",
        "imap_port": 9,
        "smtp_host": "127.0.0.1",
        "smtp_port": 9,
    }
    return plain | more


async def make_inbox(
    database: Database, *, shop_id: UUID, settings: Settings, wanted: dict[str, Any]
) -> Inbox:
    async with database.begin() as session:
        return await add_inbox(
            session,
            shop_id=shop_id,
            channel="email",
            name="Post",
            settings=wanted,
            staff_id=None,
            key=settings.secret_key,
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """A member of staff at an installation, by HTTP."""

    http: aiohttp.ClientSession

    async def begin(self, inbox_id: UUID) -> str:
        """The address at the provider."""
        async with self.http.post(f"/api/desk/inboxes/{inbox_id}/sign-in", json={}) as response:
            assert response.status == 200, await response.text()
            url: str = (await response.json())["url"]
            return url

    async def finish(self, came_back: str | dict[str, str]) -> tuple[int, dict[str, Any]]:
        """What the desk's page does with what the provider added to the address."""
        found = answer_in(came_back) if isinstance(came_back, str) else came_back
        async with self.http.post("/api/desk/sign-ins", json=found) as response:
            return response.status, await response.json()

    async def connect(self, inbox_id: UUID, *, person: str = SHOP) -> dict[str, Any]:
        """The inbox is connected, as whoever is at the provider."""
        url = await self.begin(inbox_id)
        status, said = await self.finish(await grant_as(person, url, until=REDIRECT))
        assert status == 200, said
        return said

    async def inbox(self) -> dict[str, Any]:
        async with self.http.get("/api/desk/channels") as response:
            found: dict[str, Any] = (await response.json())["inboxes"][0]
            return found


def answer_in(url: str) -> dict[str, str]:
    known = ("state", "code", "error", "error_description")
    return {name: value for name, value in parse_qsl(urlsplit(url).query) if name in known}


@asynccontextmanager
async def at_the_desk(
    url: str, database: Database, *, role: str = "administrator"
) -> AsyncIterator[Desk]:
    person = await an_agent(database, role=role)
    assert person.staff_id is not None
    token = await a_staff_token(database, staff_id=person.staff_id)
    headers = {"X-Stoa-Request": "1", "Cookie": f"{STAFF_COOKIE}={token}"}
    async with aiohttp.ClientSession(url, headers=headers) as http:
        yield Desk(http)


@asynccontextmanager
async def an_installation(settings: Settings) -> AsyncIterator[str]:
    async with serving(create_app(settings)) as address:
        yield address


async def tokens_of(server: OAuthServer, *, person: str = SHOP) -> str:
    """An access token that the provider gave for this person's mailbox."""
    wanted = server.sign_in()
    provider = Provider(
        name="tests",
        authorization_url=wanted["authorization_url"],
        token_url=wanted["token_url"],
        client_id=wanted["client_id"],
        client_secret=wanted["client_secret"],
        scopes=wanted["scopes"].split(),
        more={"prompt": "consent"},
    )
    return (await granted(provider, person=person)).access_token.get_secret_value()


async def granted(provider: Provider, *, person: str = SHOP) -> oauth.Tokens:
    """What a person grants at the provider."""
    verifier = oauth.new_verifier()
    url = oauth.sign_in_url(
        provider, redirect_url=REDIRECT, state="s", challenge=oauth.challenge_of(verifier)
    )
    code = answer_in(await grant_as(person, url, until=REDIRECT))["code"]
    return await oauth.exchange(provider, code=code, verifier=verifier, redirect_url=REDIRECT)
