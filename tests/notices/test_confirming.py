"""The question whether an address may be used leaves by that address's own way, once."""

import email
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.channels.leaving import may_leave
from stoa.contact.channels.limits import Now, Refused
from stoa.contact.channels.models import Purpose as Sending
from stoa.notices.confirming import CONFIRM_JOB, confirmation_mail, send_confirmation
from stoa.people.consent.links import read_confirmation
from stoa.people.consent.models import ConsentRequest, How, Purpose, Wording
from stoa.people.consent.service import ask_consent, confirm_consent, withdraw_for_point
from stoa.people.consent.wordings import as_read, default_version
from stoa.people.customers.models import Point, PointKind
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import LOCALES, Locale
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
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


async def connect(node: Node, shop: Shop) -> None:
    async with node.database.begin() as session:
        await an_sms_inbox(session, shop_id=shop.id, key=node.settings.secret_key)


def words(kind: PointKind, locale: Locale) -> Wording:
    version = default_version(purpose=Purpose.MARKETING, locale=locale)
    return as_read(version, kind=kind, shop_name="Stoa Poikile")


async def ask(node: Node, shop: Shop, point: Point, locale: Locale = "pl") -> ConsentRequest:
    async with node.database.begin() as session:
        return await ask_consent(
            session,
            shop_id=shop.id,
            point=point,
            purpose=Purpose.MARKETING,
            wording=words(point.kind, locale),
            source="checkout",
        )


async def rows(node: Node, sql: str) -> list[dict[str, Any]]:
    async with node.database.read() as session:
        return [dict(row) for row in await session.fetch(sql)]


async def run_jobs(node: Node) -> None:
    found = await rows(
        node,
        "SELECT convert_from(payload, 'UTF8')::jsonb AS payload FROM pgqueuer"
        f" WHERE entrypoint = '{CONFIRM_JOB}' ORDER BY id",
    )
    for row in [*found, *found]:  # at least once
        await send_confirmation(node, row["payload"])


def link_in(node: Node, text: str) -> str:
    _, _, rest = text.partition(f"{node.settings.base_url}/confirm/")
    return rest.split()[0]


async def test_a_mail_asks_in_the_language_of_the_question(node: Node, shop: Shop) -> None:
    request = await ask(node, shop, EMAIL)
    await run_jobs(node)
    [path] = (node.settings.data_dir / "mail").glob("*.eml")
    mail = email.message_from_bytes(path.read_bytes(), policy=SMTP)
    assert mail["To"] == "anna@example.org"
    assert mail["Subject"] == f"Prosimy o potwierdzenie: oferty i nowości od {shop.name}"
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    text = plain.get_content()
    assert request.wording in text.replace("\r\n", "\n")
    token = link_in(node, text)
    assert read_confirmation(node.settings.secret_key, token=token) == request.id
    assert f"/confirm/{token}" in page.get_content()


async def test_an_sms_asks_the_number(node: Node, shop: Shop) -> None:
    await connect(node, shop)
    request = await ask(node, shop, PHONE, "en")
    await run_jobs(node)
    [delivery] = await rows(node, "SELECT * FROM delivery")
    assert (delivery["purpose"], delivery["to_key"]) == ("confirmation", request.key)
    text = delivery["content"]["text"]
    token = link_in(node, text)
    assert read_confirmation(node.settings.secret_key, token=token) == request.id


async def may(node: Node, shop: Shop, purpose: Sending) -> object:
    async with node.database.read() as session:
        standing = await may_leave(
            session, shop_id=shop.id, point=PHONE, purpose=purpose, channel="sms", now=now()
        )
    return standing.verdict


async def test_the_question_leaves_and_what_it_asks_for_does_not_until_it_is_confirmed(
    node: Node, shop: Shop
) -> None:
    await connect(node, shop)
    request = await ask(node, shop, PHONE)
    assert await may(node, shop, Sending.CONFIRMATION) == Now()
    assert await may(node, shop, Sending.MARKETING) == Refused("no_consent")
    async with node.database.begin() as session:
        await confirm_consent(session, request_id=request.id, ip="", user_agent="")
    # By now it may, or only has to wait for the morning.
    assert not isinstance(await may(node, shop, Sending.MARKETING), Refused)
    async with node.database.begin() as session:
        await withdraw_for_point(
            session,
            kind=PHONE.kind,
            key=request.key,
            how=How.STOP,
            channel="sms",
            wording=words(PHONE.kind, "pl"),
        )
    assert await may(node, shop, Sending.MARKETING) == Refused("consent_withdrawn")
    assert await may(node, shop, Sending.CONFIRMATION) == Now()


async def test_what_was_taken_back_before_it_left_is_not_asked(node: Node, shop: Shop) -> None:
    await ask(node, shop, EMAIL)
    async with node.database.begin() as session:
        await withdraw_for_point(
            session,
            kind=EMAIL.kind,
            key=EMAIL.value,
            how=How.LINK,
            channel="link",
            wording=words(EMAIL.kind, "pl"),
        )
    await run_jobs(node)
    assert not (node.settings.data_dir / "mail").exists()


@pytest.mark.parametrize("locale", LOCALES)
async def test_every_language_asks_whole_sentences(node: Node, shop: Shop, locale: Locale) -> None:
    request = await ask(node, shop, EMAIL, locale)
    mail = confirmation_mail(request, shop=shop, link="https://shop.example/confirm/x")
    assert "{" not in mail.text
    assert "{{" not in mail.html
    assert f'lang="{locale}"' in mail.html
