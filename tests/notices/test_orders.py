"""Customers are told of their orders, in their language, by a job that may run twice."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import UUID

import pytest

from stoa.commerce.orders import service
from stoa.commerce.orders.models import Tracking
from stoa.commerce.orders.queries import order_by_id
from stoa.commerce.shops.models import Shop
from stoa.notices.mail import FileTransport
from stoa.notices.orders import Occasion, order_mail, send_order_mail
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import LOCALES, Locale
from stoa.platform.i18n.messages import translator
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.checkout import order_now, ready_visitor
from tests.factories.commerce import make_goods, make_shop
from tests.factories.shops import with_reactions


async def an_order(database: Database, *, name: str = "Olive oil") -> tuple[Shop, UUID]:
    async with database.begin() as session:
        shop = await make_shop(session)
        goods = await make_goods(session, shop, name=name)
    visitor = await ready_visitor(database, shop, goods, quantity=2)
    return shop, (await order_now(database, shop, visitor)).order_id


async def jobs_for(database: Database, order_id: UUID) -> list[str]:
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT convert_from(payload, 'UTF8')::jsonb AS payload FROM pgqueuer"
            " WHERE entrypoint = 'notice.order' ORDER BY id"
        )
    payloads = [row["payload"] for row in rows]
    return [p["occasion"] for p in payloads if p["order_id"] == str(order_id)]


def only_mail(folder: Path) -> EmailMessage:
    (path,) = folder.iterdir()
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


async def test_every_change_of_an_order_is_told_once(database: Database) -> None:
    wired = with_reactions(database)
    _, order_id = await an_order(wired)
    async with wired.begin() as session:
        await service.mark_paid(session, order_id=order_id)
    async with wired.begin() as session:
        await service.ship(session, order_id=order_id, tracking=Tracking(number="42"))
    assert await jobs_for(database, order_id) == ["placed", "paid", "shipped"]
    _, late = await an_order(wired)
    async with wired.begin() as session:
        await service.cancel(session, order_id=late, has_expired=True)
    assert await jobs_for(database, late) == ["placed", "expired"]


async def test_nobody_is_told_of_a_change_that_was_rolled_back(database: Database) -> None:
    wired = with_reactions(database)
    _, order_id = await an_order(wired)

    async def pay_in_vain() -> None:
        async with wired.begin() as session:
            await service.mark_paid(session, order_id=order_id)
            raise RuntimeError("too late")

    with pytest.raises(RuntimeError, match="too late"):
        await pay_in_vain()
    assert await jobs_for(database, order_id) == ["placed"]


async def test_writes_one_file_however_often_the_job_runs(
    database: Database, tmp_path: Path
) -> None:
    _, order_id = await an_order(database)
    node = Node(Settings(data_dir=tmp_path), database, LocalBlobStore(tmp_path / "blobs"))
    for _ in range(2):
        await send_order_mail(node, {"order_id": str(order_id), "occasion": "placed"})
    message = only_mail(tmp_path / "mail")
    assert message["To"] == "anna@example.org"
    assert message["Subject"] == "Your order T-00001 at Stoa Test"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    text = message.get_body(("plain",))
    assert text is not None
    for expected in ("€54.90", "DE89 3704 0044 0532 0130 00", "RF", "/en/order/"):
        assert expected in text.get_content()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("occasion", Occasion)
async def test_speaks_every_language_on_every_occasion(
    database: Database, locale: Locale, occasion: Occasion
) -> None:
    shop, order_id = await an_order(database)
    async with database.begin() as session:
        await session.execute('UPDATE "order" SET locale = $2 WHERE id = $1', order_id, locale)
        order = await order_by_id(session, order_id=order_id)
    mail = order_mail(order, shop=shop, occasion=occasion, base_url="https://shop.example")
    title = translator(locale, "notices")(f"order.{occasion}.title")
    assert title in mail.text
    assert title in mail.html.replace("&#39;", "'")
    assert order.number in mail.subject
    assert f"https://shop.example/{locale}/order/{order.token}" in mail.text
    assert "{" not in mail.text + mail.subject


async def test_what_a_product_is_called_stays_text(database: Database, tmp_path: Path) -> None:
    shop, order_id = await an_order(database, name="<b>Oil</b> & more")
    async with database.begin() as session:
        await session.execute(
            "UPDATE \"order\" SET shipping_address = jsonb_set(shipping_address, '{name}', $2)"
            " WHERE id = $1",
            order_id,
            "Anna\r\nBcc: all@example.org",
        )
        order = await order_by_id(session, order_id=order_id)
    mail = order_mail(order, shop=shop, occasion=Occasion.PLACED, base_url="https://shop.example")
    assert "<b>Oil</b> & more" in mail.text
    assert "&lt;b&gt;Oil&lt;/b&gt; &amp; more" in mail.html
    await FileTransport(tmp_path).send(mail)
    message = only_mail(tmp_path)
    assert message["Bcc"] is None
