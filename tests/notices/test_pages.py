"""The page of a mail is whole in itself, and leaves by the shop's mailbox where there is one."""

import re
from pathlib import Path

import pytest

from stoa.commerce.orders.queries import order_by_id
from stoa.contact.channels.inboxes import add_inbox
from stoa.notices.orders import Occasion, order_mail, send_order_mail
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.shops import with_reactions
from tests.notices.test_orders import an_order


@pytest.mark.parametrize("occasion", Occasion)
async def test_a_page_loads_nothing_from_elsewhere(database: Database, occasion: Occasion) -> None:
    shop, order_id = await an_order(database)
    async with database.read() as session:
        order = await order_by_id(session, order_id=order_id)
    page = order_mail(order, shop=shop, occasion=occasion, base_url="https://shop.example").html
    assert not re.search(r"@import|<link|<img|<script|src=|url\(", page)
    assert set(re.findall(r'href="([^"]+)"', page)) == {
        f"https://shop.example/en/order/{order.token}"
    }
    assert "{{" not in page
    assert "{%" not in page
    assert "mj-" not in re.sub(r"mj-(column|outlook)[\w-]*", "", page)


async def test_a_notice_leaves_once_by_the_mailbox_of_the_shop(
    own_database: Database, tmp_path: Path
) -> None:
    wired = with_reactions(own_database)
    shop, order_id = await an_order(wired)
    settings = Settings(data_dir=tmp_path)
    node = Node(settings, wired, LocalBlobStore(tmp_path / "blobs"))
    async with own_database.begin() as session:
        await add_inbox(
            session,
            shop_id=shop.id,
            channel="email",
            name="Post",
            settings={
                "address": "shop@shop.example",
                "imap_host": "imap.shop.example",
                "smtp_host": "smtp.shop.example",
            },
            staff_id=None,
            key=settings.secret_key,
        )
    for _ in range(2):
        await send_order_mail(node, {"order_id": str(order_id), "occasion": "placed"})
    [row] = await own_database.pool.fetch("SELECT to_value, content, purpose FROM delivery")
    assert (row["to_value"], row["purpose"]) == ("anna@example.org", "service")
    assert row["content"]["is_automatic"] is True
    assert row["content"]["html"].startswith("<!doctype html>")
    assert not (tmp_path / "mail").exists()
