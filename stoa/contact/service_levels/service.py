"""Writes about policies; what follows from them for whoever waits is in `promising`."""

from uuid import UUID

import asyncpg

from stoa.contact.service_levels.errors import PolicyExists
from stoa.contact.service_levels.events import TOPIC, PoliciesChanged
from stoa.contact.service_levels.keeping import keeping_service_levels
from stoa.contact.service_levels.queries import get_policy
from stoa.contact.service_levels.schemas import PolicyInput, PolicyView
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id

__all__ = ["change_policy", "drop_policy", "keeping_service_levels", "make_policy"]


async def make_policy(
    session: Session, *, shop_id: UUID, staff_id: UUID, form: PolicyInput
) -> PolicyView:
    """Whoever waits and whom it is for is counted by it.

    Raises:
        PolicyExists: there is another for the same.
        NotFound: it names a queue or an inbox that does not exist.
    """
    policy_id = new_id()
    await _write(
        session,
        "INSERT INTO sla_policy (shop_id, name, channel, inbox_id, queue_id, first_seconds,"
        " next_seconds, warn_percent, is_on, id, created_at, updated_at)"
        " VALUES ($11, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        form,
        policy_id,
        shop_id,
    )
    return await _changed(session, policy_id=policy_id, staff_id=staff_id)


async def change_policy(
    session: Session, *, policy_id: UUID, staff_id: UUID, form: PolicyInput
) -> PolicyView:
    """The policy is as given.

    Raises:
        NotFound: no such policy, or it names a queue or an inbox that does not exist.
        PolicyExists: there is another for the same.
    """
    await get_policy(session, policy_id=policy_id)
    await _write(
        session,
        "UPDATE sla_policy SET name = $1, channel = $2, inbox_id = $3, queue_id = $4,"
        " first_seconds = $5, next_seconds = $6, warn_percent = $7, is_on = $8, updated_at = $10"
        " WHERE id = $9",
        form,
        policy_id,
    )
    return await _changed(session, policy_id=policy_id, staff_id=staff_id)


async def drop_policy(session: Session, *, policy_id: UUID, staff_id: UUID) -> None:
    """The policy is no more; what was broken under it is still listed.

    Raises:
        NotFound: no such policy.
    """
    policy = await get_policy(session, policy_id=policy_id)
    await session.execute("DELETE FROM sla_policy WHERE id = $1", policy_id)
    await _tell(session, policy=policy, staff_id=staff_id, action="sla_policy.dropped")


async def _write(
    session: Session, sql: str, form: PolicyInput, policy_id: UUID, *more: object
) -> None:
    values = (
        form.name,
        form.channel,
        form.inbox_id,
        form.queue_id,
        form.first_seconds,
        form.next_seconds,
        form.warn_percent,
        form.is_on,
    )
    try:
        async with session.connection.transaction():
            await session.execute(sql, *values, policy_id, now(), *more)
    except asyncpg.UniqueViolationError as error:
        raise PolicyExists() from error
    except asyncpg.ForeignKeyViolationError as error:
        raise NotFound() from error


async def _changed(session: Session, *, policy_id: UUID, staff_id: UUID) -> PolicyView:
    policy = await get_policy(session, policy_id=policy_id)
    await _tell(session, policy=policy, staff_id=staff_id, action="sla_policy.changed")
    return policy


async def _tell(session: Session, *, policy: PolicyView, staff_id: UUID, action: str) -> None:
    await record_audit(
        session,
        staff_id=staff_id,
        action=action,
        subject=f"sla_policy:{policy.id}",
        details=policy.model_dump(mode="json"),
    )
    session.publish(PoliciesChanged(shop_id=policy.shop_id), topics=[TOPIC])
