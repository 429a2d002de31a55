"""What cannot wait is told by SMS: only to who agreed, and visibly refused otherwise."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from stoa.commerce.cart.service import record_step
from stoa.commerce.orders import service
from stoa.commerce.orders.queries import order_by_id
from stoa.commerce.orders.service.change import refuse_payment
from stoa.commerce.shops.models import Shop
from stoa.contact.channels.sms.encoding import encoding_of, segments_of, simplified
from stoa.notices.sms import SMS_JOB, Urgent, order_sms, queue_order_sms
from stoa.people.consent.models import ConsentState, How
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.queries import standing_point_consents
from stoa.people.customers.models import PointKind
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import LOCALES, Locale
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.checkout import order_now, ready_visitor
from tests.factories.commerce import make_goods, make_shop
from tests.factories.shops import with_reactions
from tests.factories.sms import an_sms_inbox

KEY = "+48600100200"
CARRIER = {"provider": "twilio", "account_sid": "AC1", "auth_token": "t"}


@pytest.fixture
def node(own_database: Database, tmp_path: Path) -> Node:
    settings = Settings(data_dir=tmp_path)
    return Node(settings, with_reactions(own_database), LocalBlobStore(tmp_path))


async def connect(node: Node, shop: Shop, *, sender: str = "+48221234567") -> None:
    async with node.database.begin() as session:
        await an_sms_inbox(session, shop_id=shop.id, key=node.settings.secret_key, sender=sender)


async def an_order(node: Node, **contact: str) -> tuple[Shop, UUID]:
    async with node.database.begin() as session:
        shop = await make_shop(session)
        goods = await make_goods(session, shop, name="Olive oil")
    visitor = await ready_visitor(node.database, shop, goods)
    async with node.database.begin() as session:
        values = {"email": "anna@example.org", "phone": "+48 600 100 200", **contact}
        await record_step(session, shop=shop, visitor_id=visitor, step="contact", values=values)
    return shop, (await order_now(node.database, shop, visitor)).order_id


async def rows(node: Node, sql: str) -> list[dict[str, Any]]:
    async with node.database.read() as session:
        return [dict(row) for row in await session.fetch(sql)]


async def ship(node: Node, order_id: UUID) -> None:
    async with node.database.begin() as session:
        await service.mark_paid(session, order_id=order_id)
        await service.ship(session, order_id=order_id)
    await run_jobs(node)


async def run_jobs(node: Node) -> None:
    found = await rows(
        node,
        "SELECT convert_from(payload, 'UTF8')::jsonb AS payload FROM pgqueuer"
        f" WHERE entrypoint = '{SMS_JOB}' ORDER BY id",
    )
    for row in [*found, *found]:  # at least once
        await queue_order_sms(node, row["payload"])


async def test_a_parcel_on_its_way_is_told_once(node: Node) -> None:
    shop, order_id = await an_order(node, urgent_sms="pl.1")
    await connect(node, shop)
    await ship(node, order_id)
    [delivery] = await rows(node, "SELECT * FROM delivery")
    assert (delivery["purpose"], delivery["to_key"], delivery["state"]) == (
        "urgent",
        KEY,
        "queued",
    )
    assert delivery["content"]["text"].startswith(f"{shop.name}: your order ")
    assert delivery["content"]["text"].endswith("STOP ends these messages.")


async def test_the_box_of_the_checkout_is_in_the_ledger_word_for_word(node: Node) -> None:
    shop, order_id = await an_order(node, urgent_sms="pl.1")
    async with node.database.read() as session:
        said = await standing_point_consents(session, kind=PointKind.PHONE, key=KEY)
        order = await order_by_id(session, order_id=order_id)
    entry = said[Use.URGENT]
    assert (entry.state, entry.how, entry.channel) == (
        ConsentState.GIVEN,
        How.CLICKED,
        "checkout",
    )
    assert entry.wording.startswith(f"{shop.name} może powiadamiać mnie SMS-em")
    assert (entry.wording_version, entry.locale) == ("1", "pl")
    assert entry.proof == {"order": order.number}
    assert set(said) == {Use.URGENT}


async def test_an_empty_box_says_nothing(node: Node) -> None:
    await an_order(node)
    async with node.database.read() as session:
        assert await standing_point_consents(session, kind=PointKind.PHONE, key=KEY) == {}


async def test_a_refused_payment_is_told(node: Node) -> None:
    shop, order_id = await an_order(node, urgent_sms="en.1")
    await connect(node, shop)
    async with node.database.begin() as session:
        await refuse_payment(session, order_id=order_id)
    await run_jobs(node)
    [delivery] = await rows(node, "SELECT * FROM delivery")
    assert "was refused" in delivery["content"]["text"]


async def test_nothing_is_queued_without_a_number_or_a_line(node: Node) -> None:
    shop, order_id = await an_order(node)
    await ship(node, order_id)
    assert await rows(node, "SELECT * FROM delivery") == []
    shop, order_id = await an_order(node, phone="")
    await connect(node, shop)
    await run_jobs(node)
    await ship(node, order_id)
    assert await rows(node, "SELECT * FROM delivery") == []


async def test_a_name_as_sender_gets_a_link_to_end_it(node: Node) -> None:
    shop, order_id = await an_order(node, urgent_sms="en.1")
    await connect(node, shop, sender="SKLEP")
    await ship(node, order_id)
    [delivery] = await rows(node, "SELECT * FROM delivery")
    assert f"To end this: {node.settings.base_url}/consent/" in delivery["content"]["text"]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("occasion", Urgent)
async def test_notices_fit_the_short_alphabet_in_every_language(
    node: Node, locale: Locale, occasion: Urgent
) -> None:
    shop, order_id = await an_order(node)
    async with node.database.begin() as session:
        await session.execute('UPDATE "order" SET locale = $1', locale)
        order = await order_by_id(session, order_id=order_id)
    content = order_sms(
        order, shop=shop, occasion=occasion, base_url="https://shop.example", stop_link=None
    )
    plain = simplified(content.text)
    assert encoding_of(plain) == "gsm7"
    assert segments_of(plain).count <= 2
    assert order.number in plain
    assert order.token in plain
