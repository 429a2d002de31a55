"""Two customers who are one person become one, and two again when that was wrong.

Everything of the one who goes moves to the one who stays, and what moved is written down row by
row. Undoing moves back exactly that. What has come since the merge goes back only if it came by a
browser or an address that goes back; everything else stays with the one it was addressed to.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from stoa.people.customers.errors import (
    AlreadyErased,
    AlreadyMerged,
    MergeCovered,
    NotMerged,
    SamePerson,
)
from stoa.people.customers.events import CustomerMerged, CustomerUnmerged
from stoa.people.customers.models import Customer, MoveKind, PointKind
from stoa.people.customers.queries import CUSTOMER, moved_ids
from stoa.people.customers.service.holding import lock_people, root_of
from stoa.people.customers.service.joining import (
    as_json,
    hold_parting,
    join_points,
    part_points,
)
from stoa.people.customers.service.proposals import propose_for_point
from stoa.people.customers.service.telling import tell_of_likenesses
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import fold
from stoa.platform.ids import new_id

# What the one who stays takes over where they have nothing of their own.
_TAKEN_OVER = ("name", "preferred_channel")
_UNDECIDED = {"state": "open", "staff_id": None, "decided_at": None}
_TABLES = {MoveKind.VISITOR: "visitor", MoveKind.NOTE: "customer_note"}


@dataclass(frozen=True, slots=True)
class _Merge:
    id: UUID
    from_id: UUID
    into_id: UUID
    before: dict[str, Any]
    merged_at: datetime


async def merge_customers(
    session: Session, *, from_id: UUID, into_id: UUID, by: UUID | None
) -> UUID:
    """Everything of the customer `from_id` is `into_id`'s; returns the merge, to undo it by.

    `by` is the member of staff who decided it; None: both have proven the same address. Of two who
    merge the same at once, in whichever direction, one does and the other is refused.

    Raises:
        NotFound, SamePerson, AlreadyMerged, AlreadyErased: nothing was changed.
    """
    if from_id == into_id:
        raise SamePerson()
    goes, stays = await _lock_pair(session, from_id, into_id)
    for one in (goes, stays):
        if one.merged_into is not None:
            raise AlreadyMerged()
        if one.erased_at is not None:
            raise AlreadyErased()
    merge_id, moment = new_id(), now()
    before = await _take_over(session, goes=goes, stays=stays)
    before["proposal"] = await _settle_proposal(session, goes=goes.id, stays=stays.id, by=by)
    await session.execute(
        "INSERT INTO customer_merge (id, from_id, into_id, staff_id, reason, before, merged_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        merge_id,
        goes.id,
        stays.id,
        by,
        "verified" if by is None else "person",
        before,
        moment,
    )
    await session.execute("UPDATE customer SET merged_into = $2 WHERE id = $1", goes.id, stays.id)
    for what, table in _TABLES.items():
        rows = await session.fetch(
            f"UPDATE {table} SET customer_id = $2 WHERE customer_id = $1 RETURNING id",
            goes.id,
            stays.id,
        )
        await record_moves(session, merge_id=merge_id, kind=what, ids=[row["id"] for row in rows])
    points = await join_points(session, merge_id=merge_id, goes=goes.id, stays=stays.id)
    await _propose_further(session, merge_id=merge_id, stays=stays.id, points=points)
    await _audit(session, by=by, action="customer.merged", subject=stays.id, other=goes.id)
    await tell_of_likenesses(session, customer_ids=[goes.id, stays.id])
    session.publish(CustomerMerged(merge_id=merge_id, from_id=goes.id, into_id=stays.id), topics=[])
    return merge_id


async def merge_verified(session: Session, *, customer_id: UUID, other_id: UUID) -> UUID:
    """The two, who have proven the same address, are one customer: who was known first stays.
    Returns which that is."""
    while True:
        roots = [await root_of(session, customer_id=one) for one in (customer_id, other_id)]
        if roots[0] == roots[1]:
            return roots[0]
        rows = await session.fetch(
            "SELECT id FROM customer WHERE id = ANY($1::uuid[]) ORDER BY created_at, id", roots
        )
        stays, goes = (UUID(str(row["id"])) for row in rows)
        try:
            await merge_customers(session, from_id=goes, into_id=stays, by=None)
        except AlreadyMerged:
            continue  # somebody merged one of them while this waited: they are somebody else now
        return stays


async def unmerge_customers(session: Session, *, merge_id: UUID, by: UUID) -> None:
    """The two are two again, as if they had never been merged.

    Raises:
        NotMerged: there is no such merge, or it was undone already.
        MergeCovered: a later merge builds on it.
        AlreadyErased: there is nothing left to part.
    """
    row = await session.fetch_one(
        "SELECT id, from_id, into_id, before, merged_at FROM customer_merge"
        " WHERE id = $1 AND undone_at IS NULL",
        merge_id,
    )
    if row is None:
        raise NotMerged()
    merge = _Merge(**row)
    await hold_parting(session, merge_id=merge.id)
    gone, stayed = await _lock_pair(session, merge.from_id, merge.into_id)
    await _check_undoable(session, merge=merge, stayed=stayed)
    await session.execute(
        "UPDATE customer_merge SET undone_at = $2, undone_by = $3 WHERE id = $1",
        merge.id,
        now(),
        by,
    )
    await session.execute("UPDATE customer SET merged_into = NULL WHERE id = $1", gone.id)
    for what, table in _TABLES.items():
        await session.execute(
            f"UPDATE {table} SET customer_id = $1 WHERE customer_id = $2 AND id = ANY($3::uuid[])",
            gone.id,
            stayed.id,
            await moved_ids(session, merge_id=merge.id, kind=what),
        )
    points = await part_points(session, merge_id=merge.id, gone=gone.id, stayed=stayed.id)
    await _give_back(session, merge=merge)
    await _audit(session, by=by, action="customer.unmerged", subject=stayed.id, other=gone.id)
    await tell_of_likenesses(session, customer_ids=[gone.id, stayed.id])
    session.publish(
        CustomerUnmerged(
            merge_id=merge.id,
            from_id=gone.id,
            into_id=stayed.id,
            merged_at=merge.merged_at,
            visitor_ids=await moved_ids(session, merge_id=merge.id, kind=MoveKind.VISITOR),
            points=[(PointKind(kind), key) for kind, key in points],
        ),
        topics=[],
    )


async def record_moves(
    session: Session, *, merge_id: UUID, kind: MoveKind, ids: list[UUID]
) -> None:
    """The merge knows that these rows are among what it moved."""
    await session.execute(
        "INSERT INTO customer_move (merge_id, kind, row_id) SELECT $1, $2, unnest($3::uuid[])",
        merge_id,
        kind,
        ids,
    )


async def _lock_pair(session: Session, first: UUID, second: UUID) -> tuple[Customer, Customer]:
    """Both are this transaction's to change: their browsers first, for whoever leaves an address
    in one holds that row and then asks for its customer's.

    Not their keys: PostgreSQL looks for those whenever somebody writes twice into a conversation or
    an order of theirs, and they would wait here with its row in hand.
    """
    await lock_people(session)
    pair = [first, second]
    await session.execute(
        "SELECT id FROM visitor WHERE customer_id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE",
        pair,
    )
    rows = await session.fetch(
        f"SELECT {CUSTOMER} FROM customer WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE",
        pair,
    )
    found = {row["id"]: Customer(**row) for row in rows}
    if found.keys() != set(pair):
        raise NotFound()
    return found[first], found[second]


async def _check_undoable(session: Session, *, merge: _Merge, stayed: Customer) -> None:
    is_standing = await session.fetch_value(
        "SELECT undone_at IS NULL FROM customer_merge WHERE id = $1", merge.id
    )
    if not is_standing:
        raise NotMerged()
    if stayed.erased_at is not None:
        raise AlreadyErased()
    # An address that came with this merge may since have been joined with a third customer's; were
    # it to go back now, it would take along what that one has proven.
    is_built_on = await session.fetch_value(
        "SELECT EXISTS (SELECT FROM customer_move mine JOIN customer_move later"
        " ON later.kind = 'point_joined' AND (later.joined ->> 'stays_id')::uuid = mine.row_id"
        " JOIN customer_merge m ON m.id = later.merge_id AND m.undone_at IS NULL"
        " WHERE mine.merge_id = $1 AND mine.kind = 'point' AND later.merge_id <> $1)",
        merge.id,
    )
    if stayed.merged_into is not None or is_built_on:
        raise MergeCovered()


async def _take_over(session: Session, *, goes: Customer, stays: Customer) -> dict[str, Any]:
    """Who stays has what they lacked and the other had; returns {column: [before, after]}."""
    changed: dict[str, Any] = {}
    for column in _TAKEN_OVER:
        mine, other = getattr(stays, column), getattr(goes, column)
        if not mine and other:
            changed[column] = [mine, other]
    await _set_columns(session, customer_id=stays.id, values={c: v[1] for c, v in changed.items()})
    return changed


async def _give_back(session: Session, *, merge: _Merge) -> None:
    """What the one who stayed took over is gone, unless somebody has changed it since; what was
    proposed because of the merge is no longer."""
    row = await session.fetch_one(
        f"SELECT {', '.join(_TAKEN_OVER)} FROM customer WHERE id = $1", merge.into_id
    )
    assert row is not None
    values = {
        column: merge.before[column][0]
        for column in _TAKEN_OVER
        if column in merge.before and row[column] == merge.before[column][1]
    }
    await _set_columns(session, customer_id=merge.into_id, values=values)
    for proposal_id, before in merge.before.get("proposals", {}).items():
        await _put_back_proposal(session, proposal_id=UUID(proposal_id), before=before)
    known = merge.before.get("proposal")
    first, second = sorted((merge.from_id, merge.into_id))
    await session.execute(
        "UPDATE merge_proposal SET state = $3, staff_id = $4, decided_at = $5"
        " WHERE first_id = $1 AND second_id = $2 AND state = 'merged'",
        first,
        second,
        *_decision(known or _UNDECIDED),
    )


async def _propose_further(
    session: Session, *, merge_id: UUID, stays: UUID, points: list[tuple[str, str]]
) -> None:
    """With what the one who stays holds now, others may be the same person too; the merge knows
    how those proposals stood before."""
    before = await _proposals_of(session, customer_id=stays)
    for kind, key in points:
        await propose_for_point(session, customer_id=stays, kind=kind, key=key)
    after = await _proposals_of(session, customer_id=stays)
    changed = {id_: before.get(id_) for id_ in after if after[id_] != before.get(id_)}
    await session.execute(
        "UPDATE customer_merge SET before = before || jsonb_build_object('proposals', $2::jsonb)"
        " WHERE id = $1",
        merge_id,
        changed,
    )


async def _proposals_of(session: Session, *, customer_id: UUID) -> dict[str, dict[str, Any]]:
    rows = await session.fetch(
        "SELECT id, state, staff_id, decided_at, created_at, evidence FROM merge_proposal"
        " WHERE $1 IN (first_id, second_id)",
        customer_id,
    )
    return {str(row["id"]): as_json(row) for row in rows}


async def _put_back_proposal(
    session: Session, *, proposal_id: UUID, before: dict[str, Any] | None
) -> None:
    """As before the merge, unless somebody has decided since."""
    if before is None:
        await session.execute(
            "DELETE FROM merge_proposal WHERE id = $1 AND state = 'open'", proposal_id
        )
        return
    await session.execute(
        "UPDATE merge_proposal SET state = $2, staff_id = $3, decided_at = $4, created_at = $5,"
        " evidence = $6 WHERE id = $1 AND state = 'open'",
        proposal_id,
        *_decision(before),
        datetime.fromisoformat(before["created_at"]),
        before["evidence"],
    )


def _decision(known: dict[str, Any]) -> tuple[str, UUID | None, datetime | None]:
    staff_id, decided_at = known["staff_id"], known["decided_at"]
    return (
        known["state"],
        UUID(staff_id) if staff_id else None,
        datetime.fromisoformat(decided_at) if decided_at else None,
    )


async def _set_columns(session: Session, *, customer_id: UUID, values: dict[str, Any]) -> None:
    for column, value in values.items():
        await session.execute(
            f"UPDATE customer SET {column} = $2 WHERE id = $1", customer_id, value
        )
        if column == "name":
            await session.execute(
                "UPDATE customer SET search_text = $2 WHERE id = $1", customer_id, fold(value)
            )


async def _settle_proposal(
    session: Session, *, goes: UUID, stays: UUID, by: UUID | None
) -> dict[str, Any] | None:
    """That the two are one was proposed and is decided; returns how the proposal stood."""
    first, second = sorted((goes, stays))
    row = await session.fetch_one(
        "UPDATE merge_proposal p SET state = 'merged', staff_id = $3, decided_at = $4"
        " FROM (SELECT id, state, staff_id, decided_at FROM merge_proposal"
        " WHERE first_id = $1 AND second_id = $2 FOR UPDATE) old WHERE p.id = old.id"
        " RETURNING old.state, old.staff_id, old.decided_at",
        first,
        second,
        by,
        now(),
    )
    return as_json(row) if row else None


async def _audit(
    session: Session, *, by: UUID | None, action: str, subject: UUID, other: UUID
) -> None:
    if by is not None:
        await record_audit(
            session,
            staff_id=by,
            action=action,
            subject=str(subject),
            details={"other": str(other)},
        )
