"""Two customers who may be one person are put before an agent, with what speaks for it."""

from uuid import UUID

from stoa.people.customers.models import PointState
from stoa.people.customers.rules import is_worth_proposing
from stoa.people.customers.schemas import Evidence
from stoa.people.customers.service.telling import tell_of
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.ids import new_id

# A telephone number typed by everybody ("000 000 000") proposes nobody.
OTHERS_MAX = 20


async def propose_for_point(session: Session, *, customer_id: UUID, kind: str, key: str) -> None:
    """Whoever else holds the address is proposed as the same person, if enough speaks for it."""
    others = await session.fetch(
        "SELECT customer_id FROM contact_point WHERE kind = $1 AND key = $2 AND customer_id <> $3"
        " ORDER BY state = 'verified' DESC, created_at, id LIMIT $4",
        kind,
        key,
        customer_id,
        OTHERS_MAX + 1,
    )
    if len(others) > OTHERS_MAX:
        return
    for other in others:
        await _propose(session, pair=sorted((customer_id, UUID(str(other["customer_id"])))))


async def _propose(session: Session, *, pair: list[UUID]) -> None:
    evidence = await evidence_between(session, first_id=pair[0], second_id=pair[1])
    if not is_worth_proposing(evidence):
        return
    changed = await session.execute(
        """
        INSERT INTO merge_proposal AS p (id, first_id, second_id, state, evidence, created_at)
        VALUES ($1, $2, $3, 'open', $4, $5)
        ON CONFLICT (first_id, second_id) DO UPDATE SET evidence = EXCLUDED.evidence,
            state = 'open', staff_id = NULL, decided_at = NULL,
            created_at = CASE WHEN p.state = 'open' THEN p.created_at ELSE EXCLUDED.created_at END
        WHERE p.state <> 'merged' AND p.evidence <> EXCLUDED.evidence
        """,
        new_id(),
        *pair,
        [item.model_dump(mode="json") for item in evidence],
        now(),
    )
    if changed:
        tell_of(session, pair)


async def evidence_between(
    session: ReadSession, *, first_id: UUID, second_id: UUID
) -> list[Evidence]:
    """What the two have in common: addresses, and a name."""
    points = await session.fetch(
        "SELECT a.kind, a.value, a.state AS first, b.state AS second"
        " FROM contact_point a JOIN contact_point b ON b.kind = a.kind AND b.key = a.key"
        " WHERE a.customer_id = $1 AND b.customer_id = $2 ORDER BY a.kind, a.key",
        first_id,
        second_id,
    )
    evidence = [
        Evidence(
            kind="same_point",
            point_kind=row["kind"],
            value=row["value"],
            first=PointState(row["first"]),
            second=PointState(row["second"]),
        )
        for row in points
    ]
    name = await session.fetch_value(
        "SELECT a.name FROM customer a JOIN customer b ON b.search_text = a.search_text"
        " WHERE a.id = $1 AND b.id = $2 AND a.search_text <> ''",
        first_id,
        second_id,
    )
    if name is not None:
        evidence.append(Evidence(kind="same_name", value=name))
    return evidence
