"""Erasing one person: what will go and what the law keeps is shown, then it is done for good."""

from uuid import UUID

from stoa.commerce.orders.queries import orders_for_tax
from stoa.desk.customers.errors import ErasureHindered, NotWhatWasShown
from stoa.desk.customers.queries import get_line
from stoa.desk.customers.schemas import EraseInput, ErasurePreview, ErasureReport, KeptOrder
from stoa.people.customers.errors import AlreadyErased
from stoa.people.customers.queries import ids_of_person
from stoa.people.customers.service import erase_customer
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.ids import new_id

_COUNTS = """
WITH person AS (SELECT unnest($1::uuid[]) AS id),
browser AS (SELECT id FROM visitor WHERE customer_id IN (SELECT id FROM person)),
talk AS (SELECT id FROM conversation WHERE customer_id IN (SELECT id FROM person)
    OR visitor_id IN (SELECT id FROM browser)),
spoken AS (SELECT id FROM call WHERE visitor_id IN (SELECT id FROM browser))
SELECT
    (SELECT count(*) FROM talk) AS conversations,
    (SELECT count(*) FROM message WHERE conversation_id IN (SELECT id FROM talk)) AS messages,
    (SELECT count(*) FROM attachment WHERE conversation_id IN (SELECT id FROM talk)
        OR visitor_id IN (SELECT id FROM browser)) AS files,
    (SELECT count(*) FROM call_recording WHERE call_id IN (SELECT id FROM spoken)
        AND state = 'kept') AS recordings,
    (SELECT count(*) FROM contact_point WHERE customer_id IN (SELECT id FROM person)) AS points,
    (SELECT count(*) FROM customer_note WHERE customer_id IN (SELECT id FROM person)) AS notes,
    (SELECT count(*) FROM visit WHERE visitor_id IN (SELECT id FROM browser)) AS visits,
    (SELECT count(*) FROM browser) AS visitors,
    (SELECT count(*) FROM consent k WHERE k.customer_id IN (SELECT id FROM person)
        OR k.visitor_id IN (SELECT id FROM browser)
        OR (k.point_kind, k.point_key) IN (SELECT kind, key FROM contact_point
            WHERE customer_id IN (SELECT id FROM person))) AS consents,
    EXISTS (SELECT FROM "order" WHERE state = 'open' AND (customer_id IN (SELECT id FROM person)
        OR visitor_id IN (SELECT id FROM browser))) AS has_open_order,
    EXISTS (SELECT FROM call WHERE state <> 'ended'
        AND visitor_id IN (SELECT id FROM browser)) AS has_live_call
"""


async def preview_erasure(session: ReadSession, *, customer_id: UUID) -> ErasurePreview:
    """What erasing the customer would take away and what it would keep; nothing is changed.

    Raises:
        NotFound: no such customer.
    """
    line = await get_line(session, customer_id=customer_id)
    ids = await ids_of_person(session, customer_id=customer_id)
    row = await session.fetch_one(_COUNTS, ids)
    assert row is not None
    counts = dict(row)
    obstacles = []
    if counts.pop("has_open_order"):
        obstacles.append("open_order")
    if counts.pop("has_live_call"):
        obstacles.append("live_call")
    kept = await orders_for_tax(session, customer_ids=ids)
    return ErasurePreview.model_validate(
        {
            "customer": line,
            "kept_orders": [KeptOrder.model_validate(one, from_attributes=True) for one in kept],
            "obstacles": obstacles,
            **counts,
        }
    )


async def erase(
    session: Session, *, customer_id: UUID, shown: EraseInput, by: UUID
) -> ErasureReport:
    """The person is gone but for what the law keeps; the audit knows who did it and how much went.

    Raises:
        NotFound, AlreadyMerged, AlreadyErased: there is nobody to erase.
        ErasureHindered: an order is open, or a call goes on.
        NotWhatWasShown: there is more by now than the preview said. Nothing was erased.
    """
    preview = await preview_erasure(session, customer_id=customer_id)
    if preview.customer.is_erased:
        raise AlreadyErased()
    if preview.obstacles:
        raise ErasureHindered(reason=preview.obstacles[0])
    if (shown.messages, shown.conversations) != (preview.messages, preview.conversations):
        raise NotWhatWasShown()
    report = ErasureReport(
        conversations=preview.conversations,
        messages=preview.messages,
        files=preview.files,
        recordings=preview.recordings,
        kept_orders=[order.number for order in preview.kept_orders],
        kept_until=max((order.until for order in preview.kept_orders), default=None),
    )
    await erase_customer(session, customer_id=customer_id)
    data = report.model_dump(mode="json")
    await session.execute(
        "INSERT INTO customer_erasure (id, customer_id, staff_id, report, erased_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        new_id(),
        customer_id,
        by,
        data,
        now(),
    )
    await record_audit(
        session,
        staff_id=by,
        action="customer.erased",
        subject=str(customer_id),
        details=data,
    )
    return report
