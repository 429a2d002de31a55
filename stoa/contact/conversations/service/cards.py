"""Messages stored one by one, in the transaction that made what they show or took them in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from stoa.contact.conversations.columns import MESSAGE_JSON, WAIT_CHANNEL
from stoa.contact.conversations.events import (
    MessageAdded,
    MessageChanged,
    conversation_topic,
    notes_topic,
)
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.rules import preview_of
from stoa.contact.conversations.schemas import (
    AttachmentView,
    Card,
    DeliveryView,
    MessageBody,
    MessageKind,
    MessageView,
    SystemFact,
)
from stoa.contact.conversations.service.places import Place, lock_conversation
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id


async def add_message(
    session: Session,
    *,
    place: Place,
    kind: MessageKind,
    sender: Sender | None,
    client_id: str,
    preview: str,
    card: Card | None = None,
    body: str = "",
    attachments: Sequence[AttachmentView] = (),
    channel: str | None = None,
    delivery: DeliveryView | None = None,
) -> MessageView:
    """A message is stored in this transaction; the caller holds the conversation's lock and calls
    `publish_change` afterwards. From here on the topic's row is held: see `publish_now`.

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
        body=body,
        card=card,
        attachments=list(attachments),
        channel=channel,
        delivery=delivery,
        created_at=moment,
    )
    if sender is not None and sender.kind == "agent":
        await _answer(session, place=place, message=message, preview=preview)
    topic = notes_topic(place.id) if kind == "note" else conversation_topic(place.id)
    [logged] = await session.publish_now([(topic, MessageAdded(message=message))])
    await session.execute(
        "INSERT INTO message (id, conversation_id, seq, client_id, kind, sender_kind, staff_id,"
        " card, created_at, body, attachments, channel, delivery)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        message.id,
        place.id,
        logged.seq,
        client_id,
        kind,
        message.sender_kind,
        message.staff_id,
        card.model_dump(mode="json") if card else None,
        moment,
        body,
        [file.model_dump(mode="json") for file in attachments],
        channel,
        delivery.model_dump(mode="json") if delivery else None,
    )
    return MessageView(**message.model_dump(), seq=logged.seq)


async def _answer(session: Session, *, place: Place, message: MessageBody, preview: str) -> None:
    await session.execute(
        "INSERT INTO answer_time"
        " (id, shop_id, conversation_id, channel, asked_at, answered_at, was_first, staff_id)"
        f" SELECT $2, shop_id, id, {WAIT_CHANNEL}, waiting_since, $3,"
        " NOT EXISTS (SELECT FROM answer_time t WHERE t.conversation_id = c.id), $4"
        " FROM conversation c WHERE id = $1 AND waiting_since IS NOT NULL",
        place.id,
        new_id(),
        message.created_at,
        message.staff_id,
    )
    await session.execute(
        "UPDATE conversation SET state = 'open', closed_at = NULL, waiting_since = NULL,"
        " message_count = message_count + 1, last_message_at = $2, last_message_preview = $3,"
        " last_sender_kind = 'agent', assignee_id = coalesce(assignee_id, $4),"
        " woke_by = NULL, version = version + 1 WHERE id = $1",
        place.id,
        message.created_at,
        preview_of("", card_title=preview),
        message.staff_id,
    )


async def add_stranger_note(
    session: Session, *, conversation_id: UUID, sender: str, other: UUID
) -> None:
    """Agents read in the conversation that somebody else answered to it, and where that went."""
    await add_message(
        session,
        place=await lock_conversation(session, conversation_id=conversation_id),
        kind="note",
        sender=None,
        client_id=f"stranger-{other}",
        preview="",
        card=SystemFact(fact="stranger_wrote", by_name=sender, conversation_id=other),
    )


async def count_received(
    session: Session,
    *,
    place: Place,
    channel: str,
    preview: str,
    is_automatic: bool,
    at: datetime,
) -> None:
    """The agents' list shows what came in by a channel, unread; a person who wrote waits for an
    answer, a machine wakes nobody and opens nothing. The caller adds the message before.
    """
    await session.execute(
        "UPDATE conversation SET"
        " state = CASE WHEN $4 THEN state ELSE 'open' END,"
        " closed_at = CASE WHEN $4 THEN closed_at END,"
        " message_count = message_count + 1, unread_count = unread_count + 1,"
        " last_message_at = $2, last_message_preview = $3, last_sender_kind = 'customer',"
        " waiting_since = CASE WHEN $4 THEN waiting_since ELSE coalesce(waiting_since, $2) END,"
        " answer_channel = CASE WHEN $4 THEN answer_channel ELSE $5 END,"
        " woke_by = CASE WHEN $4 OR snoozed_at IS NULL THEN woke_by ELSE 'customer' END,"
        " snoozed_at = CASE WHEN $4 THEN snoozed_at END,"
        " snoozed_until = CASE WHEN $4 THEN snoozed_until END,"
        " version = version + 1 WHERE id = $1",
        place.id,
        at,
        preview_of(preview),
        is_automatic,
        channel,
    )


async def show_delivery(
    session: Session, *, message_ids: Sequence[UUID], delivery: DeliveryView
) -> None:
    """The messages show what became of them on their way out."""
    rows = await session.fetch(
        f"UPDATE message m SET delivery = $2 WHERE m.id = ANY($1::uuid[])"
        f" RETURNING {MESSAGE_JSON} AS message",
        message_ids,
        delivery.model_dump(mode="json"),
    )
    for row in rows:
        message = MessageView.model_validate(row["message"])
        session.publish(
            MessageChanged(message=message), topics=[conversation_topic(message.conversation_id)]
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
