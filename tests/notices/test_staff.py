"""Members of staff are told by mail what a rule wants them to see, in their own language."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import orjson
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.automation.events import StaffTold, WebhookStopped
from stoa.notices.staff import STAFF_JOB, send_staff_mail
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.commerce import make_shop
from tests.factories.contact import a_conversation
from tests.factories.people import an_agent
from tests.factories.shops import with_reactions


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    async with database.begin() as session:
        return await make_shop(session)


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    return Node(
        settings=Settings(data_dir=tmp_path, mail_transport="file"),
        database=database,
        blobs=LocalBlobStore(tmp_path / "blobs"),
    )


async def mails(node: Node) -> list[EmailMessage]:
    """What the jobs that wait send; they run twice, as jobs may."""
    async with node.database.begin() as session:
        rows = await session.fetch(
            "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload", STAFF_JOB
        )
    for row in rows:
        payload: dict[str, Any] = orjson.loads(row["payload"])
        for _ in range(2):
            await send_staff_mail(node, payload)
    folder = node.settings.data_dir / "mail"
    return [
        message_from_bytes(path.read_bytes(), policy=default)
        for path in sorted(folder.glob("*.eml"))
    ]


async def test_whoever_is_told_by_mail_gets_one(database: Database, shop: Shop, node: Node) -> None:
    ada = await an_agent(database)
    async with database.begin() as session:
        await session.execute("UPDATE staff SET locale = 'pl' WHERE id = $1", ada.staff_id)
    conversation_id, _ = await a_conversation(database, shop_id=shop.id)
    heard = with_reactions(database)
    assert ada.staff_id
    for by_mail in (True, False):
        async with heard.begin() as session:
            event = StaffTold(
                staff_id=ada.staff_id,
                conversation_id=conversation_id,
                rule_name="Zwroty <b>",
                contact_name="Eva",
                preview="I want it back",
                by_mail=by_mail,
            )
            session.publish(event, topics=[])
    [mail] = await mails(node)
    text = mail.get_body(("plain",))
    html = mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Reguła „Zwroty <b>”" in text.get_content()
    assert "I want it back" in text.get_content()
    assert f"/desk/inbox/all/{conversation_id}" in text.get_content()
    assert "<b>" not in html.get_content()


async def test_administrators_learn_of_a_webhook_that_was_switched_off(
    database: Database, shop: Shop, node: Node
) -> None:
    await an_agent(database)
    boss = await an_agent(database, name="Bea", role="administrator")
    heard = with_reactions(database)
    assert boss.staff_id
    async with heard.begin() as session:
        event = WebhookStopped(
            webhook_id=boss.staff_id, shop_id=shop.id, name="ERP", failing_since=now()
        )
        session.publish(event, topics=[])
    [mail] = await mails(node)
    assert mail["To"] == f"{boss.staff_id}@example.com"
    assert "ERP" in mail["Subject"]
