"""Visits that are over, written in batches; invitations that nobody answered, expired with them."""

from collections.abc import Sequence

import orjson

from stoa.assist.radar.models import LiveVisit
from stoa.people.customers.service import tell_of_visitors
from stoa.platform.clock import now
from stoa.platform.database.session import Database

# A browser that comes back within its session goes on with the same visit: the rows add up.
WRITE = """
INSERT INTO visit AS v (id, shop_id, visitor_id, started_at, ended_at, locale, device, referrer,
    is_returning, page_count, furthest_step, field_error_count, signals, was_invited, has_talked,
    order_id)
SELECT i.id, i.shop_id, p.id, i.started_at, i.ended_at, i.locale, i.device, i.referrer,
    i.is_returning, i.page_count, i.furthest_step, i.field_error_count, i.signals::jsonb,
    i.was_invited, i.has_talked, o.id
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::text[],
    $7::text[], $8::text[], $9::bool[], $10::int[], $11::text[], $12::int[], $13::text[],
    $14::bool[], $15::bool[], $16::uuid[])
    AS i (id, shop_id, visitor_id, started_at, ended_at, locale, device, referrer, is_returning,
    page_count, furthest_step, field_error_count, signals, was_invited, has_talked, order_id)
JOIN shop s ON s.id = i.shop_id
LEFT JOIN visitor p ON p.id = i.visitor_id
LEFT JOIN "order" o ON o.id = i.order_id
ON CONFLICT (id) DO UPDATE SET
    visitor_id = coalesce(EXCLUDED.visitor_id, v.visitor_id),
    ended_at = greatest(v.ended_at, EXCLUDED.ended_at),
    page_count = v.page_count + EXCLUDED.page_count,
    furthest_step = EXCLUDED.furthest_step,
    field_error_count = v.field_error_count + EXCLUDED.field_error_count,
    signals = v.signals || EXCLUDED.signals,
    was_invited = v.was_invited OR EXCLUDED.was_invited,
    has_talked = v.has_talked OR EXCLUDED.has_talked,
    order_id = coalesce(EXCLUDED.order_id, v.order_id)
"""


async def write_summaries(database: Database, visits: Sequence[LiveVisit]) -> None:
    """The visits that showed a page are in the table, and their open invitations have expired."""
    shown = list({visit.id: visit for visit in visits if visit.is_shown}.values())
    if not shown:
        return
    async with database.begin() as session:
        await session.execute(
            WRITE,
            [visit.id for visit in shown],
            [visit.shop_id for visit in shown],
            [visit.visitor_id for visit in shown],
            [visit.since for visit in shown],
            [max(visit.last_active_at, visit.left_at or visit.since) for visit in shown],
            [visit.locale for visit in shown],
            [visit.device for visit in shown],
            [visit.referrer for visit in shown],
            [visit.is_returning for visit in shown],
            [visit.page_count for visit in shown],
            [visit.furthest for visit in shown],
            [visit.error_count for visit in shown],
            [orjson.dumps(sorted(visit.past_signals)).decode() for visit in shown],
            [visit.invitation is not None for visit in shown],
            [visit.has_talked for visit in shown],
            [visit.order_id for visit in shown],
        )
        known = [visit.visitor_id for visit in shown if visit.visitor_id]
        await tell_of_visitors(session, visitor_ids=known)
        invited = [visit.id for visit in shown if visit.invitation]
        if invited:
            await session.execute(
                "UPDATE invitation SET state = 'expired', updated_at = $2"
                " WHERE visit_id = ANY($1::uuid[]) AND state = 'shown'",
                invited,
                now(),
            )
