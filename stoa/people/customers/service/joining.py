"""The addresses of two customers who become one, and of one who become two again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from stoa.people.customers.models import MoveKind
from stoa.people.customers.queries import moved_ids
from stoa.people.customers.service.holding import lock_points, lock_rows
from stoa.platform.database.session import Row, Session

_POINT = """id, customer_id, kind, value, key, state, source, undeliverable_code, undeliverable_at,
    created_at, verified_at"""
Keys = list[tuple[str, str]]


async def join_points(session: Session, *, merge_id: UUID, goes: UUID, stays: UUID) -> Keys:
    """The addresses of the one who goes are the other's; returns which those are now.

    One that both hold is one row afterwards, proven if either had proven it. The row that went is
    kept with the merge, and how the one that stayed stood before.
    """
    await lock_rows(session, customer_ids=[goes, stays])
    shared = await session.fetch(
        f"SELECT {', '.join(f'a.{c.strip()} AS {c.strip()}' for c in _POINT.split(','))},"
        " b.id AS stays_id, b.state AS stays_state, b.verified_at AS stays_verified_at"
        " FROM contact_point a JOIN contact_point b ON b.kind = a.kind AND b.key = a.key"
        " WHERE a.customer_id = $1 AND b.customer_id = $2 ORDER BY a.id",
        goes,
        stays,
    )
    for row in shared:
        await session.execute("DELETE FROM contact_point WHERE id = $1", row["id"])
        becomes_proven = row["state"] == "verified" and row["stays_state"] == "claimed"
        if becomes_proven:
            await session.execute(
                "UPDATE contact_point SET state = 'verified', verified_at = $2 WHERE id = $1",
                row["stays_id"],
                row["verified_at"],
            )
        await session.execute(
            "INSERT INTO customer_move (merge_id, kind, row_id, joined) VALUES ($1, $2, $3, $4)",
            merge_id,
            MoveKind.POINT_JOINED,
            row["id"],
            as_json(row) | {"becomes_proven": becomes_proven},
        )
    moved = await session.fetch(
        "UPDATE contact_point SET customer_id = $2 WHERE customer_id = $1 RETURNING id",
        goes,
        stays,
    )
    await session.execute(
        "INSERT INTO customer_move (merge_id, kind, row_id) SELECT $1, $2, unnest($3::uuid[])",
        merge_id,
        MoveKind.POINT,
        [row["id"] for row in moved],
    )
    rows = await session.fetch(
        "SELECT kind, key FROM contact_point WHERE customer_id = $1 ORDER BY id", stays
    )
    return [(row["kind"], row["key"]) for row in rows]


async def hold_parting(session: Session, *, merge_id: UUID) -> None:
    """Nobody proves an address that the merge moved or joined before this transaction ends: of two
    who have one, it is proven for one only. Before the customers are locked."""
    rows = await session.fetch(
        "SELECT m.joined ->> 'kind' AS kind, m.joined ->> 'key' AS key FROM customer_move m"
        " WHERE m.merge_id = $1 AND m.kind = $2 UNION SELECT p.kind, p.key FROM customer_move m"
        " JOIN contact_point p ON p.id = m.row_id WHERE m.merge_id = $1 AND m.kind = $3",
        merge_id,
        MoveKind.POINT_JOINED,
        MoveKind.POINT,
    )
    await lock_points(session, keys=[(row["kind"], row["key"]) for row in rows])


async def part_points(session: Session, *, merge_id: UUID, gone: UUID, stayed: UUID) -> Keys:
    """Each has the addresses again that were theirs; returns those that are only `gone`'s now."""
    await lock_rows(session, customer_ids=[gone, stayed])
    moved = await session.fetch(
        "UPDATE contact_point SET customer_id = $1 WHERE customer_id = $2"
        " AND id = ANY($3::uuid[]) RETURNING kind, key",
        gone,
        stayed,
        await moved_ids(session, merge_id=merge_id, kind=MoveKind.POINT),
    )
    joined = await session.fetch(
        "SELECT joined FROM customer_move WHERE merge_id = $1 AND kind = $2 ORDER BY row_id",
        merge_id,
        MoveKind.POINT_JOINED,
    )
    for row in joined:
        await _restore(session, row["joined"], gone=gone)
    return [(row["kind"], row["key"]) for row in moved]


async def _restore(session: Session, old: dict[str, Any], *, gone: UUID) -> None:
    if old["becomes_proven"]:
        # Unless it has been proven anew since: then that is the stayed one's own.
        await session.execute(
            "UPDATE contact_point SET state = 'claimed', verified_at = NULL"
            " WHERE id = $1 AND verified_at = $2",
            UUID(old["stays_id"]),
            datetime.fromisoformat(old["verified_at"]),
        )
    # Whoever has proven the address meanwhile keeps that: it is one person's only.
    await session.execute(
        f"INSERT INTO contact_point ({_POINT})"
        " SELECT $1, $2, $3, $4, $5, s.state, $6, $7, $8, $9,"
        " CASE WHEN s.state = 'verified' THEN $10::timestamptz END FROM (SELECT"
        " CASE WHEN EXISTS (SELECT FROM contact_point o WHERE o.kind = $3 AND o.key = $5"
        " AND o.state = 'verified') THEN 'claimed' ELSE $11 END AS state) s"
        " ON CONFLICT (customer_id, kind, key) DO NOTHING",
        UUID(old["id"]),
        gone,
        old["kind"],
        old["value"],
        old["key"],
        old["source"],
        old["undeliverable_code"],
        _moment(old["undeliverable_at"]),
        _moment(old["created_at"]),
        _moment(old["verified_at"]),
        old["state"],
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def as_json(row: Row) -> dict[str, Any]:
    """A row as it is kept with a merge."""
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, UUID)
        else value
        for name, value in row.items()
    }
