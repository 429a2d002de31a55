"""Writes about conversations. Plain messages go through `batch`, everything else is here.

Each verb locks the conversation's row first, so that two agents, or an agent and a message, take
turns; what it publishes reaches the customer (`conversation:<id>`) and the agents' list (`desk`).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from stoa.contact.conversations.batch import publish_views
from stoa.contact.conversations.columns import MESSAGE_JSON, ROW_JSON
from stoa.contact.conversations.errors import AlreadyAssigned
from stoa.contact.conversations.events import (
    DESK_TOPIC,
    ConversationListed,
    MessageAdded,
    MessageChanged,
    MessageRead,
    conversation_topic,
)
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.rules import clean_text, preview_of
from stoa.contact.conversations.schemas import (
    Card,
    ConversationRow,
    MessageBody,
    MessageKind,
    MessageView,
    Reader,
    SystemFact,
)
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import Locale
from stoa.platform.ids import new_id


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
    """The conversation is this transaction's to change.

    Raises:
        NotFound: there is none, or it is not this visitor's.
    """
    row = await session.fetch_one(
        "SELECT id, shop_id, channel, visitor_id, state, assignee_id FROM conversation"
        " WHERE id = $1 AND ($2::uuid IS NULL OR visitor_id = $2) FOR UPDATE",
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
    customer_id: UUID | None,
    shop_id: UUID,
    locale: Locale,
    page_url: str,
    channel: str = "chat",
) -> UUID:
    """The visitor has an open conversation; two tabs that begin at once get the same one.

    A new one has no message yet, and no list shows it until it has.

    Raises:
        NotFound: no such shop.
    """
    await session.fetch_value("SELECT id FROM visitor WHERE id = $1 FOR UPDATE", visitor_id)
    found = await session.fetch_value(
        "SELECT id FROM conversation WHERE visitor_id = $1 AND shop_id = $2 AND channel = $3"
        " AND state = 'open' AND NOT is_offline"
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

    Raises:
        NotFound: not this visitor's conversation.
    """
    await lock_conversation(session, conversation_id=conversation_id, visitor_id=visitor_id)
    await session.execute(
        "UPDATE conversation SET contact_name = coalesce(nullif($2, ''), contact_name),"
        " contact_email = coalesce($3, contact_email), consent = coalesce($4, consent),"
        " is_offline = coalesce($5, is_offline), version = version + 1 WHERE id = $1",
        conversation_id,
        clean_text(name),
        email,
        consent,
        is_offline,
    )
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


async def add_message(
    session: Session,
    *,
    place: Place,
    kind: MessageKind,
    sender: Sender | None,
    client_id: str,
    card: Card,
    preview: str,
) -> MessageView:
    """A message with a card is stored in this transaction; the caller holds the conversation's lock
    and calls `publish_change` afterwards. From here on the topic's row is held: see `publish_now`.

    An agent's card is an answer: whoever waited has been answered. `sender` None: the house itself.
    The same `client_id` again gives the message that is there.
    """
    stored = await session.fetch_value(
        f"SELECT {MESSAGE_JSON} FROM message m WHERE m.conversation_id = $1 AND m.client_id = $2",
        place.id,
        client_id,
    )
    if stored is not None:
        return MessageView.model_validate(stored)
    moment = now()
    message = MessageBody(
        id=new_id(),
        conversation_id=place.id,
        client_id=client_id,
        kind=kind,
        sender_kind=sender.kind if sender else "system",
        staff_id=sender.staff_id if sender else None,
        staff_name=sender.staff_name if sender else None,
        card=card,
        created_at=moment,
    )
    if sender is not None and sender.kind == "agent":
        await _answer(session, place=place, message=message, preview=preview)
    [logged] = await session.publish_now(
        [(conversation_topic(place.id), MessageAdded(message=message))]
    )
    await session.execute(
        "INSERT INTO message (id, conversation_id, seq, client_id, kind, sender_kind, staff_id,"
        " card, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        message.id,
        place.id,
        logged.seq,
        client_id,
        kind,
        message.sender_kind,
        message.staff_id,
        card.model_dump(mode="json"),
        moment,
    )
    return MessageView(**message.model_dump(), seq=logged.seq)


async def _answer(session: Session, *, place: Place, message: MessageBody, preview: str) -> None:
    await session.execute(
        "INSERT INTO answer_time"
        " (id, shop_id, conversation_id, channel, asked_at, answered_at, was_first)"
        " SELECT $2, shop_id, id, channel, waiting_since, $3,"
        " NOT EXISTS (SELECT FROM answer_time t WHERE t.conversation_id = c.id)"
        " FROM conversation c WHERE id = $1 AND waiting_since IS NOT NULL",
        place.id,
        new_id(),
        message.created_at,
    )
    await session.execute(
        "UPDATE conversation SET state = 'open', closed_at = NULL, waiting_since = NULL,"
        " message_count = message_count + 1, last_message_at = $2, last_message_preview = $3,"
        " last_sender_kind = 'agent', assignee_id = coalesce(assignee_id, $4),"
        " version = version + 1 WHERE id = $1",
        place.id,
        message.created_at,
        preview_of("", card_title=preview),
        message.staff_id,
    )


async def change_card(session: Session, *, message_id: UUID, card: Card) -> None:
    """The message shows `card` instead of what it showed.

    Raises:
        NotFound: no such message.
    """
    changed = await session.fetch_value(
        f"UPDATE message m SET card = $2 WHERE m.id = $1 RETURNING {MESSAGE_JSON}",
        message_id,
        card.model_dump(mode="json"),
    )
    if changed is None:
        raise NotFound()
    message = MessageView.model_validate(changed)
    session.publish(
        MessageChanged(message=message), topics=[conversation_topic(message.conversation_id)]
    )


async def mark_read(
    session: Session, *, conversation_id: UUID, reader: Reader, seq: int, visitor_id: UUID | None
) -> None:
    """That side has seen everything up to `seq`; a number that is not newer changes nothing.

    Raises:
        NotFound: there is no such conversation, or it is not this visitor's.
    """
    await lock_conversation(session, conversation_id=conversation_id, visitor_id=visitor_id)
    column = "agent_read_seq" if reader == "agent" else "customer_read_seq"
    unread = (
        ", unread_count = (SELECT count(*) FROM message m WHERE m.conversation_id = c.id"
        " AND m.sender_kind = 'customer' AND m.seq > n.seq)"
        if reader == "agent"
        else ""
    )
    read_seq = await session.fetch_value(
        f"UPDATE conversation c SET {column} = n.seq, version = version + 1{unread}"
        " FROM (SELECT least($2, seq) AS seq FROM topic WHERE name = $3) n"
        f" WHERE c.id = $1 AND n.seq > c.{column} RETURNING c.{column}",
        conversation_id,
        seq,
        conversation_topic(conversation_id),
    )
    if read_seq is None:
        return
    session.publish(
        MessageRead(conversation_id=conversation_id, reader=reader, seq=read_seq),
        topics=[conversation_topic(conversation_id)],
    )
    row = await session.fetch_value(
        f"SELECT {ROW_JSON} FROM conversation c WHERE c.id = $1", conversation_id
    )
    session.publish(
        ConversationListed(conversation=ConversationRow.model_validate(row)), topics=[DESK_TOPIC]
    )


async def claim_conversation(session: Session, *, conversation_id: UUID, by: Sender) -> None:
    """The conversation is `by`'s. Of two agents who claim at once exactly one gets it.

    Raises:
        AlreadyAssigned: somebody else has it.
    """
    place = await lock_conversation(session, conversation_id=conversation_id)
    if place.assignee_id == by.staff_id:
        return
    if place.assignee_id is not None:
        raise AlreadyAssigned()
    await _assign(session, place=place, to=by.staff_id, to_name=by.staff_name, by=by)


async def assign_conversation(
    session: Session, *, conversation_id: UUID, to: UUID | None, by: Sender
) -> None:
    """The conversation is `to`'s; None puts it back among the unassigned.

    Raises:
        NotFound: no such conversation, or nobody active of that id.
    """
    place = await lock_conversation(session, conversation_id=conversation_id)
    if place.assignee_id == to:
        return
    name = None
    if to is not None:
        name = await session.fetch_value("SELECT name FROM staff WHERE id = $1 AND is_active", to)
        if name is None:
            raise NotFound()
    await _assign(session, place=place, to=to, to_name=name, by=by)


async def _assign(
    session: Session, *, place: Place, to: UUID | None, to_name: str | None, by: Sender
) -> None:
    await session.execute(
        "UPDATE conversation SET assignee_id = $2, version = version + 1 WHERE id = $1",
        place.id,
        to,
    )
    was_taken = place.assignee_id is not None
    fact = SystemFact(
        fact="released" if to is None else "handed_over" if was_taken else "assigned",
        staff_name=to_name,
        by_name=by.staff_name,
    )
    await _tell(session, place=place, fact=fact, action="conversation.assigned", by=by)


async def close_conversation(session: Session, *, conversation_id: UUID, by: Sender) -> None:
    """The conversation is closed and nobody waits in it; a closed one stays as it is.

    Raises:
        NotFound: there is none, or it is not this visitor's.
    """
    place = await lock_conversation(
        session, conversation_id=conversation_id, visitor_id=by.visitor_id
    )
    if place.state == "closed":
        return
    await session.execute(
        "UPDATE conversation SET state = 'closed', closed_at = $2, waiting_since = NULL,"
        " version = version + 1 WHERE id = $1",
        place.id,
        now(),
    )
    fact = SystemFact(fact="closed", by_name=by.staff_name)
    await _tell(session, place=place, fact=fact, action="conversation.closed", by=by)


async def reopen_conversation(session: Session, *, conversation_id: UUID, by: Sender) -> None:
    """The conversation is open; an open one stays as it is."""
    place = await lock_conversation(session, conversation_id=conversation_id)
    if place.state == "open":
        return
    await session.execute(
        "UPDATE conversation SET state = 'open', closed_at = NULL, version = version + 1"
        " WHERE id = $1",
        place.id,
    )
    fact = SystemFact(fact="reopened", by_name=by.staff_name)
    await _tell(session, place=place, fact=fact, action="conversation.reopened", by=by)


async def _tell(
    session: Session, *, place: Place, fact: SystemFact, action: str, by: Sender
) -> None:
    """The timeline says what happened, the audit who did it, customer and agents see it."""
    if by.staff_id is not None:
        await record_audit(
            session,
            staff_id=by.staff_id,
            action=action,
            subject=str(place.id),
            details={"fact": fact.fact},
        )
    await add_message(
        session,
        place=place,
        kind="system",
        sender=None,
        client_id=f"system-{new_id()}",
        card=fact,
        preview="",
    )
    await publish_change(session, conversation_id=place.id)
