"""The conversation itself: begun, locked, named, and shown to both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from stoa.contact.conversations.batch import publish_views
from stoa.contact.conversations.columns import ROW_JSON
from stoa.contact.conversations.events import DESK_TOPIC, ConversationListed
from stoa.contact.conversations.rules import clean_text
from stoa.contact.conversations.schemas import ConversationRow
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import know_visitor
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import Locale
from stoa.platform.ids import new_id

# Sets what is put aside back among what is to be answered, because its customer did something.
WAKE = (
    "woke_by = CASE WHEN snoozed_at IS NULL THEN woke_by ELSE 'customer' END,"
    " snoozed_at = NULL, snoozed_until = NULL"
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a verb has to know of the conversation it locked."""

    id: UUID
    shop_id: UUID
    channel: str
    visitor_id: UUID | None
    state: str
    assignee_id: UUID | None


async def lock_conversation(
    session: Session, *, conversation_id: UUID, visitor_id: UUID | None = None
) -> Place:
    """The conversation is this transaction's to change. Not its key: what names it by a reference
    (a delivery that has left, the index of words) is written without waiting for this.

    Raises:
        NotFound: there is none, or it is not this visitor's.
    """
    row = await session.fetch_one(
        "SELECT id, shop_id, channel, visitor_id, state, assignee_id FROM conversation"
        " WHERE id = $1 AND ($2::uuid IS NULL OR visitor_id = $2) FOR NO KEY UPDATE",
        conversation_id,
        visitor_id,
    )
    if row is None:
        raise NotFound()
    return Place(**row)


async def ensure_conversation(
    session: Session,
    *,
    visitor_id: UUID,
    shop_id: UUID,
    locale: Locale,
    page_url: str,
    channel: str = "chat",
) -> UUID:
    """The visitor has an open conversation; two tabs that begin at once get the same one.

    A new one has no message yet, and no list shows it until it has. It is whose the visitor is now:
    a page that has been open for long may have known them as somebody else, who was erased.

    Raises:
        NotFound: no such shop.
    """
    customer_id = await session.fetch_value(
        "SELECT customer_id FROM visitor WHERE id = $1 FOR NO KEY UPDATE", visitor_id
    )
    found = await session.fetch_value(
        "SELECT id FROM conversation WHERE visitor_id = $1 AND shop_id = $2 AND channel = $3"
        " AND state = 'open'"
        " ORDER BY last_message_at DESC, id DESC LIMIT 1",
        visitor_id,
        shop_id,
        channel,
    )
    if found is not None:
        assert isinstance(found, UUID)
        return found
    made = await session.fetch_value(
        "INSERT INTO conversation (id, shop_id, visitor_id, customer_id, channel, state, locale,"
        " page_url, last_message_at, created_at)"
        " SELECT $1, s.id, $2, $3, $4, 'open', $5, $6, $7, $7 FROM shop s WHERE s.id = $8"
        " RETURNING id",
        new_id(),
        visitor_id,
        customer_id,
        channel,
        locale,
        page_url,
        now(),
        shop_id,
    )
    if made is None:
        raise NotFound()
    assert isinstance(made, UUID)
    return made


async def begin_conversation(
    session: Session,
    *,
    shop_id: UUID,
    inbox_id: UUID,
    channel: str,
    customer_id: UUID,
    contact_name: str,
    contact_email: str | None,
    locale: str,
    subject: str,
) -> UUID:
    """There is a conversation with somebody who wrote by a channel, without a message yet."""
    made = await session.fetch_value(
        "INSERT INTO conversation (id, shop_id, inbox_id, customer_id, channel, state, locale,"
        " contact_name, contact_email, subject, last_message_at, created_at)"
        " VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10, $10) RETURNING id",
        new_id(),
        shop_id,
        inbox_id,
        customer_id,
        channel,
        locale,
        clean_text(contact_name)[:200],
        contact_email,
        " ".join(clean_text(subject).split())[:300],
        now(),
    )
    assert isinstance(made, UUID)
    return made


async def set_contact(
    session: Session,
    *,
    conversation_id: UUID,
    visitor_id: UUID,
    name: str,
    email: str | None,
    consent: dict[str, Any] | None = None,
    is_offline: bool | None = None,
) -> None:
    """The conversation has a name and a reply address; empty ones leave what is known.

    Whoever leaves an address is a customer from then on, who claims it.

    Raises:
        NotFound: not this visitor's conversation.
    """
    customer_id = None
    if email is not None:
        # Before the conversation: the locks' order (stoa.people.customers.service).
        customer_id = await know_visitor(
            session,
            visitor_id=visitor_id,
            points=[Point(PointKind.EMAIL, email)],
            name=clean_text(name),
            source="chat",
        )
    await lock_conversation(session, conversation_id=conversation_id, visitor_id=visitor_id)
    await session.execute(
        "UPDATE conversation SET contact_name = coalesce(nullif($2, ''), contact_name),"
        " contact_email = coalesce($3, contact_email), consent = coalesce($4, consent),"
        " is_offline = coalesce($5, is_offline), customer_id = coalesce(customer_id, $6),"
        " version = version + 1 WHERE id = $1",
        conversation_id,
        clean_text(name),
        email,
        consent,
        is_offline,
        customer_id,
    )
    await publish_change(session, conversation_id=conversation_id)


async def hand_to_customer(
    session: Session, *, conversation_ids: Sequence[UUID], from_id: UUID, to_id: UUID
) -> None:
    """Of these conversations, those that are the customer `from_id`'s are `to_id`'s."""
    rows = await session.fetch(
        "UPDATE conversation SET customer_id = $1, version = version + 1 WHERE id IN"
        " (SELECT id FROM conversation WHERE customer_id = $2 AND id = ANY($3::uuid[])"
        " ORDER BY id FOR NO KEY UPDATE) RETURNING id",
        to_id,
        from_id,
        conversation_ids,
    )
    for conversation_id in sorted(row["id"] for row in rows):
        await publish_change(session, conversation_id=conversation_id)


async def publish_change(session: Session, *, conversation_id: UUID) -> ConversationRow | None:
    """Customer and agents will see how the conversation stands, once anything was said in it."""
    row = await session.fetch_one(
        f"SELECT {ROW_JSON} AS row, c.message_count FROM conversation c WHERE c.id = $1",
        conversation_id,
    )
    if row is None:
        raise NotFound()
    if row["message_count"] == 0:
        return None
    await publish_views(session, conversation_ids=[conversation_id])
    listed = ConversationRow.model_validate(row["row"])
    session.publish(ConversationListed(conversation=listed), topics=[DESK_TOPIC])
    return listed
