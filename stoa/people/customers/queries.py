"""Reads about visitors and customers."""

from collections.abc import Sequence
from uuid import UUID

from stoa.people.customers.models import (
    ContactPoint,
    Customer,
    MergeRecord,
    MoveKind,
    PointKind,
    PointProof,
    PointState,
    Visitor,
)
from stoa.people.customers.rules import key_of as key_of  # what every list of addresses goes by
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound
from stoa.platform.web.security import hash_token

CUSTOMER = "id, name, locale, preferred_channel, merged_into, erased_at, created_at"
VISITOR = "id, customer_id, locale, created_at"


async def find_visitor(session: ReadSession, *, token: str | None) -> Visitor | None:
    """The visitor who holds this token."""
    if token is None:
        return None
    row = await session.fetch_one(
        f"SELECT {VISITOR} FROM visitor WHERE token_hash = $1", hash_token(token)
    )
    return Visitor(**row) if row else None


async def get_visitor(session: ReadSession, *, visitor_id: UUID) -> Visitor | None:
    row = await session.fetch_one(f"SELECT {VISITOR} FROM visitor WHERE id = $1", visitor_id)
    return Visitor(**row) if row else None


async def get_customer(session: ReadSession, *, customer_id: UUID) -> Customer:
    """This customer, or the one they were merged into.

    Raises:
        NotFound: no such customer.
    """
    row = await session.fetch_one(
        f"WITH RECURSIVE line AS (SELECT {CUSTOMER} FROM customer WHERE id = $1 UNION ALL"
        " SELECT c.id, c.name, c.locale, c.preferred_channel, c.merged_into, c.erased_at,"
        " c.created_at FROM customer c JOIN line ON c.id = line.merged_into)"
        f" SELECT {CUSTOMER} FROM line WHERE merged_into IS NULL",
        customer_id,
    )
    if row is None:
        raise NotFound()
    return Customer(**row)


async def ids_of_person(session: ReadSession, *, customer_id: UUID) -> list[UUID]:
    """The customer and everybody who was merged into them: what is never moved, such as a consent,
    is looked for under all of these."""
    rows = await session.fetch(
        "WITH RECURSIVE tree AS (SELECT id FROM customer WHERE id = $1 UNION ALL"
        " SELECT c.id FROM customer c JOIN tree ON c.merged_into = tree.id)"
        " SELECT id FROM tree ORDER BY id",
        customer_id,
    )
    return [row["id"] for row in rows]


async def visitor_ids_of(session: ReadSession, *, customer_ids: Sequence[UUID]) -> list[UUID]:
    """The browsers of these customers."""
    rows = await session.fetch(
        "SELECT id FROM visitor WHERE customer_id = ANY($1::uuid[]) ORDER BY id", list(customer_ids)
    )
    return [row["id"] for row in rows]


async def list_points(session: ReadSession, *, customer_id: UUID) -> list[ContactPoint]:
    """How the customer is reached: by kind, what is proven first."""
    rows = await session.fetch(
        "SELECT id, customer_id, kind, value, key, state, source, undeliverable_code,"
        " undeliverable_at, created_at, verified_at FROM contact_point WHERE customer_id = $1"
        " ORDER BY kind, state = 'verified' DESC, created_at, id",
        customer_id,
    )
    return [
        ContactPoint(**{**row, "kind": PointKind(row["kind"]), "state": PointState(row["state"])})
        for row in rows
    ]


async def list_merges(session: ReadSession, *, customer_id: UUID) -> list[MergeRecord]:
    """Who was merged into this customer and still is, the last first."""
    rows = await session.fetch(
        "SELECT m.id, m.from_id, m.into_id, c.name, m.reason, s.name AS staff_name, m.merged_at"
        " FROM customer_merge m JOIN customer c ON c.id = m.from_id"
        " LEFT JOIN staff s ON s.id = m.staff_id"
        " WHERE m.into_id = $1 AND m.undone_at IS NULL ORDER BY m.merged_at DESC, m.id DESC",
        customer_id,
    )
    return [MergeRecord(**row) for row in rows]


async def moved_ids(session: ReadSession, *, merge_id: UUID, kind: MoveKind) -> list[UUID]:
    """Which rows of a kind a merge moved."""
    rows = await session.fetch(
        "SELECT row_id FROM customer_move WHERE merge_id = $1 AND kind = $2 ORDER BY row_id",
        merge_id,
        kind,
    )
    return [row["row_id"] for row in rows]


PROOF = """id, shop_id, visitor_id, point_kind AS kind, point_value AS value, point_key AS key,
    locale, asked_at, expires_at"""


async def find_proof(
    session: ReadSession, *, proof_id: UUID, is_locked: bool = False
) -> PointProof | None:
    """A code that went somewhere; None when its visitor was forgotten."""
    row = await session.fetch_one(
        f"SELECT {PROOF} FROM point_proof WHERE id = $1" + (" FOR UPDATE" if is_locked else ""),
        proof_id,
    )
    return PointProof(**{**row, "kind": PointKind(row["kind"])}) if row else None


async def open_proofs(session: ReadSession, *, visitor_id: UUID) -> list[PointProof]:
    """The last code of each address that this visitor can still give back."""
    rows = await session.fetch(
        f"SELECT DISTINCT ON (point_kind, point_key) {PROOF} FROM point_proof"
        " WHERE visitor_id = $1 AND expires_at > $2 AND proven_at IS NULL"
        " ORDER BY point_kind, point_key, asked_at DESC, id DESC",
        visitor_id,
        now(),
    )
    return [PointProof(**{**row, "kind": PointKind(row["kind"])}) for row in rows]
