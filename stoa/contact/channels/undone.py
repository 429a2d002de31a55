"""What did not go through: set aside on its way in, given up on its way out; and another try."""

from uuid import UUID

from stoa.contact.channels.schemas import GivenUp, SetAside, Trouble, Undone
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.storage.blobs import Blob, get_blob

LIMIT = 100


async def undone(session: ReadSession) -> Undone:
    """Newest first, of all inboxes."""
    aside = await session.fetch(
        "SELECT i.id, i.inbox_id, b.name AS inbox_name, i.problem, i.received_at,"
        " i.envelope ->> 'sender' AS sender FROM inbound i JOIN inbox b ON b.id = i.inbox_id"
        " WHERE i.state = 'set_aside' ORDER BY i.received_at DESC, i.id DESC LIMIT $1",
        LIMIT,
    )
    given_up = await session.fetch(
        "SELECT d.id, d.inbox_id, b.name AS inbox_name, b.channel, d.conversation_id,"
        " d.to_value AS to, d.content ->> 'subject' AS subject, d.state, d.problem, d.created_at,"
        " d.done_at FROM delivery d JOIN inbox b ON b.id = d.inbox_id"
        " WHERE d.state IN ('dead', 'failed', 'refused')"
        " ORDER BY d.done_at DESC, d.id DESC LIMIT $1",
        LIMIT,
    )
    return Undone(
        set_aside=[
            SetAside(
                **{
                    **row,
                    "sender": row["sender"] or "",
                    "problem": Trouble.model_validate(row["problem"]),
                }
            )
            for row in aside
        ],
        given_up=[GivenUp.model_validate(dict(row)) for row in given_up],
    )


async def try_again(session: Session, *, inbound_id: UUID) -> None:
    """What was set aside waits to be read once more, by the wish of a person.

    Raises:
        NotFound: nothing of this id was set aside.
    """
    count = await session.execute(
        "UPDATE inbound SET state = 'received', attempts = 0, problem = NULL, done_at = NULL,"
        " envelope = envelope || '{\"is_wanted\": true}' WHERE id = $1 AND state = 'set_aside'",
        inbound_id,
    )
    if count == 0:
        raise NotFound()


async def put_away(session: Session, *, inbound_id: UUID) -> None:
    """What was set aside is seen to be of no use, and no longer listed.

    Raises:
        NotFound: nothing of this id was set aside.
    """
    count = await session.execute(
        "UPDATE inbound SET state = 'ignored' WHERE id = $1 AND state = 'set_aside'", inbound_id
    )
    if count == 0:
        raise NotFound()


async def raw_of(session: ReadSession, *, inbound_id: UUID) -> Blob:
    """The bytes as they came.

    Raises:
        NotFound: no such thing, or its bytes were erased.
    """
    blob_id = await session.fetch_value("SELECT blob_id FROM inbound WHERE id = $1", inbound_id)
    blob = await get_blob(session, blob_id=blob_id) if blob_id else None
    if blob is None:
        raise NotFound()
    return blob


async def inbound_of_message(session: ReadSession, *, message_id: UUID) -> UUID:
    """What the message was made of.

    Raises:
        NotFound: it did not come by a channel.
    """
    found: UUID | None = await session.fetch_value(
        "SELECT id FROM inbound WHERE message_id = $1", message_id
    )
    if found is None:
        raise NotFound()
    return found
