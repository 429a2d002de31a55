"""What came from a person and went to them by the channels follows them, and goes with them."""

import re

from stoa.contact.conversations.queries import conversation_ids_of
from stoa.contact.conversations.service import hand_to_customer
from stoa.people.customers.events import CustomerErased, CustomerUnmerged
from stoa.people.customers.models import PointKind
from stoa.platform.database.session import Session
from stoa.platform.jobs.dropping import drop_soon

# In three, each by an index of its own.
_THEIRS = """SELECT i.id, i.blob_id FROM inbound i WHERE i.id IN (
        SELECT id FROM inbound WHERE conversation_id = ANY($1::uuid[])
        UNION ALL SELECT id FROM inbound WHERE lower(envelope ->> 'sender') = ANY($2::text[])
            AND envelope ->> 'sender' <> ''
        UNION ALL SELECT id FROM inbound WHERE state = 'taken'
            AND (from_kind, from_key) IN (SELECT * FROM unnest($3::text[], $4::text[])))"""


async def follow_unmerge(session: Session, event: CustomerUnmerged) -> None:
    """What has come since the merge from an address that goes back goes back with it. (What was
    moved, and what came by a browser, conversations see to by themselves.)"""
    rows = await session.fetch(
        "SELECT DISTINCT c.id FROM conversation c JOIN inbound i ON i.conversation_id = c.id"
        " WHERE c.customer_id = $1 AND c.created_at > $2 AND c.visitor_id IS NULL"
        " AND (i.from_kind, i.from_key) IN (SELECT * FROM unnest($3::text[], $4::text[]))",
        event.into_id,
        event.merged_at,
        [kind.value for kind, _ in event.points],
        [key for _, key in event.points],
    )
    await hand_to_customer(
        session,
        conversation_ids=[row["id"] for row in rows],
        from_id=event.into_id,
        to_id=event.from_id,
    )


async def forget_person(session: Session, event: CustomerErased) -> None:
    """The originals that came in are gone, also those that were set aside, and everything that
    went out or waits to. That something of that name was taken in stays, or it would come again.

    What is being read at this very moment waits for us with its row in hand, and will be somebody
    new's: it is left to whoever reads it.
    """
    ids = await conversation_ids_of(
        session, customer_ids=event.customer_ids, visitor_ids=event.visitor_ids
    )
    senders = [key for kind, key in event.points if kind is PointKind.EMAIL]
    kinds = [kind.value for kind, _ in event.points]
    keys = [key for _, key in event.points]
    originals = await session.fetch(
        f"WITH read AS ({_THEIRS} AND i.state <> 'received' ORDER BY i.id FOR UPDATE),"
        f" unread AS ({_THEIRS} AND i.state = 'received' ORDER BY i.id FOR UPDATE SKIP LOCKED)"
        " UPDATE inbound i SET blob_id = NULL, envelope = '{}', problem = NULL, from_kind = NULL,"
        " from_key = NULL, state = CASE WHEN i.state = 'taken' THEN 'taken' ELSE 'ignored' END,"
        " done_at = coalesce(i.done_at, i.received_at)"
        " FROM (SELECT * FROM read UNION ALL SELECT * FROM unread) old WHERE old.id = i.id"
        " RETURNING old.blob_id",
        ids,
        senders,
        kinds,
        keys,
    )
    await drop_soon(session, blob_ids=[row["blob_id"] for row in originals])
    await session.execute(
        "DELETE FROM delivery WHERE conversation_id = ANY($1::uuid[])"
        " OR (to_kind, to_key) IN (SELECT * FROM unnest($2::text[], $3::text[]))",
        ids,
        kinds,
        keys,
    )
    await session.execute(
        "DELETE FROM parked_receipt WHERE receipt ->> 'text' ~* ANY($1::text[])"
        " OR receipt ->> 'name' ~* ANY($1::text[])",
        # The whole address: joanna@... is not anna@..., and an address may hold signs of a pattern.
        [rf"(?<![\w.+-]){re.escape(key)}(?!\.?[\w-])" for key in senders],
    )
    await session.execute("DELETE FROM external_name WHERE conversation_id = ANY($1::uuid[])", ids)
