"""Who listens to which call, as supervisors see it."""

from collections.abc import Sequence
from uuid import UUID

from stoa.contact.calls.columns import LEG_JSON
from stoa.contact.calls.events import SUPERVISION_TOPIC, CallSupervised
from stoa.contact.calls.models import Call
from stoa.contact.calls.schemas import Supervision, Supervisions
from stoa.contact.calls.supervision import listeners
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.outbox.log import topic_position

_LEGS = f"""(SELECT coalesce(jsonb_agg({LEG_JSON} ORDER BY l.joined_at, l.id), '[]')
    FROM call_leg l WHERE l.call_id = c.id AND l.state <> 'left' AND l.role = 'supervisor')"""


async def tell_supervisors(session: Session, *, before: Call | None, after: Call) -> None:
    """Supervisors see who listens to the call now. Part of every change of a call."""
    if listeners(after) != (listeners(before) if before else ()):
        [supervision] = await load_supervisions(session, ids=[after.id])
        session.publish(CallSupervised(supervision=supervision), topics=[SUPERVISION_TOPIC])


async def load_supervisions(session: ReadSession, *, ids: Sequence[UUID]) -> list[Supervision]:
    """Who listens to each of these calls."""
    rows = await session.fetch(
        f"SELECT c.id AS call_id, {_LEGS} AS legs FROM call c WHERE c.id = ANY($1::uuid[])"
        " ORDER BY c.id",
        list(ids),
    )
    return [Supervision.model_validate(dict(row)) for row in rows]


async def supervisions(session: ReadSession) -> Supervisions:
    """Every call that somebody listens to. What changes meanwhile comes again as an event."""
    seq, _ = await topic_position(session, topic=SUPERVISION_TOPIC)
    rows = await session.fetch(
        "SELECT DISTINCT call_id FROM call_leg WHERE role = 'supervisor' AND state <> 'left'"
    )
    found = await load_supervisions(session, ids=[row["call_id"] for row in rows])
    return Supervisions(supervisions=found, seq=seq)
