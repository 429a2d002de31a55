"""Teams are set up: made, changed, given up; and how much everybody is given."""

from collections.abc import Collection, Sequence
from uuid import UUID

from stoa.contact.routing.assigning import hold_routing
from stoa.contact.routing.errors import OverflowInACircle, TeamNamesUnknown, TeamNameTaken
from stoa.contact.routing.events import TEAMS_TOPIC, TeamsChanged
from stoa.contact.routing.rules import circle_in
from stoa.contact.routing.schemas import QueueInput, TeamInput, WeightView
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id


async def make_team(session: Session, *, by: UUID, form: TeamInput) -> UUID:
    """The team is there; what waits is routed by it from now on.

    Raises:
        TeamNameTaken: another one is called so.
        TeamNamesUnknown: a shop, member, inbox or queue it names is not there.
        OverflowInACircle: nobody would ever have to take what comes back again.
    """
    await hold_routing(session)
    team_id = new_id()
    await _refuse_name(session, team_id=team_id, name=form.name)
    await session.execute(
        "INSERT INTO team (id, name, languages, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $4)",
        team_id,
        form.name,
        form.languages,
        now(),
    )
    await _fill(session, team_id=team_id, form=form)
    await _tell(session, by=by, action="team.made", team_id=team_id, form=form)
    return team_id


async def change_team(session: Session, *, by: UUID, team_id: UUID, form: TeamInput) -> None:
    """The team is as the form says, its queues as well.

    Raises:
        NotFound: no such team.
        TeamNameTaken, TeamNamesUnknown, OverflowInACircle: as for a new one.
    """
    await hold_routing(session)
    await _refuse_name(session, team_id=team_id, name=form.name)
    count = await session.execute(
        "UPDATE team SET name = $2, languages = $3, updated_at = $4"
        " WHERE id = $1 AND removed_at IS NULL",
        team_id,
        form.name,
        form.languages,
        now(),
    )
    if not count:
        raise NotFound()
    await _fill(session, team_id=team_id, form=form)
    await _tell(session, by=by, action="team.changed", team_id=team_id, form=form)


async def remove_team(session: Session, *, by: UUID, team_id: UUID) -> None:
    """The team and its queues are no more; what waited there is routed anew, and whoever has a
    conversation keeps it.

    Raises:
        NotFound: no such team.
    """
    await hold_routing(session)
    count = await session.execute(
        "UPDATE team SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL", team_id, now()
    )
    if not count:
        raise NotFound()
    await _remove_queues(session, team_id=team_id, kept=())
    await _tell(session, by=by, action="team.removed", team_id=team_id, form=None)


async def set_capacity(
    session: Session, *, by: UUID, staff_id: UUID, conversations: int | None
) -> None:
    """So many conversations at once are given to this person; None: as many as to everybody.

    Raises:
        NotFound: no such member of staff.
    """
    if not await session.fetch_value("SELECT EXISTS (SELECT FROM staff WHERE id = $1)", staff_id):
        raise NotFound()
    if conversations is None:
        await session.execute("DELETE FROM staff_capacity WHERE staff_id = $1", staff_id)
    else:
        await session.execute(
            "INSERT INTO staff_capacity (staff_id, conversations) VALUES ($1, $2)"
            " ON CONFLICT (staff_id) DO UPDATE SET conversations = EXCLUDED.conversations",
            staff_id,
            conversations,
        )
    await record_audit(
        session,
        staff_id=by,
        action="staff.capacity_changed",
        subject=str(staff_id),
        details={"conversations": conversations},
    )
    session.publish(TeamsChanged(), topics=[TEAMS_TOPIC])


async def set_weights(session: Session, *, by: UUID, weights: Sequence[WeightView]) -> None:
    """Conversations of these channels count as said; those of others as before."""
    for one in weights:
        await session.execute(
            "INSERT INTO channel_weight (channel, percent) VALUES ($1, $2)"
            " ON CONFLICT (channel) DO UPDATE SET percent = EXCLUDED.percent",
            one.channel,
            one.percent,
        )
    await record_audit(
        session,
        staff_id=by,
        action="channel.weights_changed",
        subject="channels",
        details={one.channel: one.percent for one in weights},
    )
    session.publish(TeamsChanged(), topics=[TEAMS_TOPIC])


async def _refuse_name(session: Session, *, team_id: UUID, name: str) -> None:
    if await session.fetch_value(
        "SELECT EXISTS (SELECT FROM team WHERE lower(name) = lower($2) AND id <> $1"
        " AND removed_at IS NULL)",
        team_id,
        name,
    ):
        raise TeamNameTaken()


async def _fill(session: Session, *, team_id: UUID, form: TeamInput) -> None:
    await _replace(session, table="team_shop", column="shop_id", of=team_id, ids=form.shop_ids)
    await _replace(session, table="team_member", column="staff_id", of=team_id, ids=form.member_ids)
    kept = [queue.id for queue in form.queues if queue.id is not None]
    await _remove_queues(session, team_id=team_id, kept=kept)
    for position, queue in enumerate(form.queues):
        await _save_queue(session, team_id=team_id, position=position, queue=queue)
    rows = await session.fetch("SELECT id, overflow_queue_id FROM queue WHERE removed_at IS NULL")
    overflows = {row["id"]: row["overflow_queue_id"] for row in rows}
    if any(target is not None and target not in overflows for target in overflows.values()):
        raise TeamNamesUnknown()
    if circle_in(overflows):
        raise OverflowInACircle()


# What a team or a queue names -> the table that has it.
_NAMED = {"team_shop": "shop", "team_member": "staff", "queue_inbox": "inbox"}


async def _replace(
    session: Session, *, table: str, column: str, of: UUID, ids: Collection[UUID]
) -> None:
    """The rows of `table` for one team or queue are these."""
    owner = "queue_id" if table == "queue_inbox" else "team_id"
    await session.execute(f"DELETE FROM {table} WHERE {owner} = $1", of)
    wanted = set(ids)
    count = await session.execute(
        f"INSERT INTO {table} ({owner}, {column})"
        f" SELECT $1, id FROM {_NAMED[table]} WHERE id = ANY($2::uuid[])",
        of,
        list(wanted),
    )
    if count != len(wanted):
        raise TeamNamesUnknown()


async def _save_queue(session: Session, *, team_id: UUID, position: int, queue: QueueInput) -> None:
    values = (
        team_id,
        queue.name,
        position,
        queue.priority,
        queue.rule,
        queue.takes_counter,
        queue.skills,
        queue.needs_language,
        queue.overflow_queue_id,
        queue.overflow_seconds,
        queue.return_seconds,
    )
    columns = (
        "team_id, name, position, priority, rule, takes_counter, skills, needs_language,"
        " overflow_queue_id, overflow_seconds, return_seconds"
    )
    if queue.overflow_queue_id is not None:
        known = await session.fetch_value(
            "SELECT EXISTS (SELECT FROM queue WHERE id = $1 AND removed_at IS NULL)",
            queue.overflow_queue_id,
        )
        if not known:
            raise TeamNamesUnknown()
        if queue.overflow_queue_id == queue.id:
            raise OverflowInACircle()
    queue_id = queue.id or new_id()
    if queue.id is None:
        await session.execute(
            f"INSERT INTO queue (id, {columns})"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            queue_id,
            *values,
        )
    elif not await session.execute(
        f"UPDATE queue SET ({columns}) = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " WHERE id = $1 AND team_id = $2 AND removed_at IS NULL",
        queue_id,
        *values,
    ):
        raise TeamNamesUnknown()
    await _replace(
        session, table="queue_inbox", column="inbox_id", of=queue_id, ids=queue.inbox_ids
    )


async def _remove_queues(session: Session, *, team_id: UUID, kept: Collection[UUID]) -> None:
    """The team's other queues are no more, and nothing goes on to them."""
    rows = await session.fetch(
        "UPDATE queue SET removed_at = $3 WHERE team_id = $1 AND id <> ALL($2::uuid[])"
        " AND removed_at IS NULL RETURNING id",
        team_id,
        list(kept),
        now(),
    )
    await session.execute(
        "UPDATE queue SET overflow_queue_id = NULL, overflow_seconds = NULL"
        " WHERE overflow_queue_id = ANY($1::uuid[])",
        [row["id"] for row in rows],
    )


async def _tell(
    session: Session, *, by: UUID, action: str, team_id: UUID, form: TeamInput | None
) -> None:
    await record_audit(
        session,
        staff_id=by,
        action=action,
        subject=f"team:{team_id}",
        details=form.model_dump(mode="json") if form else {},
    )
    session.publish(TeamsChanged(), topics=[TEAMS_TOPIC])
