"""Tokens are renewed in time, once, and what a provider gives anew is kept; by a real provider."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stoa.contact.channels import grants
from stoa.contact.channels.grants import access_token, keep_grant
from stoa.contact.channels.inboxes import account_of, change_inbox, type_of
from stoa.contact.channels.models import Inbox
from stoa.contact.channels.oauth import Tokens
from stoa.contact.channels.protocol import Provider, TryLater
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database, open_database
from stoa.platform.node import Node
from stoa.platform.secrets import unseal
from stoa.platform.storage.blobs import LocalBlobStore
from tests.contact.channels.oauth_world import granted, mailbox_settings, make_inbox
from tests.contact.channels.oauth_world import running as running
from tests.contact.channels.oauth_world import server as server
from tests.factories.people import an_agent
from tests.factories.shops import make_shop, with_reactions
from tests.servers.oauth import OAuthServer


@dataclass
class Place:
    node: Node
    other: Node  # another process of the same installation
    inbox: Inbox
    provider: Provider

    async def token(self, *, refused: str = "", node: Node | None = None) -> str:
        return await access_token(node or self.node, self.inbox.id, self.provider, refused)

    async def set(self, sql: str, *args: object) -> None:
        await self.node.database.pool.execute(f"UPDATE inbox_grant SET {sql}", *args)

    async def row(self) -> dict[str, Any]:
        row = await self.node.database.pool.fetchrow("SELECT * FROM inbox_grant")
        assert row is not None
        return dict(row)

    async def kept(self) -> dict[str, str]:
        sealed = (await self.row())["tokens"]
        key = self.node.settings.secret_key
        found: dict[str, str] = json.loads(unseal(key, sealed, purpose=f"grant:{self.inbox.id}"))
        return found

    async def is_due(self) -> None:
        await self.set("renew_at = $1", now() - timedelta(seconds=1))

    async def is_over(self) -> None:
        """The access token has ended."""
        past = now() - timedelta(seconds=1)
        await self.set("renew_at = $1, ends_at = $1, issued_at = $1", past)


@pytest.fixture
async def place(
    own_database: Database, own_database_url: str, tmp_path: Path, server: OAuthServer
) -> AsyncIterator[Place]:
    settings = Settings(data_dir=tmp_path / "data", database_url=own_database_url, demo=False)
    shop = await make_shop(own_database)
    wanted = mailbox_settings(server.sign_in())
    inbox = await make_inbox(own_database, shop_id=shop.id, settings=settings, wanted=wanted)
    provider = type_of("email").provider(account_of(inbox, settings=settings).settings)
    assert provider is not None
    blobs = LocalBlobStore(tmp_path / "blobs")
    elsewhere = await open_database(own_database_url)
    try:
        node = Node(settings, with_reactions(own_database), blobs)
        found = Place(node, Node(settings, elsewhere, blobs), inbox, provider)
        await connect(found)
        yield found
    finally:
        await elsewhere.close()


async def connect(place: Place) -> Tokens:
    tokens = await granted(place.provider)
    person = await an_agent(place.node.database)
    assert person.staff_id is not None
    async with place.node.database.begin() as session:
        await keep_grant(
            session,
            inbox_id=place.inbox.id,
            tokens=tokens,
            staff_id=person.staff_id,
            key=place.node.settings.secret_key,
        )
    return tokens


# ---- renewed ------------------------------------------------------------------------------------


async def test_a_good_token_is_given_without_asking(place: Place, server: OAuthServer) -> None:
    assert await place.token() == await place.token() == (await place.kept())["access"]
    assert server.refreshes() == []


async def test_a_token_is_renewed_before_it_ends(place: Place, server: OAuthServer) -> None:
    before = await place.kept()
    await place.is_due()
    token = await place.token()
    after = await place.kept()
    assert token == after["access"] != before["access"]
    assert (await place.row())["ends_at"] > now() + timedelta(minutes=50)
    assert server.refreshes() == [True]


async def test_a_rotated_refresh_token_takes_the_place_of_the_old_one(
    place: Place, server: OAuthServer
) -> None:
    seen = {(await place.kept())["refresh"]}
    for _ in range(3):
        await place.is_over()
        await place.token()
        seen.add((await place.kept())["refresh"])
    assert len(seen) == 4
    assert server.refreshes() == [True, True, True]


async def test_a_refresh_token_that_is_not_rotated_is_kept(
    place: Place, server: OAuthServer
) -> None:
    server.set(rotates=False)
    before = await place.kept()
    for _ in range(2):
        await place.is_over()
        await place.token()
    assert (await place.kept())["refresh"] == before["refresh"]
    assert server.refreshes() == [True, True]


async def test_two_nodes_that_need_one_at_once_ask_once(place: Place, server: OAuthServer) -> None:
    """A rotated refresh token that is brought twice ends everything that was granted."""
    server.set(delay=300)
    await place.is_over()
    nodes = (place.node, place.other) * 4
    found = await asyncio.gather(*(place.token(node=node) for node in nodes))
    assert len(set(found)) == 1
    assert server.refreshes() == [True]
    await place.is_over()
    assert await place.token(node=place.other) not in found
    assert server.refreshes() == [True, True]


async def test_whoever_died_while_asking_is_followed(place: Place, server: OAuthServer) -> None:
    await place.is_over()
    await place.set("claimed_until = $1", now() + timedelta(seconds=0.5))
    token = await place.token()
    assert token == (await place.kept())["access"]
    assert server.refreshes() == [True]


async def test_what_was_asked_for_is_kept_although_nobody_waits_any_more(
    place: Place, server: OAuthServer
) -> None:
    server.set(delay=2_000)
    await place.is_over()
    before = await place.kept()
    asking = asyncio.create_task(place.token())
    while (await place.row())["claimed_until"] is None:
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (await place.kept())["refresh"] != before["refresh"]
    assert await place.token() == (await place.kept())["access"]
    assert server.refreshes() == [True]


async def test_a_token_that_a_server_refused_is_replaced_but_not_a_fresh_one(
    place: Place, server: OAuthServer
) -> None:
    token = await place.token()
    assert await place.token(refused=token) == token
    assert server.refreshes() == []
    await place.set("issued_at = $1", now() - grants.FRESH)
    assert await place.token(refused=token) != token
    assert server.refreshes() == [True]


# ---- refused ------------------------------------------------------------------------------------


async def reason(place: Place) -> str:
    with pytest.raises(TryLater) as caught:
        await place.token()
    return caught.value.reason


async def test_what_was_revoked_is_asked_for_once_and_waits_for_a_person(
    place: Place, server: OAuthServer
) -> None:
    server.revoke()
    await place.is_over()
    for _ in range(5):
        with pytest.raises(TryLater) as caught:
            await place.token()
        assert caught.value.reason == "oauth_ended"
        assert caught.value.needs_person
    assert server.refreshes() == [False]
    assert (await place.row())["ended_at"] is not None
    await connect(place)
    assert await place.token() == (await place.kept())["access"]
    assert (await place.row())["ended_at"] is None


async def test_a_provider_that_is_away_is_not_asked_all_the_time(
    place: Place, server: OAuthServer
) -> None:
    server.set(isDown=True)
    await place.is_over()
    for _ in range(3):
        assert await reason(place) == "oauth_away"
    row = await place.row()
    assert (row["failures"], row["ended_at"]) == (1, None)
    server.set(isDown=False)
    assert await reason(place) == "oauth_away", "not before its time"
    await place.set("retry_at = $1", now())
    assert await place.token() == (await place.kept())["access"]
    row = await place.row()
    assert (row["failures"], row["problem"], row["retry_at"]) == (0, None, None)


async def test_a_secret_that_ran_out_waits_for_a_person_and_the_connection_stays(
    place: Place, server: OAuthServer
) -> None:
    good = place.provider
    await use_secret(place, server, "ran out")
    await place.is_over()
    place.provider = replace(good, client_secret="ran out")
    for _ in range(2):
        with pytest.raises(TryLater) as caught:
            await place.token()
        assert (caught.value.reason, caught.value.needs_person) == ("oauth_keys", True)
    assert (await place.row())["failures"] == 1
    place.provider = good
    await use_secret(place, server, good.client_secret)
    assert await place.token() == (await place.kept())["access"]


async def test_the_former_secret_that_is_still_tried_keeps_nobody_from_trying_the_mended_one(
    place: Place,
) -> None:
    """The line that was held by it may be under way yet when it is mended."""
    good = place.provider
    await place.is_over()
    place.provider = replace(good, client_secret="ran out")
    with pytest.raises(TryLater):
        await place.token()
    place.provider = good
    assert await place.token() == (await place.kept())["access"]


async def use_secret(place: Place, server: OAuthServer, secret: str) -> None:
    person = await an_agent(place.node.database)
    assert person.staff_id is not None
    async with place.node.database.begin() as session:
        await change_inbox(
            session,
            inbox_id=place.inbox.id,
            name="Post",
            settings=mailbox_settings(server.sign_in() | {"client_secret": secret}),
            staff_id=person.staff_id,
            key=place.node.settings.secret_key,
        )


async def test_many_that_need_one_while_the_provider_is_away_ask_once(
    place: Place, server: OAuthServer
) -> None:
    server.set(isDown=True)
    await place.is_over()
    nodes = (place.node, place.other) * 4
    found = await asyncio.gather(
        *(place.token(node=node) for node in nodes), return_exceptions=True
    )
    assert all(isinstance(each, TryLater) for each in found)
    assert (await place.row())["failures"] == 1


async def test_a_token_is_good_to_its_end_while_the_provider_is_away(
    place: Place, server: OAuthServer
) -> None:
    server.set(isDown=True)
    token = await place.token()
    await place.is_due()
    assert await place.token() == await place.token() == token
    assert (await place.row())["failures"] == 1


async def test_nobody_signed_in_yet(place: Place) -> None:
    await place.node.database.pool.execute("DELETE FROM inbox_grant")
    assert await reason(place) == "oauth_not_connected"


async def test_a_connection_made_meanwhile_is_not_overwritten(
    place: Place, server: OAuthServer
) -> None:
    server.set(delay=2_000)
    await place.is_over()
    asking = asyncio.create_task(place.token())
    while (await place.row())["claimed_until"] is None:
        await asyncio.sleep(0.01)
    await place.set("generation = generation + 1")
    before = await place.kept()
    await asking
    assert await place.kept() == before
