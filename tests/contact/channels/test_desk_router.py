"""Inboxes over HTTP: who may see and change them, and what is never given out."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from stoa.contact.channels import installed
from stoa.main import create_app
from stoa.people.identity.guards import STAFF_COOKIE
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.factories.folder_channel import FolderChannel
from tests.factories.people import a_staff_token, an_agent
from tests.factories.shops import make_shop
from tests.servers.asgi import serving


@pytest.fixture
async def url(
    own_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    monkeypatch.setattr(installed, "CHANNEL_TYPES", [FolderChannel()])
    settings = Settings(data_dir=tmp_path, database_url=own_database_url, demo=False)
    async with serving(create_app(settings)) as address:
        yield address


async def client(url: str, database: Database, *, role: str) -> aiohttp.ClientSession:
    person = await an_agent(database, role=role)
    assert person.staff_id is not None
    token = await a_staff_token(database, staff_id=person.staff_id)
    return aiohttp.ClientSession(
        url, headers={"X-Stoa-Request": "1", "Cookie": f"{STAFF_COOKIE}={token}"}
    )


async def test_an_inbox_is_made_changed_switched_and_dropped(
    url: str, own_database: Database, tmp_path: Path
) -> None:
    shop = await make_shop(own_database)
    async with await client(url, own_database, role="administrator") as admin:
        form = {
            "shop_id": str(shop.id),
            "channel": "folder",
            "name": "Post",
            "settings": {"folder": str(tmp_path), "password": "hunter2"},
        }
        async with admin.post("/api/desk/inboxes", json=form) as response:
            assert response.status == 201
            text = await response.text()
            assert "hunter2" not in text
            made = await response.json()
        assert made["secrets"] == ["password"]
        change = {"name": "Letters", "settings": {"folder": str(tmp_path), "password": None}}
        async with admin.put(f"/api/desk/inboxes/{made['id']}", json=change) as response:
            changed = await response.json()
        assert (changed["name"], changed["secrets"]) == ("Letters", ["password"])
        async with admin.post(f"/api/desk/inboxes/{made['id']}/check") as response:
            assert (await response.json())["findings"][0]["code"] == "folder_there"
        switch = f"/api/desk/inboxes/{made['id']}/switch"
        async with admin.post(switch, json={"is_on": False}) as response:
            assert response.status == 204
        async with admin.get("/api/desk/channels") as response:
            listed = await response.json()
        assert [inbox["is_on"] for inbox in listed["inboxes"]] == [False]
        assert listed["types"][0]["fields"]["properties"]["folder"]
        async with admin.delete(f"/api/desk/inboxes/{made['id']}") as response:
            assert response.status == 204


async def test_a_field_that_does_not_fit_is_named(url: str, own_database: Database) -> None:
    shop = await make_shop(own_database)
    async with await client(url, own_database, role="administrator") as admin:
        form = {"shop_id": str(shop.id), "channel": "folder", "name": "Post", "settings": {}}
        async with admin.post("/api/desk/inboxes", json=form) as response:
            assert response.status == 422
            problem = await response.json()
    assert "settings.folder" in str(problem)
    assert await own_database.pool.fetchval("SELECT count(*) FROM inbox") == 0


async def test_agents_may_not_see_or_change_inboxes(url: str, own_database: Database) -> None:
    shop = await make_shop(own_database)
    async with await client(url, own_database, role="agent") as agent:
        async with agent.get("/api/desk/channels") as response:
            assert response.status == 403
        form = {"shop_id": str(shop.id), "channel": "folder", "name": "Post", "settings": {}}
        async with agent.post("/api/desk/inboxes", json=form) as response:
            assert response.status == 403
        async with agent.get("/api/desk/channels/undone") as response:
            assert response.status == 200
    assert await own_database.pool.fetchval("SELECT count(*) FROM inbox") == 0


async def test_administrators_are_told_of_what_has_not_worked_for_minutes(
    url: str, own_database: Database, tmp_path: Path
) -> None:
    shop = await make_shop(own_database)
    path = "/api/desk/channels/broken"
    async with (
        await client(url, own_database, role="agent") as agent,
        agent.get(path) as response,
    ):
        assert response.status == 403
    async with await client(url, own_database, role="administrator") as admin:
        form = {
            "shop_id": str(shop.id),
            "channel": "folder",
            "name": "Post",
            "settings": {"folder": str(tmp_path), "password": "hunter2"},
        }
        async with admin.post("/api/desk/inboxes", json=form) as response:
            inbox_id = (await response.json())["id"]
        # Its line is of no interest here, and would say that it works.
        await own_database.pool.execute("UPDATE inbox SET channel = 'none'")
        found = []
        for minutes, is_on in ((1, True), (3, True), (3, False)):
            since = (now() - timedelta(minutes=minutes)).isoformat()
            await own_database.pool.execute(
                "UPDATE inbox SET is_down = true, is_on = $2, trouble = $1",
                {"reason": "imap_line_lost", "since": since},
                is_on,
            )
            async with admin.get(path) as response:
                found.append((await response.json())["count"])
        assert found == [0, 1, 0], inbox_id
