"""Writes about staff: signing in and out, one-time links, roles, each with its audit entry."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from stoa.people.identity.errors import (
    EmailTaken,
    LastAdministrator,
    LinkExpired,
    WrongCredentials,
)
from stoa.people.identity.models import LinkPurpose, Role, Staff
from stoa.people.identity.queries import get_staff, has_administrator
from stoa.people.identity.schemas import ChangeMe, ChangeStaff, InviteStaff
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import FieldProblem, InvalidInput, NotFound
from stoa.platform.ids import new_id
from stoa.platform.web.security import hash_token, new_token

SESSION_LASTS = timedelta(days=14)
LINK_LASTS = timedelta(days=3)
SETUP_LINK_LASTS = timedelta(days=1)


async def record_audit(
    session: Session,
    *,
    staff_id: UUID | None,
    action: str,
    subject: str,
    details: dict[str, Any] | None = None,
) -> None:
    """The audit knows who did what to whom. `details` holds no secrets and no message texts."""
    await session.execute(
        "INSERT INTO audit_entry (id, staff_id, action, subject, details, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(),
        staff_id,
        action,
        subject,
        details or {},
        now(),
    )


async def open_session(session: Session, *, staff_id: UUID, user_agent: str, ip: str) -> str:
    """A new session of this member of staff exists; returns its token, kept nowhere else."""
    token, token_hash = new_token()
    moment = now()
    await session.execute(
        "INSERT INTO staff_session"
        " (id, staff_id, token_hash, user_agent, ip, created_at, last_seen_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
        new_id(),
        staff_id,
        token_hash,
        user_agent[:300],
        ip[:100],
        moment,
        moment + SESSION_LASTS,
    )
    await record_audit(session, staff_id=staff_id, action="staff.signed_in", subject=str(staff_id))
    return token


async def revoke_session(session: Session, *, staff_id: UUID, session_id: UUID) -> None:
    """The session no longer opens anything.

    Raises:
        NotFound: not a session of this member of staff, or already revoked.
    """
    count = await session.execute(
        "UPDATE staff_session SET revoked_at = $3"
        " WHERE id = $1 AND staff_id = $2 AND revoked_at IS NULL",
        session_id,
        staff_id,
        now(),
    )
    if count == 0:
        raise NotFound()
    await record_audit(
        session, staff_id=staff_id, action="session.revoked", subject=str(session_id)
    )


async def revoke_sessions(session: Session, *, staff_id: UUID, keep: UUID | None = None) -> int:
    """All sessions of this member of staff but `keep` are revoked; returns how many were open."""
    return await session.execute(
        "UPDATE staff_session SET revoked_at = $3"
        " WHERE staff_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NULL",
        staff_id,
        keep,
        now(),
    )


async def _create_link(
    session: Session, *, purpose: LinkPurpose, staff_id: UUID | None, lasts: timedelta
) -> tuple[str, datetime]:
    """The newest link is the only one: earlier unused ones for the same person are gone."""
    await session.execute(
        "DELETE FROM staff_link WHERE staff_id IS NOT DISTINCT FROM $1 AND used_at IS NULL",
        staff_id,
    )
    token, token_hash = new_token()
    moment = now()
    await session.execute(
        "INSERT INTO staff_link (id, purpose, token_hash, staff_id, created_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(),
        purpose,
        token_hash,
        staff_id,
        moment,
        moment + lasts,
    )
    return token, moment + lasts


async def create_setup_link(session: Session, *, base_url: str) -> str | None:
    """The one-time address that makes the first administrator; None once there is one."""
    if await has_administrator(session):
        return None
    token, _ = await _create_link(
        session, purpose=LinkPurpose.SETUP, staff_id=None, lasts=SETUP_LINK_LASTS
    )
    return f"{base_url}/desk/link/{token}"


async def invite_staff(
    session: Session, *, by: UUID, invitation: InviteStaff
) -> tuple[Staff, str, datetime]:
    """A member of staff without a password exists; returns them, the link's token and its end.

    Raises:
        EmailTaken: somebody has this address.
    """
    moment = now()
    staff_id = await session.fetch_value(
        "INSERT INTO staff (id, email, name, role, locale, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (lower(email)) DO NOTHING RETURNING id",
        new_id(),
        invitation.email,
        invitation.name,
        invitation.role,
        invitation.locale,
        moment,
    )
    if staff_id is None:
        raise EmailTaken()
    token, expires_at = await _create_link(
        session, purpose=LinkPurpose.INVITE, staff_id=staff_id, lasts=LINK_LASTS
    )
    await record_audit(
        session,
        staff_id=by,
        action="staff.invited",
        subject=str(staff_id),
        details={"role": invitation.role},
    )
    return await get_staff(session, staff_id=staff_id), token, expires_at


async def renew_link(session: Session, *, by: UUID, staff_id: UUID) -> tuple[Staff, str, datetime]:
    """A fresh link: an invitation while there is no password, a password reset afterwards."""
    staff = await get_staff(session, staff_id=staff_id)
    purpose = LinkPurpose.RESET if staff.has_password else LinkPurpose.INVITE
    token, expires_at = await _create_link(
        session, purpose=purpose, staff_id=staff_id, lasts=LINK_LASTS
    )
    await record_audit(session, staff_id=by, action=f"staff.{purpose}_link", subject=str(staff_id))
    return staff, token, expires_at


async def use_link(
    session: Session,
    *,
    token: str,
    password_hash: str,
    name: str | None,
    email: str | None,
    locale: str | None,
) -> Staff:
    """The link is spent and its person has this password; a reset ended all their sessions.

    Raises:
        LinkExpired: used, replaced or too old; of two at once exactly one succeeds.
        InvalidInput: the first administrator needs a name and an address.
        EmailTaken: somebody has this address.
    """
    moment = now()
    link = await session.fetch_one(
        "UPDATE staff_link SET used_at = $2"
        " WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2"
        " RETURNING purpose, staff_id",
        hash_token(token),
        moment,
    )
    if link is None:
        raise LinkExpired()
    if link["purpose"] == LinkPurpose.SETUP:
        staff_id = await _make_first_administrator(
            session, password_hash=password_hash, name=name, email=email, locale=locale
        )
    else:
        staff_id = link["staff_id"]
        await session.execute(
            "UPDATE staff SET password_hash = $2, name = coalesce($3, name),"
            " locale = coalesce($4, locale), updated_at = $5 WHERE id = $1",
            staff_id,
            password_hash,
            name if link["purpose"] == LinkPurpose.INVITE else None,
            locale,
            moment,
        )
        await revoke_sessions(session, staff_id=staff_id)
    await record_audit(
        session,
        staff_id=staff_id,
        action="staff.link_used",
        subject=str(staff_id),
        details={"purpose": link["purpose"]},
    )
    staff = await get_staff(session, staff_id=staff_id)
    if not staff.is_active:
        raise LinkExpired()
    return staff


async def _make_first_administrator(
    session: Session,
    *,
    password_hash: str,
    name: str | None,
    email: str | None,
    locale: str | None,
) -> UUID:
    missing = [key for key, value in (("name", name), ("email", email)) if not value]
    if missing:
        raise InvalidInput([FieldProblem(key, "field.required") for key in missing])
    if await has_administrator(session):
        raise LinkExpired()
    staff_id = await session.fetch_value(
        "INSERT INTO staff (id, email, name, role, locale, password_hash, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (lower(email)) DO NOTHING"
        " RETURNING id",
        new_id(),
        email,
        name,
        Role.ADMINISTRATOR,
        locale or "en",
        password_hash,
        now(),
    )
    if staff_id is None:
        raise EmailTaken()
    assert isinstance(staff_id, UUID)
    return staff_id


async def set_password(
    session: Session, *, staff_id: UUID, password_hash: str, keep_session: UUID
) -> None:
    """The new password counts, and every other session of this person is over."""
    await session.execute(
        "UPDATE staff SET password_hash = $2, updated_at = $3 WHERE id = $1",
        staff_id,
        password_hash,
        now(),
    )
    await revoke_sessions(session, staff_id=staff_id, keep=keep_session)
    await record_audit(
        session, staff_id=staff_id, action="staff.password_changed", subject=str(staff_id)
    )


async def hold_password(session: Session, *, staff_id: UUID, password_hash: str | None) -> None:
    """Its person has access by this password until the transaction ends.

    Raises:
        WrongCredentials: it is another one since it was compared, or access was taken away.
    """
    if not await session.fetch_value(
        "SELECT true FROM staff WHERE id = $1 AND password_hash = $2 AND is_active"
        " FOR NO KEY UPDATE",
        staff_id,
        password_hash,
    ):
        raise WrongCredentials()


async def replace_hash(session: Session, *, staff_id: UUID, password_hash: str) -> None:
    """The same password is kept under today's parameters."""
    await session.execute(
        "UPDATE staff SET password_hash = $2 WHERE id = $1", staff_id, password_hash
    )


async def change_me(session: Session, *, staff_id: UUID, change: ChangeMe) -> Staff:
    """Name and language are as asked; what is None stays."""
    await session.execute(
        "UPDATE staff SET name = coalesce($2, name), locale = coalesce($3, locale),"
        " updated_at = $4 WHERE id = $1",
        staff_id,
        change.name,
        change.locale,
        now(),
    )
    return await get_staff(session, staff_id=staff_id)


def _once_each(words: Sequence[str] | None) -> list[str] | None:
    return None if words is None else list(dict.fromkeys(words))


async def change_staff(session: Session, *, by: UUID, staff_id: UUID, change: ChangeStaff) -> Staff:
    """Name, role and access are as asked; whoever lost access has no session left.

    Raises:
        NotFound: no such member of staff.
        LastAdministrator: nobody could administer any more.
    """
    # All administrators are locked, in order: two of them cannot demote each other at once.
    await session.fetch(
        "SELECT id FROM staff WHERE role = 'administrator' OR id = $1 ORDER BY id FOR UPDATE",
        staff_id,
    )
    await session.execute(
        "UPDATE staff SET name = coalesce($2, name), role = coalesce($3, role),"
        " is_active = coalesce($4, is_active), languages = coalesce($5, languages),"
        " skills = coalesce($6, skills), updated_at = $7 WHERE id = $1",
        staff_id,
        change.name,
        change.role,
        change.is_active,
        _once_each(change.languages),
        _once_each(change.skills),
        now(),
    )
    if not await has_administrator(session):
        raise LastAdministrator()
    staff = await get_staff(session, staff_id=staff_id)
    if not staff.is_active:
        await revoke_sessions(session, staff_id=staff_id)
    await record_audit(
        session,
        staff_id=by,
        action="staff.changed",
        subject=str(staff_id),
        details=change.model_dump(mode="json", exclude_none=True),
    )
    return staff
