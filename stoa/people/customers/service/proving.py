"""An address is proven: a code goes there, and comes back by the browser that asked for it.

It has to be that browser. A link that proved by itself would make whoever types a stranger's
address that stranger, by the stranger's click.
"""

import hmac
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from stoa.people.customers.errors import NoSuchPoint, ProvenTooOften
from stoa.people.customers.events import PointProofAsked
from stoa.people.customers.models import PROVABLE, Point, PointKind, PointProof
from stoa.people.customers.service.holding import lock_points
from stoa.people.customers.service.points import verify_point
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import Locale
from stoa.platform.ids import new_id

LIFETIME: Final = timedelta(minutes=30)
MOST_TRIES: Final = 5
MOST_PER_ADDRESS: Final = 3  # a day, whoever asks
MOST_PER_VISITOR: Final = 6  # a day, for whatever addresses
_PURPOSE: Final = b"stoa point proof 1"


class Outcome(StrEnum):
    """What became of a code that was typed."""

    PROVEN = "proven"
    WRONG = "wrong"
    ENDED = "ended"  # there is none to compare it with: too late, tried too often, never asked


def code_of(secret: bytes, *, proof_id: UUID) -> str:
    """The six digits that go to the address; nothing is kept of them."""
    digest = hmac.digest(secret, _PURPOSE + proof_id.bytes, "sha256")
    return f"{int.from_bytes(digest[:8]) % 10**6:06}"


async def ask_proof(
    session: Session, *, shop_id: UUID, visitor_id: UUID, point_id: UUID, locale: Locale
) -> PointProof:
    """A code will go to this address of the visitor, once this transaction has committed; one that
    went there before counts no more.

    Raises:
        NoSuchPoint: it is no address of theirs, or none to which a code could go.
        ProvenTooOften: it was asked often enough today, for this address or by this visitor.
    """
    row = await session.fetch_one(
        "SELECT p.kind, p.value, p.key FROM contact_point p"
        " JOIN visitor v ON v.customer_id = p.customer_id WHERE v.id = $1 AND p.id = $2",
        visitor_id,
        point_id,
    )
    if row is None or PointKind(row["kind"]) not in PROVABLE:
        raise NoSuchPoint()
    await lock_points(session, keys=[(row["kind"], row["key"])])
    moment = now()
    proof = PointProof(
        id=new_id(),
        shop_id=shop_id,
        visitor_id=visitor_id,
        kind=PointKind(row["kind"]),
        value=row["value"],
        key=row["key"],
        locale=locale,
        asked_at=moment,
        expires_at=moment + LIFETIME,
    )
    await _require_room(session, proof)
    await session.execute(
        "INSERT INTO point_proof (id, shop_id, visitor_id, point_kind, point_value, point_key,"
        " locale, asked_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        proof.id,
        proof.shop_id,
        proof.visitor_id,
        proof.kind,
        proof.value,
        proof.key,
        proof.locale,
        proof.asked_at,
        proof.expires_at,
    )
    session.publish(PointProofAsked(proof_id=proof.id), topics=[])
    return proof


async def prove_point(
    session: Session, *, visitor_id: UUID, point_id: UUID, code: str, secret: bytes
) -> Outcome:
    """The address is proven if this is the code that went there last; else one try is used up. It
    does not raise, so that a wrong code counts.

    Whoever had proven the same address is the same person from now on (`verify_point`).
    """
    point = await session.fetch_one(
        "SELECT p.kind, p.key, v.customer_id FROM contact_point p"
        " JOIN visitor v ON v.customer_id = p.customer_id WHERE v.id = $1 AND p.id = $2",
        visitor_id,
        point_id,
    )
    if point is None:
        return Outcome.ENDED
    await lock_points(session, keys=[(point["kind"], point["key"])])
    row = await session.fetch_one(
        "SELECT id, tries, expires_at, proven_at FROM point_proof WHERE visitor_id = $1"
        " AND point_kind = $2 AND point_key = $3 ORDER BY asked_at DESC, id DESC LIMIT 1"
        " FOR UPDATE",
        visitor_id,
        point["kind"],
        point["key"],
    )
    if row is None or row["tries"] >= MOST_TRIES or row["expires_at"] <= now():
        return Outcome.ENDED
    typed = "".join(code.split())
    if not hmac.compare_digest(typed.encode(), code_of(secret, proof_id=row["id"]).encode()):
        await session.execute("UPDATE point_proof SET tries = tries + 1 WHERE id = $1", row["id"])
        return Outcome.WRONG
    await session.execute(
        "UPDATE point_proof SET proven_at = coalesce(proven_at, $2) WHERE id = $1", row["id"], now()
    )
    await verify_point(
        session,
        customer_id=point["customer_id"],
        point=Point(PointKind(point["kind"]), point["key"]),
        source="code",
    )
    return Outcome.PROVEN


async def forget_old_proofs(session: Session) -> int:
    """Codes that nobody can give back any more, and that no limit counts, are gone; returns how
    many."""
    return await session.execute(
        "DELETE FROM point_proof WHERE asked_at < $1", now() - timedelta(days=2)
    )


async def _require_room(session: Session, proof: PointProof) -> None:
    row = await session.fetch_one(
        "SELECT (SELECT count(*) FROM point_proof WHERE point_kind = $1 AND point_key = $2"
        " AND asked_at > $4) AS of_address,"
        " (SELECT count(*) FROM point_proof WHERE visitor_id = $3 AND asked_at > $4) AS of_visitor",
        proof.kind,
        proof.key,
        proof.visitor_id,
        proof.asked_at - timedelta(days=1),
    )
    assert row is not None
    if row["of_address"] >= MOST_PER_ADDRESS or row["of_visitor"] >= MOST_PER_VISITOR:
        raise ProvenTooOften()
