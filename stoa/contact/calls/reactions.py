"""Of the calls of a person who is erased, only that there were such is left."""

from stoa.contact.calls.events import CALLS_TOPIC, SUPERVISION_TOPIC, call_topic
from stoa.people.customers.events import CustomerErased
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.jobs.dropping import drop_soon
from stoa.platform.jobs.forgetting import forget_soon


async def forget_person(session: Session, event: CustomerErased) -> None:
    """What was recorded is gone, and so is what the call says of the person. When it was, how long
    and who answered stays: that is about the shop."""
    calls = await session.fetch(
        "UPDATE call SET callback_phone = NULL, page_url = '', facts = '[]', message_id = NULL,"
        " version = version + 1 WHERE visitor_id = ANY($1::uuid[]) RETURNING id",
        event.visitor_ids,
    )
    ids = [row["id"] for row in calls]
    recorded = await session.fetch(
        "SELECT blob_id FROM call_recording WHERE call_id = ANY($1::uuid[])", ids
    )
    await session.execute(
        "UPDATE call_recording SET state = 'deleted', blob_id = NULL, waveform = '',"
        " deleted_at = coalesce(deleted_at, $2) WHERE call_id = ANY($1::uuid[])",
        ids,
        now(),
    )
    await drop_soon(session, blob_ids=[row["blob_id"] for row in recorded])
    if ids:
        topics = [CALLS_TOPIC, SUPERVISION_TOPIC, *(call_topic(id_) for id_ in ids)]
        await forget_soon(session, topics=topics)
