"""What agents and customers do with a conversation: read, take, hand over, close, reopen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from stoa.contact.conversations.columns import ROW_JSON
from stoa.contact.conversations.errors import AlreadyAssigned, NoReplyAddress
from stoa.contact.conversations.events import (
    DESK_TOPIC,
    ConversationClosed,
    ConversationListed,
    MessageRead,
    TranscriptRequested,
    conversation_topic,
)
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.schemas import ConversationRow, Reader, SystemFact
from stoa.contact.conversations.service.cards import add_message
from stoa.contact.conversations.service.places import Place, lock_conversation, publish_change
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id

# A closing that is taken back within this was a mistake.
MISTAKEN_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class UnreadAnswers:
    """Agents' and automatic messages with `after` < seq <= `up_to` that go to the reply address."""

    conversation_id: UUID
    after: int
    up_to: int


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
        "UPDATE conversation SET assignee_id = $2, version = version + 1,"
        # Who takes it from another has not said that they do not want it.
        " put_back_by = CASE WHEN $2::uuid IS NULL AND assignee_id = $3 THEN $3::uuid END"
        " WHERE id = $1",
        place.id,
        to,
        by.staff_id,
    )
    fact = SystemFact(
        fact="released" if to is None else "assigned" if to == by.staff_id else "handed_over",
        staff_name=to_name,
        by_name=by.staff_name,
    )
    await _tell(session, place=place, fact=fact, action="conversation.assigned", by=by)


async def close_conversation(
    session: Session, *, conversation_id: UUID, by: Sender, is_automatic: bool = False
) -> None:
    """The conversation is closed and nobody waits in it; a closed one stays as it is.

    Raises:
        NotFound: there is none, or it is not this visitor's.
    """
    place = await lock_conversation(
        session, conversation_id=conversation_id, visitor_id=by.visitor_id
    )
    if place.state == "closed":
        return
    moment = now()
    await session.execute(
        "UPDATE conversation SET state = 'closed', closed_at = $2,"
        " closed_waiting_since = waiting_since, waiting_since = NULL, snoozed_at = NULL,"
        " snoozed_until = NULL, woke_by = NULL, version = version + 1"
        " WHERE id = $1",
        place.id,
        moment,
    )
    fact = SystemFact(fact="closed", by_name=by.staff_name, is_automatic=is_automatic)
    await _tell(session, place=place, fact=fact, action="conversation.closed", by=by)
    session.publish(
        ConversationClosed(conversation_id=place.id, shop_id=place.shop_id, closed_at=moment),
        topics=[],
    )


async def reopen_conversation(session: Session, *, conversation_id: UUID, by: Sender) -> None:
    """The conversation is open; an open one stays as it is.

    Soon after it was closed that was a mistake, and whoever waited waits on as before. Later the
    last word is no longer a question, and nobody is late with an answer.
    """
    place = await lock_conversation(session, conversation_id=conversation_id)
    if place.state == "open":
        return
    await session.execute(
        "UPDATE conversation SET state = 'open', closed_at = NULL, version = version + 1,"
        " waiting_since = CASE WHEN closed_at > $2 THEN closed_waiting_since END,"
        " closed_waiting_since = NULL WHERE id = $1",
        place.id,
        now() - MISTAKEN_WITHIN,
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


async def request_transcript(
    session: Session, *, conversation_id: UUID, by: Sender, email: str | None
) -> None:
    """The transcript will be sent to `email`, or to the address the conversation knows.

    Raises:
        NotFound: there is none, or it is not this visitor's.
        NoReplyAddress: none given and none known.
    """
    place = await lock_conversation(
        session, conversation_id=conversation_id, visitor_id=by.visitor_id
    )
    to = email or await session.fetch_value(
        "SELECT contact_email FROM conversation WHERE id = $1", place.id
    )
    if not to:
        raise NoReplyAddress()
    session.publish(TranscriptRequested(conversation_id=place.id, email=to), topics=[])
    fact = SystemFact(fact="transcript_sent", by_name=by.staff_name)
    await _tell(session, place=place, fact=fact, action="conversation.transcript", by=by)


async def take_unread_answers(
    session: Session, *, written_before: datetime, limit: int = 100
) -> list[UnreadAnswers]:
    """Answers that customers with a reply address have not read: each is given out once.

    Who calls sends them, by a job of the same transaction. Conversations that somebody else is
    working on are left for the next time.
    """
    rows = await session.fetch(
        """
        WITH unread AS (
            SELECT c.id, greatest(c.customer_read_seq, c.mailed_seq) AS after, a.up_to
            FROM conversation c, LATERAL (
                SELECT max(m.seq) AS up_to FROM message m WHERE m.conversation_id = c.id
                    AND (m.sender_kind = 'agent' AND m.kind <> 'note'
                        OR m.sender_kind = 'system' AND m.kind = 'text')
            ) a
            WHERE c.contact_email IS NOT NULL AND c.message_count > 0
                AND c.last_message_at BETWEEN $1::timestamptz - interval '7 days' AND $1
                AND a.up_to > greatest(c.customer_read_seq, c.mailed_seq)
            ORDER BY c.id LIMIT $2 FOR NO KEY UPDATE OF c SKIP LOCKED
        )
        UPDATE conversation c SET mailed_seq = u.up_to FROM unread u WHERE c.id = u.id
        RETURNING c.id, u.after, u.up_to
        """,
        written_before,
        limit,
    )
    return [UnreadAnswers(row["id"], row["after"], row["up_to"]) for row in rows]
