"""What rules hear of at once: tags, which people set one by one, and who is to be forgotten."""

from stoa.contact.automation.following import RUN_JOB
from stoa.contact.conversations.events import ConversationTagged
from stoa.contact.conversations.queries import conversation_ids_of
from stoa.people.customers.events import CustomerErased
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id
from stoa.platform.jobs.forgetting import forget_soon
from stoa.platform.jobs.queue import enqueue


async def hear_tags(session: Session, event: ConversationTagged) -> None:
    """Rules that wait for tags will be asked once this transaction has committed. Only people's
    tags come here: what a rule tags sets off none.
    """
    if not await session.fetch_value(
        "SELECT EXISTS (SELECT FROM rule WHERE shop_id = $1 AND is_on AND trigger = 'tagged')",
        event.shop_id,
    ):
        return
    await session.execute(
        "INSERT INTO rule_task (id, conversation_id, triggers, tag_ids, at)"
        " VALUES ($1, $2, ARRAY['tagged'], $3, $4)",
        new_id(),
        event.conversation_id,
        event.tag_ids,
        now(),
    )
    await enqueue(session, RUN_JOB, {"conversation_id": event.conversation_id})


async def forget_person(session: Session, event: CustomerErased) -> None:
    """What rules wrote of a conversation goes with it, what webhooks were told, and what they were
    to be asked or told."""
    ids = await conversation_ids_of(
        session, customer_ids=event.customer_ids, visitor_ids=event.visitor_ids
    )
    await session.execute("DELETE FROM rule_task WHERE conversation_id = ANY($1::uuid[])", ids)
    await session.execute("DELETE FROM rule_run WHERE conversation_id = ANY($1::uuid[])", ids)
    await session.execute(
        "DELETE FROM webhook_delivery WHERE conversation_id = ANY($1::uuid[])", ids
    )
    told = await session.fetch(
        "SELECT DISTINCT e.topic FROM staff s JOIN event e ON e.topic = 'told:' || s.id"
        " WHERE (e.data ->> 'conversation_id')::uuid = ANY($1::uuid[]) ORDER BY e.topic",
        ids,
    )
    await forget_soon(session, topics=[row["topic"] for row in told])
