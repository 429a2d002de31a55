"""One mail to several addresses, of one shop and of two."""

import asyncio
from typing import Any

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.models import Inbox
from stoa.contact.channels.receive import take
from stoa.contact.channels.tokens import make_reply_token
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import a_mail
from tests.factories.shops import make_shop


async def _another_inbox(place: Place, *, shop: Shop) -> Inbox:
    async with place.node.database.begin() as session:
        return await add_inbox(
            session,
            shop_id=shop.id,
            channel="folder",
            name="Service",
            settings={"folder": str(place.folder), "password": "hunter2"},
            staff_id=None,
            key=place.node.settings.secret_key,
        )


async def _rows(place: Place, sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await place.node.database.pool.fetch(sql)]


async def test_a_mail_to_two_inboxes_of_a_shop_is_one_message(place: Place) -> None:
    other = await _another_inbox(place, shop=place.shop)
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>"))
    await take(place.node, inbox_id=other.id, raw=a_mail("<1>"))
    [message] = await _rows(place, "SELECT id FROM message WHERE kind = 'text'")
    taken = await _rows(place, "SELECT state, message_id FROM inbound")
    assert taken == [{"state": "taken", "message_id": message["id"]}] * 2
    heard = await _rows(place, "SELECT last_in_at FROM inbox")
    assert all(row["last_in_at"] is not None for row in heard)
    # An answer to either is in the one conversation.
    await take(place.node, inbox_id=other.id, raw=a_mail("<2>", answers=["<1>"]))
    assert len(await _rows(place, "SELECT id FROM conversation")) == 1
    names = await _rows(place, "SELECT inbox_id FROM external_name WHERE name = '<1>'")
    assert {row["inbox_id"] for row in names} == {place.inbox.id, other.id}


async def test_a_mail_that_comes_to_two_inboxes_at_once_is_one_message(place: Place) -> None:
    other = await _another_inbox(place, shop=place.shop)
    for number in range(10):
        raw = a_mail(f"<{number}>")
        await asyncio.gather(
            take(place.node, inbox_id=place.inbox.id, raw=raw),
            take(place.node, inbox_id=other.id, raw=raw),
        )
    assert len(await _rows(place, "SELECT id FROM message WHERE kind = 'text'")) == 10
    assert await _rows(place, "SELECT id FROM inbound WHERE state <> 'taken'") == []


async def test_a_mail_to_two_shops_is_a_message_in_each(place: Place) -> None:
    second = await make_shop(place.node.database)
    other = await _another_inbox(place, shop=second)
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>"))
    await take(place.node, inbox_id=other.id, raw=a_mail("<1>"))
    found = await _rows(place, "SELECT shop_id FROM conversation")
    assert {row["shop_id"] for row in found} == {place.shop.id, second.id}


@pytest.mark.parametrize("by", ["token", "name"])
async def test_a_thread_of_one_shop_is_not_joined_by_another(place: Place, by: str) -> None:
    second = await make_shop(place.node.database)
    other = await _another_inbox(place, shop=second)
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>"))
    [first] = await _rows(place, "SELECT id FROM conversation")
    more: dict[str, Any] = {"answers": ["<1>"]}
    if by == "token":
        more = {"token": make_reply_token(place.node.settings.secret_key, first["id"])}
    await take(place.node, inbox_id=other.id, raw=a_mail("<2>", **more))
    found = await _rows(place, "SELECT id, shop_id FROM conversation ORDER BY created_at, id")
    assert [row["shop_id"] for row in found] == [place.shop.id, second.id]
    messages = await _rows(place, "SELECT conversation_id FROM message WHERE kind = 'text'")
    assert {row["conversation_id"] for row in messages} == {row["id"] for row in found}
