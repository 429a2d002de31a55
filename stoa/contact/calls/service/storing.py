"""A changed call goes into its rows: only what differs is written."""

from stoa.contact.calls.models import Call, Leg, Offer
from stoa.platform.database.session import Session

INSERT = """
INSERT INTO call (id, shop_id, conversation_id, visitor_id, client_id, direction, state, end_reason,
    locale, skill, page_url, recording, callback_phone, callback_of, queued_at, unattended_since,
    answered_at, ended_at, facts, media_node, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21)
"""

UPDATE = """
UPDATE call SET state = $2, end_reason = $3, recording = $4, callback_phone = $5, queued_at = $6,
    unattended_since = $7, answered_at = $8, ended_at = $9, facts = $10, media_node = $11,
    version = version + 1
WHERE id = $1
"""

LEG = """
INSERT INTO call_leg (id, call_id, role, staff_id, mode, state, is_held, is_parked, is_muted,
    connection_id, joined_at, state_at, left_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (id) DO UPDATE SET role = EXCLUDED.role, mode = EXCLUDED.mode,
    state = EXCLUDED.state, is_held = EXCLUDED.is_held, is_parked = EXCLUDED.is_parked,
    is_muted = EXCLUDED.is_muted, connection_id = EXCLUDED.connection_id,
    state_at = EXCLUDED.state_at, left_at = EXCLUDED.left_at
"""

OFFER = """
INSERT INTO call_offer (id, call_id, staff_id, kind, by_staff_id, state, offered_at, until,
    answered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET kind = EXCLUDED.kind, state = EXCLUDED.state,
    until = EXCLUDED.until, answered_at = EXCLUDED.answered_at
"""


async def store(session: Session, *, before: Call | None, after: Call) -> None:
    """The rows of the call say what `after` says. The caller holds the lock."""
    facts = [fact.model_dump(mode="json") for fact in after.facts]
    if before is None:
        await session.execute(
            INSERT,
            after.id,
            after.shop_id,
            after.conversation_id,
            after.visitor_id,
            after.client_id,
            after.direction,
            after.state,
            after.end_reason,
            after.locale,
            after.skill,
            after.page_url,
            after.recording,
            after.callback_phone,
            after.callback_of,
            after.queued_at,
            after.unattended_since,
            after.answered_at,
            after.ended_at,
            facts,
            after.media_node,
            after.created_at,
        )
    else:
        await session.execute(
            UPDATE,
            after.id,
            after.state,
            after.end_reason,
            after.recording,
            after.callback_phone,
            after.queued_at,
            after.unattended_since,
            after.answered_at,
            after.ended_at,
            facts,
            after.media_node,
        )
    known = set(before.legs) if before else set()
    if legs := [_leg_row(after, leg) for leg in after.legs if leg not in known]:
        await session.execute_many(LEG, legs)
    known_offers = set(before.offers) if before else set()
    if offers := [_offer_row(after, offer) for offer in after.offers if offer not in known_offers]:
        await session.execute_many(OFFER, offers)


def _leg_row(call: Call, leg: Leg) -> tuple[object, ...]:
    return (
        leg.id,
        call.id,
        leg.role,
        leg.staff_id,
        leg.mode,
        leg.state,
        leg.is_held,
        leg.is_parked,
        leg.is_muted,
        leg.connection_id,
        leg.joined_at,
        leg.state_at,
        leg.left_at,
    )


def _offer_row(call: Call, offer: Offer) -> tuple[object, ...]:
    return (
        offer.id,
        call.id,
        offer.staff_id,
        offer.kind,
        offer.by_staff_id,
        offer.state,
        offer.offered_at,
        offer.until,
        offer.answered_at,
    )
