"""Which conversation something belongs to, and by which names the world knows what is in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from stoa.contact.channels.models import Inbox
from stoa.contact.channels.protocol import Inbound
from stoa.contact.channels.tokens import read_reply_token
from stoa.people.customers.queries import key_of
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session

# Somebody who writes twice before anybody has answered means one thing.
SAME_BREATH = timedelta(hours=1)
# A text without a thread goes on where we spoke with that number last.
GOES_ON_FOR = timedelta(days=30)
REFERENCES_MAX = 20


async def find_conversation(
    session: ReadSession,
    *,
    inbox: Inbox,
    inbound: Inbound,
    customer_id: UUID,
    has_subject: bool,
    token_key: bytes,
) -> UUID | None:
    """The conversation that `inbound` goes on with; None when it begins one.

    A token or a name leads only its own customer there: whoever got hold of them (in copy, by a
    forwarded mail) does not join the thread, and begins a conversation of their own. So does what
    a check has refuted, unless it bears a token.
    """
    named = None
    if inbound.reply_token and (found := read_reply_token(token_key, inbound.reply_token)):
        named = await _if_theirs(
            session, conversation_id=found, customer_id=customer_id, shop_id=inbox.shop_id
        )
    if named is None and (names := _believed_names(inbound)):
        for found in await _conversations_of_names(session, inbox=inbox, names=names):
            named = await _if_theirs(
                session, conversation_id=found, customer_id=customer_id, shop_id=inbox.shop_id
            )
            if named is not None:
                break
    if named is not None or inbound.is_refuted:
        return named
    if has_subject:
        return await _unanswered(session, inbox=inbox, customer_id=customer_id)
    return await _newest(session, inbox=inbox, customer_id=customer_id)


async def answered_conversation(
    session: ReadSession, *, inbox: Inbox, inbound: Inbound, token_key: bytes
) -> UUID | None:
    """The conversation that whoever was written to answers: they name what we sent to this very
    address. (It may be one that was begun in the chat, with an address nobody has proven.)
    """
    wanted: list[UUID] = []
    if inbound.reply_token and (found := read_reply_token(token_key, inbound.reply_token)):
        wanted.append(found)
    wanted += await _conversations_of_names(session, inbox=inbox, names=_believed_names(inbound))
    joined: UUID | None = await session.fetch_value(
        "SELECT w.id FROM unnest($1::uuid[]) WITH ORDINALITY AS w (id, place)"
        " JOIN conversation c ON c.id = w.id AND c.shop_id = $2"
        " WHERE EXISTS (SELECT FROM delivery d WHERE d.conversation_id = w.id"
        " AND d.to_kind = $3 AND d.to_key = $4) ORDER BY w.place LIMIT 1",
        wanted,
        inbox.shop_id,
        inbound.point.kind,
        key_of(inbound.point),
    )
    return joined


async def same_elsewhere(
    session: Session, *, inbox: Inbox, external_id: str
) -> tuple[UUID, UUID] | None:
    """The conversation and the message that this became in another inbox of the shop. Whoever asks
    holds the name until the transaction's end: of two that ask at once, one hears of the other.
    """
    await session.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1 || $2, 2))",
        str(inbox.shop_id),
        external_id,
    )
    row = await session.fetch_one(
        "SELECT i.conversation_id, i.message_id FROM inbound i JOIN inbox b ON b.id = i.inbox_id"
        " WHERE b.shop_id = $1 AND b.channel = $2 AND b.id <> $3 AND i.external_id = $4"
        " AND i.state = 'taken' AND i.conversation_id IS NOT NULL AND i.message_id IS NOT NULL"
        " ORDER BY i.received_at, i.id LIMIT 1",
        inbox.shop_id,
        inbox.channel,
        inbox.id,
        external_id,
    )
    return (row["conversation_id"], row["message_id"]) if row else None


async def stranger_in(
    session: ReadSession, *, inbox: Inbox, inbound: Inbound, token_key: bytes
) -> UUID | None:
    """The conversation that a token or a name points to, whoever writes: for a note to agents."""
    if inbound.reply_token and (found := read_reply_token(token_key, inbound.reply_token)):
        is_there = await session.fetch_value(
            "SELECT EXISTS (SELECT FROM conversation WHERE id = $1 AND shop_id = $2)",
            found,
            inbox.shop_id,
        )
        if is_there:
            return found
    names = _believed_names(inbound)
    found_by_name = await _conversations_of_names(session, inbox=inbox, names=names)
    return found_by_name[0] if found_by_name else None


def _believed_names(inbound: Inbound) -> Sequence[str]:
    return () if inbound.is_refuted else inbound.answers


async def _if_theirs(
    session: ReadSession, *, conversation_id: UUID, customer_id: UUID, shop_id: UUID
) -> UUID | None:
    found: UUID | None = await session.fetch_value(
        "SELECT c.id FROM conversation c WHERE c.id = $1 AND c.customer_id = $2 AND c.shop_id = $3",
        conversation_id,
        customer_id,
        shop_id,
    )
    return found


async def _conversations_of_names(
    session: ReadSession, *, inbox: Inbox, names: Sequence[str]
) -> list[UUID]:
    """By the order of `names`. Any inbox of the shop counts: a mail may be answered to another."""
    rows = await session.fetch(
        "SELECT n.conversation_id AS id FROM unnest($2::text[]) WITH ORDINALITY AS w (name, place)"
        " JOIN external_name n ON n.name = w.name"
        " JOIN inbox i ON i.id = n.inbox_id AND i.shop_id = $1"
        " WHERE n.conversation_id IS NOT NULL ORDER BY w.place, n.created_at, n.inbox_id",
        inbox.shop_id,
        list(names)[:REFERENCES_MAX],
    )
    return list(dict.fromkeys(row["id"] for row in rows))


async def _unanswered(session: ReadSession, *, inbox: Inbox, customer_id: UUID) -> UUID | None:
    found: UUID | None = await session.fetch_value(
        "SELECT c.id FROM conversation c WHERE c.customer_id = $1 AND c.inbox_id = $2"
        " AND c.state = 'open' AND c.created_at > $3 AND NOT EXISTS"
        " (SELECT FROM message m WHERE m.conversation_id = c.id AND m.sender_kind = 'agent'"
        " AND m.kind <> 'note')"
        # Who is really there does not go on with what somebody wrote in their name.
        " AND NOT EXISTS (SELECT FROM message m WHERE m.conversation_id = c.id"
        " AND m.card -> 'notes' ? 'sender_refuted')"
        " ORDER BY c.created_at DESC, c.id DESC LIMIT 1",
        customer_id,
        inbox.id,
        now() - SAME_BREATH,
    )
    return found


async def _newest(session: ReadSession, *, inbox: Inbox, customer_id: UUID) -> UUID | None:
    """The customer's conversation in which this inbox was used last, an open one first."""
    found: UUID | None = await session.fetch_value(
        "SELECT c.id FROM conversation c WHERE c.customer_id = $1 AND c.shop_id = $2"
        " AND (c.inbox_id = $3 OR EXISTS (SELECT FROM external_name n"
        " WHERE n.conversation_id = c.id AND n.inbox_id = $3))"
        " AND (c.state = 'open' OR c.last_message_at > $4)"
        " ORDER BY c.state = 'open' DESC, c.last_message_at DESC, c.id DESC LIMIT 1",
        customer_id,
        inbox.shop_id,
        inbox.id,
        now() - GOES_ON_FOR,
    )
    return found


async def name_message(
    session: Session,
    *,
    inbox_id: UUID,
    names: Sequence[str],
    conversation_id: UUID | None,
    message_id: UUID | None,
    delivery_id: UUID | None = None,
    at: datetime,
) -> None:
    """The world outside knows the message by these names; one that is known already stays."""
    await session.execute(
        "INSERT INTO external_name"
        " (inbox_id, name, conversation_id, message_id, delivery_id, created_at)"
        " SELECT $1, name, $3, $4, $5, $6 FROM unnest($2::text[]) AS n (name)"
        " ON CONFLICT (inbox_id, name) DO NOTHING",
        inbox_id,
        list(dict.fromkeys(names)),
        conversation_id,
        message_id,
        delivery_id,
        at,
    )


async def references_of(
    session: ReadSession, *, conversation_id: UUID, inbox_id: UUID
) -> list[str]:
    """The names of what is in the conversation by this inbox, from old to new, the newest of
    them."""
    rows = await session.fetch(
        "SELECT name FROM external_name WHERE conversation_id = $1 AND inbox_id = $2"
        " ORDER BY created_at DESC, name DESC LIMIT $3",
        conversation_id,
        inbox_id,
        REFERENCES_MAX,
    )
    return [row["name"] for row in reversed(rows)]


async def texts_sent(session: ReadSession, *, conversation_id: UUID, limit: int = 5) -> list[str]:
    """Our newest texts in the conversation: what an answer to it may repeat."""
    rows = await session.fetch(
        "SELECT body FROM message WHERE conversation_id = $1 AND sender_kind <> 'customer'"
        " AND kind = 'text' AND body <> '' ORDER BY created_at DESC, id DESC LIMIT $2",
        conversation_id,
        limit,
    )
    return [row["body"] for row in rows]
