"""The code that proves an address goes there by its own way, once."""

import email
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from stoa.commerce.shops.models import Shop
from stoa.notices.proving import CODE_JOB, code_mail, send_code
from stoa.people.customers.models import Point, PointKind, PointProof
from stoa.people.customers.queries import list_points
from stoa.people.customers.service import ask_proof, code_of, know_visitor
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import LOCALES, Locale
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.people import a_visitor
from tests.factories.shops import make_shop, with_reactions
from tests.factories.sms import an_sms_inbox

EMAIL = Point(PointKind.EMAIL, "anna@example.org")
PHONE = Point(PointKind.PHONE, "+48 600 100 200")


@pytest.fixture
def node(own_database: Database, tmp_path: Path) -> Node:
    settings = Settings(data_dir=tmp_path, mail_transport="file")
    return Node(settings, with_reactions(own_database), LocalBlobStore(tmp_path))


@pytest.fixture
async def shop(own_database: Database) -> Shop:
    return await make_shop(own_database)


async def ask(node: Node, shop: Shop, point: Point, locale: Locale = "pl") -> PointProof:
    visitor_id, _ = await a_visitor(node.database)
    async with node.database.begin() as session:
        customer_id = await know_visitor(
            session, visitor_id=visitor_id, points=[point], name="", source="account"
        )
        [held] = await list_points(session, customer_id=customer_id)
        return await ask_proof(
            session, shop_id=shop.id, visitor_id=visitor_id, point_id=held.id, locale=locale
        )


async def rows(node: Node, sql: str) -> list[dict[str, Any]]:
    async with node.database.read() as session:
        return [dict(row) for row in await session.fetch(sql)]


async def run_jobs(node: Node) -> None:
    found = await rows(
        node,
        "SELECT convert_from(payload, 'UTF8')::jsonb AS payload FROM pgqueuer"
        f" WHERE entrypoint = '{CODE_JOB}' ORDER BY id",
    )
    for row in [*found, *found]:  # at least once
        await send_code(node, row["payload"])


async def test_a_mail_brings_the_code(node: Node, shop: Shop) -> None:
    proof = await ask(node, shop, EMAIL)
    await run_jobs(node)
    code = code_of(node.settings.secret_key, proof_id=proof.id)
    [path] = (node.settings.data_dir / "mail").glob("*.eml")
    mail = email.message_from_bytes(path.read_bytes(), policy=SMTP)
    assert mail["To"] == "anna@example.org"
    assert mail["Subject"] == f"{code} to kod dla sklepu {shop.name}"
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        assert code in part.get_content()
        assert "30 minut" in part.get_content()


async def test_an_sms_brings_the_code_once(node: Node, shop: Shop) -> None:
    async with node.database.begin() as session:
        await an_sms_inbox(session, shop_id=shop.id, key=node.settings.secret_key)
    proof = await ask(node, shop, PHONE, "en")
    await run_jobs(node)
    [delivery] = await rows(node, "SELECT * FROM delivery")
    assert (delivery["purpose"], delivery["to_key"]) == ("confirmation", proof.key)
    assert code_of(node.settings.secret_key, proof_id=proof.id) in delivery["content"]["text"]


async def test_what_has_run_out_is_not_sent(node: Node, shop: Shop) -> None:
    await ask(node, shop, EMAIL)
    await node.database.pool.execute(
        "UPDATE point_proof SET asked_at = asked_at - interval '1 hour',"
        " expires_at = expires_at - interval '1 hour'"
    )
    await run_jobs(node)
    assert not (node.settings.data_dir / "mail").exists()


@pytest.mark.parametrize("locale", LOCALES)
async def test_every_language_says_it_whole(node: Node, shop: Shop, locale: Locale) -> None:
    mail = code_mail(await ask(node, shop, EMAIL, locale), shop=shop, code="012345")
    assert "{" not in mail.text + mail.subject
    assert "{{" not in mail.html
    assert "012345" in mail.html
