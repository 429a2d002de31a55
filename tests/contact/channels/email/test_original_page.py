"""A mail that came in, as the desk shows it."""

from collections.abc import AsyncIterator
from uuid import UUID

import aiohttp
import pytest

from stoa.contact.channels import installed
from stoa.contact.channels.email.channel import CHANNEL
from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.protocol import Raw
from stoa.contact.channels.receive import take
from stoa.main import create_app
from stoa.people.identity.guards import STAFF_COOKIE
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.contact.channels.conftest import Place
from tests.contact.channels.email.making.mails import common, part, whole
from tests.factories.people import a_staff_token, an_agent
from tests.servers.asgi import serving

MAIL = whole(
    common(),
    part(
        "text/html", '<p style="color:red">Hi<script>x</script><img src="https://x.example/a.png">'
    ),
)


@pytest.fixture
async def place_with_mail(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(installed, "CHANNEL_TYPES", [CHANNEL])
    settings = place.node.settings
    place.node = Node(settings, place.node.database, LocalBlobStore(settings.data_dir / "blobs"))
    async with place.node.database.begin() as session:
        place.inbox = await add_inbox(
            session,
            shop_id=place.shop.id,
            channel="email",
            name="Mail",
            settings={
                "address": "shop@stoa.example",
                "reception": "forward",
                "smtp_host": "localhost",
            },
            staff_id=None,
            key=settings.secret_key,
        )
    return place


@pytest.fixture
async def message_id(place_with_mail: Place) -> UUID:
    place = place_with_mail
    assert await take(place.node, inbox_id=place.inbox.id, raw=Raw("1", MAIL))
    async with place.node.database.read() as session:
        found: UUID = await session.fetch_value("SELECT message_id FROM inbound")
    assert found is not None
    return found


@pytest.fixture
async def desk(place_with_mail: Place) -> AsyncIterator[aiohttp.ClientSession]:
    place = place_with_mail
    person = await an_agent(place.node.database)
    assert person.staff_id is not None
    token = await a_staff_token(place.node.database, staff_id=person.staff_id)
    async with (
        serving(create_app(place.node.settings)) as url,
        aiohttp.ClientSession(url, headers={"Cookie": f"{STAFF_COOKIE}={token}"}) as client,
    ):
        yield client


async def test_shows_a_mail_as_it_came(desk: aiohttp.ClientSession, message_id: UUID) -> None:
    path = f"/api/desk/messages/{message_id}/original"
    async with desk.get(path) as response:
        told = await response.json()
    assert told["blocked_picture_count"] == 1
    assert ["From", "Grace Customer <grace@customer.example>"] in told["headers"]
    async with desk.get(f"{path}/page") as response:
        page = await response.text()
        policy = response.headers["Content-Security-Policy"]
    assert '<p style="color:red">Hi<img>' in page
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "img-src data:;" in policy
    async with desk.get(f"{path}/page?pictures=true") as response:
        assert 'src="https://x.example/a.png"' in await response.text()
        assert "img-src data: https: http:;" in response.headers["Content-Security-Policy"]


async def test_shows_it_to_nobody_else(desk: aiohttp.ClientSession, message_id: UUID) -> None:
    path = f"/api/desk/messages/{message_id}/original/page"
    async with desk.get(path, headers={"Cookie": ""}) as response:
        assert response.status == 401
        assert "Hi" not in await response.text()
