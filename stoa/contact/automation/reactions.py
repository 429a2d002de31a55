"""What rules hear of at once, for people do it one by one."""

from stoa.contact.automation.following import RUN_JOB
from stoa.contact.conversations.events import ConversationTagged
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id
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
