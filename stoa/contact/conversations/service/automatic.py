"""What the house itself says in a conversation: automatic answers, and notes about what it did."""

from uuid import UUID

from stoa.contact.conversations.columns import MESSAGE_JSON
from stoa.contact.conversations.events import MessageAdded, MessageChanged, notes_topic
from stoa.contact.conversations.rules import clean_text
from stoa.contact.conversations.schemas import Card, MessageBody, MessageView
from stoa.contact.conversations.service.cards import add_message
from stoa.contact.conversations.service.places import Place
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id


async def add_automatic_text(
    session: Session, *, place: Place, client_id: str, body: str
) -> MessageView:
    """The customer reads it, and waits for a person as before. The caller holds the conversation's
    lock and calls `publish_change`. The same `client_id` again gives the message that is there.
    """
    message = await add_message(
        session,
        place=place,
        kind="text",
        sender=None,
        client_id=client_id,
        preview="",
        body=clean_text(body),
    )
    await session.execute(
        "UPDATE conversation SET message_count = message_count + 1, version = version + 1"
        " WHERE id = $1",
        place.id,
    )
    return message


async def add_automatic_note(
    session: Session, *, place: Place, client_id: str, body: str = "", card: Card | None = None
) -> MessageView:
    """Agents read it. The caller holds the conversation's lock; the notes' topic is held from here
    on. The same `client_id` again gives the note that is there.
    """
    stored = await session.fetch_value(
        f"SELECT {MESSAGE_JSON} FROM message m WHERE m.conversation_id = $1 AND m.client_id = $2",
        place.id,
        client_id,
    )
    if stored is not None:
        return MessageView.model_validate(stored)
    message = MessageBody(
        id=new_id(),
        conversation_id=place.id,
        client_id=client_id,
        kind="note",
        sender_kind="system",
        body=clean_text(body),
        card=card,
        created_at=now(),
    )
    [logged] = await session.publish_now([(notes_topic(place.id), MessageAdded(message=message))])
    await session.execute(
        "INSERT INTO message (id, conversation_id, seq, client_id, kind, sender_kind, body, card,"
        " created_at) VALUES ($1, $2, $3, $4, 'note', 'system', $5, $6, $7)",
        message.id,
        place.id,
        logged.seq,
        client_id,
        message.body,
        card.model_dump(mode="json") if card else None,
        message.created_at,
    )
    return MessageView(**message.model_dump(), seq=logged.seq)


async def change_note_card(session: Session, *, message_id: UUID, card: Card) -> None:
    """The note shows `card` instead of what it showed.

    Raises:
        NotFound: no such note.
    """
    changed = await session.fetch_value(
        "UPDATE message m SET card = $2 WHERE m.id = $1 AND m.kind = 'note'"
        f" RETURNING {MESSAGE_JSON}",
        message_id,
        card.model_dump(mode="json"),
    )
    if changed is None:
        raise NotFound()
    message = MessageView.model_validate(changed)
    session.publish(MessageChanged(message=message), topics=[notes_topic(message.conversation_id)])
