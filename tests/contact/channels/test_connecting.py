"""A person connects an inbox at a real provider; whoever else comes back is refused."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from stoa.contact.channels import connecting
from stoa.contact.channels.models import Inbox
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from stoa.platform.secrets import unseal
from tests.contact.channels.oauth_world import (
    BASE,
    REDIRECT,
    SHOP,
    Desk,
    an_installation,
    answer_in,
    at_the_desk,
    mailbox_settings,
    make_inbox,
)
from tests.factories.shops import make_shop
from tests.servers.oauth import OAuthServer, grant_as, running_oauth, secret_of


@pytest.fixture(scope="module")
def provider() -> Iterator[OAuthServer]:
    with running_oauth([REDIRECT]) as server:
        yield server


@dataclass
class Place:
    url: str
    database: Database
    settings: Settings
    inbox: Inbox

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.database.pool.fetch(sql)]

    async def grants(self) -> int:
        count: int = await self.database.pool.fetchval("SELECT count(*) FROM inbox_grant")
        return count


@pytest.fixture
async def place(
    own_database: Database, own_database_url: str, tmp_path: Path, provider: OAuthServer
) -> AsyncIterator[Place]:
    settings = Settings(
        data_dir=tmp_path, database_url=own_database_url, demo=False, public_url=BASE
    )
    shop = await make_shop(own_database)
    inbox = await make_inbox(
        own_database,
        shop_id=shop.id,
        settings=settings,
        wanted=mailbox_settings(provider.sign_in()),
    )
    async with an_installation(settings) as url:
        yield Place(url, own_database, settings, inbox)


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with at_the_desk(place.url, place.database) as found:
        yield found


# ---- there and back -----------------------------------------------------------------------------


async def test_a_person_who_signs_in_connects_the_inbox(place: Place, desk: Desk) -> None:
    before = await desk.inbox()
    assert before["connection"] == {
        "provider": "127.0.0.1",
        "state": "none",
        "owner": "",
        "since": None,
    }
    said = await desk.connect(place.inbox.id)
    assert (said["owner"], said["problem"]) == (SHOP, None)
    connection = (await desk.inbox())["connection"]
    assert (connection["state"], connection["owner"]) == ("connected", SHOP)
    assert connection["since"]
    audited = await place.rows("SELECT subject FROM audit_entry WHERE action = 'inbox.connected'")
    assert audited == [{"subject": f"inbox:{place.inbox.id}"}]


async def test_the_provider_is_asked_with_pkce_and_a_state(place: Place, desk: Desk) -> None:
    query = dict(parse_qsl(urlsplit(await desk.begin(place.inbox.id)).query))
    assert query["code_challenge_method"] == "S256"
    assert len(query["code_challenge"]) == 43
    assert query["redirect_uri"] == REDIRECT
    assert query["response_type"] == "code"
    assert query["login_hint"] == SHOP
    kept = await place.rows("SELECT verifier, nonce_hash FROM inbox_sign_in")
    assert query["state"].split(".")[1].encode() not in kept[0]["nonce_hash"]


async def test_no_token_and_no_secret_is_shown_or_kept_in_clear(
    place: Place, desk: Desk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    await desk.connect(place.inbox.id)
    pieces = [str(await desk.inbox())]
    for path in ("/api/desk/channels", "/api/desk/channels/undone"):
        async with desk.http.get(path) as response:
            pieces.append(await response.text())
    async with desk.http.post(f"/api/desk/inboxes/{place.inbox.id}/check") as response:
        pieces.append(await response.text())
    grant = (await place.rows("SELECT * FROM inbox_grant"))[0]
    inbox = (await place.rows("SELECT * FROM inbox"))[0]
    access = await connecting_token(place)
    pieces += [str(grant), str(inbox), caplog.text, *capfd.readouterr()]
    for piece in pieces:
        assert access not in piece
        assert secret_of("stoa") not in piece
        assert "refresh_token" not in piece


async def connecting_token(place: Place) -> str:
    """The access token as it is kept, opened with the installation's key."""
    sealed = await place.database.pool.fetchval("SELECT tokens FROM inbox_grant")
    opened = unseal(place.settings.secret_key, sealed, purpose=f"grant:{place.inbox.id}")
    found: str = json.loads(opened)["access"]
    return found


async def test_who_does_not_agree_connects_nothing(place: Place, desk: Desk) -> None:
    url = await desk.begin(place.inbox.id)
    back = await grant_as(SHOP, url, until=REDIRECT, agrees=False)
    status, said = await desk.finish(back)
    assert (status, said["problem"]["reason"]) == (200, "oauth_denied")
    assert await place.grants() == 0


async def test_access_that_does_not_last_is_refused_in_words(
    place: Place, desk: Desk, provider: OAuthServer
) -> None:
    wanted = mailbox_settings(provider.sign_in(client="passing"))
    body = {"name": "Post", "settings": wanted}
    async with desk.http.put(f"/api/desk/inboxes/{place.inbox.id}", json=body) as response:
        assert response.status == 200
    said = await desk.connect(place.inbox.id)
    assert said["problem"]["reason"] == "oauth_not_lasting"
    assert await place.grants() == 0


async def test_a_wrong_secret_is_put_into_words(
    place: Place, desk: Desk, provider: OAuthServer
) -> None:
    wanted = mailbox_settings(provider.sign_in() | {"client_secret": "another"})
    body = {"name": "Post", "settings": wanted}
    async with desk.http.put(f"/api/desk/inboxes/{place.inbox.id}", json=body) as response:
        assert response.status == 200
    said = await desk.connect(place.inbox.id)
    assert said["problem"]["reason"] == "oauth_keys"
    assert await place.grants() == 0


# ---- who is refused -----------------------------------------------------------------------------


async def test_a_state_that_is_not_ours_is_refused(place: Place, desk: Desk) -> None:
    good = answer_in(await grant_as(SHOP, await desk.begin(place.inbox.id), until=REDIRECT))
    inbox, nonce, signature = good["state"].split(".")
    for state in ("nonsense", f"{inbox}.{nonce}.{'0' * 64}", f"{inbox}.other.{signature}", "x.y.z"):
        status, said = await desk.finish(good | {"state": state})
        assert (status, said["code"]) == (409, "sign_in_stale"), state
    assert await place.grants() == 0
    assert (await desk.finish(good))[0] == 200, "what was refused was not used up"


async def test_a_state_works_once(place: Place, desk: Desk) -> None:
    back = await grant_as(SHOP, await desk.begin(place.inbox.id), until=REDIRECT)
    assert (await desk.finish(back))[1]["problem"] is None
    before = await place.rows("SELECT generation FROM inbox_grant")
    status, said = await desk.finish(back)
    assert (status, said["code"]) == (409, "sign_in_stale")
    assert await place.rows("SELECT generation FROM inbox_grant") == before


async def test_another_member_of_staff_cannot_bring_it_back(place: Place, desk: Desk) -> None:
    back = await grant_as(SHOP, await desk.begin(place.inbox.id), until=REDIRECT)
    async with at_the_desk(place.url, place.database) as other:
        assert (await other.finish(back))[0] == 409
    async with at_the_desk(place.url, place.database, role="agent") as agent:
        assert (await agent.finish(back))[0] == 403
    assert await place.grants() == 0
    assert (await desk.finish(back))[1]["problem"] is None


async def test_it_does_not_work_after_its_time(
    place: Place, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "LASTS", timedelta(seconds=-1))
    back = await grant_as(SHOP, await desk.begin(place.inbox.id), until=REDIRECT)
    assert (await desk.finish(back))[0] == 409
    assert await place.grants() == 0


async def test_settings_that_changed_meanwhile_make_it_worthless(
    place: Place, desk: Desk, provider: OAuthServer
) -> None:
    back = await grant_as(SHOP, await desk.begin(place.inbox.id), until=REDIRECT)
    body = {"name": "Post", "settings": mailbox_settings(provider.sign_in())}
    async with desk.http.put(f"/api/desk/inboxes/{place.inbox.id}", json=body) as response:
        assert response.status == 200
    assert (await desk.finish(back))[0] == 409
    assert await place.grants() == 0


async def test_agents_and_foreign_pages_cannot_begin(place: Place, desk: Desk) -> None:
    path = f"/api/desk/inboxes/{place.inbox.id}/sign-in"
    async with (
        at_the_desk(place.url, place.database, role="agent") as agent,
        agent.http.post(path, json={}) as response,
    ):
        assert response.status == 403
    async with desk.http.post(path, json={}, headers={"X-Stoa-Request": "0"}) as response:
        assert response.status == 403
    assert await place.rows("SELECT * FROM inbox_sign_in") == []


async def test_who_disconnects_an_inbox_leaves_nothing_of_it(place: Place, desk: Desk) -> None:
    await desk.connect(place.inbox.id)
    path = f"/api/desk/inboxes/{place.inbox.id}/sign-in"
    async with (
        at_the_desk(place.url, place.database, role="agent") as agent,
        agent.http.delete(path) as response,
    ):
        assert response.status == 403
    assert await place.grants() == 1
    async with desk.http.delete(path) as response:
        assert (response.status, await response.json()) == (200, {"problem": None})
    assert await place.grants() == 0
    assert (await desk.inbox())["connection"]["state"] == "none"
    async with desk.http.delete(path) as response:
        assert (response.status, await response.json()) == (200, {"problem": None})
    ended = await place.rows("SELECT 1 FROM audit_entry WHERE action = 'inbox.disconnected'")
    assert len(ended) == 1


# ---- settings -----------------------------------------------------------------------------------


async def test_another_program_or_provider_forgets_the_connection(
    place: Place, desk: Desk, provider: OAuthServer
) -> None:
    await desk.connect(place.inbox.id)
    path = f"/api/desk/inboxes/{place.inbox.id}"
    same = {"name": "Renamed", "settings": mailbox_settings(provider.sign_in())}
    async with desk.http.put(path, json=same) as response:
        assert (await response.json())["connection"]["state"] == "connected"
    other = provider.sign_in(client="passing") | {"client_secret": None}
    async with desk.http.put(path, json=same | {"settings": mailbox_settings(other)}) as response:
        assert (await response.json())["connection"]["state"] == "none"
    assert await place.grants() == 0


async def test_a_secret_is_not_handed_on_to_another_kind_of_provider(
    place: Place, desk: Desk
) -> None:
    path = f"/api/desk/inboxes/{place.inbox.id}"
    google = {"kind": "google", "client_id": "an app", "client_secret": None}
    body = {"name": "Post", "settings": mailbox_settings(google)}
    async with desk.http.put(path, json=body) as response:
        assert (await response.json())["secrets"] == []
    password = mailbox_settings({"kind": "password"}, imap_username="shop", imap_password="word")
    async with desk.http.put(path, json={"name": "Post", "settings": password}) as response:
        found = await response.json()
        assert (found["connection"], found["secrets"]) == (None, ["imap_password"])
    async with desk.http.post(f"{path}/sign-in", json={}) as response:
        assert (response.status, (await response.json())["code"]) == (409, "nothing_to_sign_in")


async def test_what_waits_is_tried_at_once_after_a_change(
    place: Place, desk: Desk, provider: OAuthServer
) -> None:
    later = now() + timedelta(hours=6)
    for reason in ("oauth_keys", "held_back"):
        await place.database.pool.execute(
            "INSERT INTO delivery (id, inbox_id, purpose, to_kind, to_value, to_key, content,"
            " next_try_at, created_at, attempts, problem)"
            " VALUES ($1, $2, 'service', 'email', 'a@b.c', 'a@b.c', '{}', $3, now(), 3, $4)",
            new_id(),
            place.inbox.id,
            later,
            {"reason": reason},
        )
    async with desk.http.post(
        f"/api/desk/inboxes/{place.inbox.id}/switch", json={"is_on": False}
    ) as response:
        assert response.status == 204
    body = {"name": "Post", "settings": mailbox_settings(provider.sign_in())}
    async with desk.http.put(f"/api/desk/inboxes/{place.inbox.id}", json=body) as response:
        assert response.status == 200
    waiting = await place.rows("SELECT problem ->> 'reason' AS reason, next_try_at FROM delivery")
    due = {row["reason"]: row["next_try_at"] for row in waiting}
    assert due["oauth_keys"] <= now()
    assert due["held_back"] == later
