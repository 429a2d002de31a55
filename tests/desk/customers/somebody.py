"""One person about whom everything is known that can be: what an export holds and erasure takes."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from stoa.commerce.checkout.models import Step
from stoa.commerce.orders.service import mark_paid, ship
from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.schemas import Sent
from stoa.contact.conversations.service import set_contact
from stoa.people.consent.models import ConsentState, How, Person, Proof, Purpose, Wording
from stoa.people.consent.service import ask_consent, record_point_consent
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import add_note, customer_of_point, merge_customers
from stoa.platform.clock import now
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from stoa.platform.storage.blobs import LocalBlobStore, record_blob
from tests.factories.checkout import STEPS, order_now, ready_visitor
from tests.factories.commerce import make_goods
from tests.factories.contact import a_conversation, a_draft
from tests.factories.shops import with_reactions

NAME = "Zdzisława Niebywała"
EMAIL = "zdzislawa.niebywala@example.org"
OTHER_EMAIL = "zdzisia@example.net"
PHONE = "+48 22 765 43 21"
STREET = "Nieznana 17"
SECRET = "my cat is called Pafnucy"
NEEDLES = (NAME, "Niebywa", EMAIL, OTHER_EMAIL, "765 43 21", "7654321", STREET, "Pafnucy")
FILE = b"%PDF-1.4 a file about Pafnucy"
ORIGINAL = b"From: zdzislawa.niebywala@example.org\r\n\r\nPafnucy again"
SOUND = b"OggS Pafnucy miaows"


@dataclass(frozen=True, slots=True)
class Somebody:
    customer_id: UUID
    merged_id: UUID
    conversation_id: UUID
    order_id: UUID
    order_number: str


async def make_somebody(plain: Database, shop: Shop, agent: Sender, *, blobs_dir: Path) -> Somebody:
    """They bought, chatted, wrote a mail, were called, agreed, and were two customers once."""
    database = with_reactions(plain)
    assert agent.staff_id is not None
    order_id, number, visitor_id = await _buy(database, shop)
    conversation_id = await _chat(database, shop, agent, visitor_id)
    async with database.read() as session:
        customer_id: UUID = await session.fetch_value(
            "SELECT customer_id FROM visitor WHERE id = $1", visitor_id
        )
    async with database.begin() as session:
        other = await customer_of_point(
            session,
            point=Point(PointKind.EMAIL, OTHER_EMAIL),
            is_verified=True,
            name="",
            locale="pl",
            source="email",
        )
    async with database.begin() as session:
        await merge_customers(session, from_id=other.id, into_id=customer_id, by=agent.staff_id)
        await add_note(session, customer_id=customer_id, body=SECRET, by=agent.staff_id)
        await record_point_consent(
            session,
            point=Point(PointKind.EMAIL, EMAIL),
            purpose=Purpose.MARKETING,
            state=ConsentState.GIVEN,
            wording=Wording("May we?", "1", "en"),
            how=How.DOUBLE_OPT_IN,
            channel="checkout",
            person=Person(visitor_id=visitor_id, customer_id=customer_id),
            proof=Proof(ip="192.0.2.77", note=SECRET),
        )
        await ask_consent(
            session,
            shop_id=shop.id,
            point=Point(PointKind.EMAIL, EMAIL),
            purpose=Purpose.MARKETING,
            wording=Wording("May we?", "1", "en"),
            source="account",
            person=Person(visitor_id=visitor_id, customer_id=customer_id),
            proof=Proof(ip="192.0.2.77"),
        )
    await _by_channel(database, shop, conversation_id, LocalBlobStore(blobs_dir))
    await _around(database, shop, conversation_id)
    await _call_and_visit(
        database, shop, conversation_id, visitor_id, agent.staff_id, LocalBlobStore(blobs_dir)
    )
    return Somebody(customer_id, other.id, conversation_id, order_id, number)


async def _buy(database: Database, shop: Shop) -> tuple[UUID, str, UUID]:
    async with database.begin() as session:
        goods = await make_goods(session, shop)
    own = {
        Step.CONTACT: {"email": EMAIL, "phone": PHONE},
        Step.ADDRESS: STEPS["address"] | {"name": NAME, "street": STREET},
    }
    visitor_id = await ready_visitor(database, shop, goods)
    async with database.begin() as session:
        for step, values in own.items():
            await session.execute(
                "UPDATE cart SET checkout = jsonb_set(checkout, ARRAY[$2::text], $3::jsonb)"
                " WHERE visitor_id = $1",
                visitor_id,
                step.value,
                values,
            )
    placed = await order_now(database, shop, visitor_id)
    async with database.begin() as session:
        row = await session.fetch_one(
            'SELECT id, number FROM "order" WHERE token = $1', placed.token
        )
        assert row is not None
        await mark_paid(session, order_id=row["id"])
        await ship(session, order_id=row["id"])
    return row["id"], row["number"], visitor_id


async def _chat(database: Database, shop: Shop, agent: Sender, visitor_id: UUID) -> UUID:
    conversation_id, customer = await a_conversation(
        database, shop_id=shop.id, visitor_id=visitor_id
    )
    group = GroupCommit[Draft, Sent](database, write_messages)
    await group.submit(a_draft(conversation_id, customer, SECRET))
    await group.submit(a_draft(conversation_id, agent, "And mine is called Bonifacy"))
    await group.submit(a_draft(conversation_id, agent, f"{NAME} is nice", kind="note"))
    await group.close()
    async with database.begin() as session:
        await set_contact(
            session,
            conversation_id=conversation_id,
            visitor_id=visitor_id,
            name=NAME,
            email=EMAIL,
        )
    return conversation_id


async def _by_channel(
    database: Database, shop: Shop, conversation_id: UUID, blobs: LocalBlobStore
) -> None:
    """A file in the chat, a mail that came in with its original, and an answer that went out."""
    stored = {name: await blobs.save(data) for name, data in (("f", FILE), ("o", ORIGINAL))}
    moment, inbox_id = now(), new_id()
    async with database.begin() as session:
        file = await record_blob(session, stored=stored["f"], media_type="application/pdf")
        original = await record_blob(session, stored=stored["o"], media_type="message/rfc822")
        await session.execute(
            "INSERT INTO inbox (id, shop_id, channel, name, address, settings, created_at,"
            " updated_at) VALUES ($1, $2, 'email', 'Mail', 'shop@example.org', '{}', $3, $3)",
            inbox_id,
            shop.id,
            moment,
        )
        message_id = await session.fetch_value(
            "SELECT id FROM message WHERE conversation_id = $1 AND sender_kind = 'customer'",
            conversation_id,
        )
        await session.execute(
            "INSERT INTO attachment (id, inbox_id, conversation_id, message_id, blob_id,"
            " file_name, media_type, size_bytes, created_at)"
            " VALUES ($1, $2, $3, $4, $5, 'Pafnucy.pdf', 'application/pdf', $6, $7)",
            new_id(),
            inbox_id,
            conversation_id,
            message_id,
            file.id,
            len(FILE),
            moment,
        )
        await session.execute(
            "INSERT INTO inbound (id, inbox_id, external_id, blob_id, envelope, state,"
            " conversation_id, message_id, received_at, from_kind, from_key)"
            " VALUES ($1, $2, '1:17', $3, $4, 'taken', $5, $6, $7, 'email', $8)",
            new_id(),
            inbox_id,
            original.id,
            {"sender": EMAIL},
            conversation_id,
            message_id,
            moment,
            EMAIL,
        )
        await session.execute(
            "INSERT INTO delivery (id, inbox_id, conversation_id, purpose, to_kind, to_value,"
            " to_key, content, state, created_at)"
            " VALUES ($1, $2, $3, 'service', 'email', $4, $4, $5, 'sent', $6)",
            new_id(),
            inbox_id,
            conversation_id,
            EMAIL,
            {"text": SECRET},
            moment,
        )


async def _around(database: Database, shop: Shop, conversation_id: UUID) -> None:
    """They rated us, their conversation is put aside, and another program was told of it."""
    moment, webhook_id = now(), new_id()
    async with database.begin() as session:
        await session.execute(
            "UPDATE conversation SET snoozed_at = $2 WHERE id = $1", conversation_id, moment
        )
        await session.execute(
            "INSERT INTO rating (id, shop_id, conversation_id, closed_at, way, channel, token,"
            " asked_at, score, words, rated_at)"
            " VALUES ($1, $2, $3, $4, 'chat', 'chat', $5, $4, 5, $6, $4)",
            new_id(),
            shop.id,
            conversation_id,
            moment,
            new_id().hex,
            SECRET,
        )
        await session.execute(
            "INSERT INTO webhook (id, shop_id, name, url, secret, events, created_at, updated_at)"
            " VALUES ($1, $2, 'ERP', 'https://erp.example', '', '{}', $3, $3)",
            webhook_id,
            shop.id,
            moment,
        )
        await session.execute(
            "INSERT INTO webhook_delivery (id, webhook_id, event, body, state, created_at,"
            " conversation_id) VALUES ($1, $2, 'message.added', $3, 'delivered', $4, $5)",
            new_id(),
            webhook_id,
            f'{{"conversation_id": "{conversation_id}", "text": "{SECRET}"}}',
            moment,
            conversation_id,
        )


async def _call_and_visit(
    database: Database,
    shop: Shop,
    conversation_id: UUID,
    visitor_id: UUID,
    staff_id: UUID,
    blobs: LocalBlobStore,
) -> None:
    stored, moment, call_id = await blobs.save(SOUND), now(), new_id()
    async with database.begin() as session:
        sound = await record_blob(session, stored=stored, media_type="audio/ogg")
        await session.execute(
            "INSERT INTO call (id, shop_id, conversation_id, visitor_id, client_id, direction,"
            " state, end_reason, locale, callback_phone, ended_at, created_at, facts)"
            " VALUES ($1, $2, $3, $4, 'c-1', 'inbound', 'ended', 'hung_up', 'pl', $5, $6, $6, $7)",
            call_id,
            shop.id,
            conversation_id,
            visitor_id,
            PHONE,
            moment,
            [],
        )
        await session.execute(
            "INSERT INTO call_recording (id, call_id, kind, state, blob_id, channels, started_at)"
            " VALUES ($1, $2, 'call', 'kept', $3, 2, $4)",
            new_id(),
            call_id,
            sound.id,
            moment,
        )
        await session.execute(
            "INSERT INTO visit (id, shop_id, visitor_id, started_at, ended_at, locale, referrer,"
            " is_returning, page_count) VALUES ($1, $2, $3, $4, $4, 'pl', $5, false, 3)",
            new_id(),
            shop.id,
            visitor_id,
            moment,
            f"https://example.org/?u={EMAIL}",
        )
        message_id = await session.fetch_value(
            "SELECT id FROM message WHERE conversation_id = $1 LIMIT 1", conversation_id
        )
        await session.execute(
            "INSERT INTO proposal (id, shop_id, conversation_id, visitor_id, staff_id, kind,"
            " suggestion, message_id, state, created_at)"
            " VALUES ($1, $2, $3, $4, $5, 'product', $6, $7, 'refused', $8)",
            new_id(),
            shop.id,
            conversation_id,
            visitor_id,
            staff_id,
            {"words": SECRET},
            message_id,
            moment,
        )
