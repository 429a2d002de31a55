"""Reads about staff, sessions, links and the audit."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from stoa.people.identity.models import LinkPurpose, Role, SignedIn, Staff, StaffSession
from stoa.people.identity.schemas import AuditView, LinkView
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.errors import NotFound, Unauthenticated
from stoa.platform.web.paging import Page, decode_moment, encode_cursor
from stoa.platform.web.security import hash_token

STAFF = (
    "s.id, s.email, s.name, s.role, s.locale, s.is_active, s.languages, s.skills,"
    " s.password_hash IS NOT NULL AS has_password"
)
SEEN_AGAIN_AFTER = timedelta(minutes=5)


def _staff(row: Row) -> Staff:
    return Staff(
        row["id"],
        row["email"],
        row["name"],
        Role(row["role"]),
        row["locale"],
        row["is_active"],
        row["has_password"],
        tuple(row["languages"]),
        tuple(row["skills"]),
    )


async def signed_in(session: ReadSession, *, token: str | None) -> SignedIn:
    """Who holds this session token.

    Raises:
        Unauthenticated: nobody: unknown, expired, revoked, or no longer active.
    """
    if token is None:
        raise Unauthenticated()
    moment = now()
    row = await session.fetch_one(
        f"SELECT {STAFF}, t.id AS session_id, t.last_seen_at FROM staff_session t"
        " JOIN staff s ON s.id = t.staff_id WHERE t.token_hash = $1"
        " AND t.revoked_at IS NULL AND t.expires_at > $2 AND s.is_active",
        hash_token(token),
        moment,
    )
    if row is None:
        raise Unauthenticated()
    if row["last_seen_at"] < moment - SEEN_AGAIN_AFTER:
        await session.fetch(
            "UPDATE staff_session SET last_seen_at = $2 WHERE id = $1", row["session_id"], moment
        )
    return SignedIn(_staff(row), row["session_id"])


async def valid_sessions(session: ReadSession, *, session_ids: list[UUID]) -> set[UUID]:
    """Those of the sessions that still let somebody in."""
    rows = await session.fetch(
        "SELECT t.id FROM staff_session t JOIN staff s ON s.id = t.staff_id"
        " WHERE t.id = ANY($1::uuid[]) AND t.revoked_at IS NULL AND t.expires_at > $2"
        " AND s.is_active",
        session_ids,
        now(),
    )
    return {row["id"] for row in rows}


async def get_staff(session: ReadSession, *, staff_id: UUID) -> Staff:
    """Raises:
    NotFound: no such member of staff.
    """
    row = await session.fetch_one(f"SELECT {STAFF} FROM staff s WHERE s.id = $1", staff_id)
    if row is None:
        raise NotFound()
    return _staff(row)


async def list_staff(session: ReadSession) -> list[Staff]:
    """Everybody, by name."""
    rows = await session.fetch(f"SELECT {STAFF} FROM staff s ORDER BY lower(s.name), s.id")
    return [_staff(row) for row in rows]


async def credentials(session: ReadSession, *, email: str) -> tuple[UUID, str] | None:
    """(id, password hash) of the active member of staff with this address."""
    row = await session.fetch_one(
        "SELECT id, password_hash FROM staff WHERE lower(email) = lower($1)"
        " AND is_active AND password_hash IS NOT NULL",
        email,
    )
    return (row["id"], row["password_hash"]) if row else None


async def password_hash_of(session: ReadSession, *, staff_id: UUID) -> str | None:
    hashed: str | None = await session.fetch_value(
        "SELECT password_hash FROM staff WHERE id = $1", staff_id
    )
    return hashed


async def has_administrator(session: ReadSession) -> bool:
    """Somebody can administer: the installation is set up."""
    return bool(
        await session.fetch_value(
            "SELECT EXISTS (SELECT FROM staff WHERE role = 'administrator' AND is_active"
            " AND password_hash IS NOT NULL)"
        )
    )


async def find_link(session: ReadSession, *, token: str) -> LinkView | None:
    """What an unused, unexpired link is for."""
    row = await session.fetch_one(
        "SELECT l.purpose, l.expires_at, s.name, s.email FROM staff_link l"
        " LEFT JOIN staff s ON s.id = l.staff_id"
        " WHERE l.token_hash = $1 AND l.used_at IS NULL AND l.expires_at > $2",
        hash_token(token),
        now(),
    )
    if row is None:
        return None
    return LinkView(
        purpose=LinkPurpose(row["purpose"]),
        name=row["name"] or "",
        email=row["email"] or "",
        expires_at=row["expires_at"],
    )


async def list_sessions(session: ReadSession, *, staff_id: UUID) -> list[StaffSession]:
    """The sessions that are still good, newest first."""
    rows = await session.fetch(
        "SELECT id, user_agent, ip, created_at, last_seen_at, expires_at FROM staff_session"
        " WHERE staff_id = $1 AND revoked_at IS NULL AND expires_at > $2"
        " ORDER BY created_at DESC, id",
        staff_id,
        now(),
    )
    return [StaffSession(**row) for row in rows]


async def list_audit(
    session: ReadSession, *, cursor: str | None, limit: int = 50
) -> Page[AuditView]:
    """What staff did, newest first."""
    key = decode_moment(cursor)
    rows: Sequence[Row] = await session.fetch(
        "SELECT a.id, a.staff_id, s.name AS staff_name, a.action, a.subject, a.details,"
        " a.created_at FROM audit_entry a LEFT JOIN staff s ON s.id = a.staff_id"
        " WHERE $1::timestamptz IS NULL OR (a.created_at, a.id) < ($1, $2)"
        " ORDER BY a.created_at DESC, a.id DESC LIMIT $3",
        *(key or (None, None)),
        limit + 1,
    )
    items = [AuditView.model_validate(dict(row)) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return Page(items, encode_cursor(last.created_at.isoformat(), str(last.id)) if last else None)
