"""Receipts: what became of something we sent, as the world outside tells it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from stoa.contact.channels.inboxes import type_of
from stoa.contact.channels.models import DeliveryState
from stoa.contact.channels.protocol import Report
from stoa.contact.conversations.schemas import DeliveryView
from stoa.contact.conversations.service import show_delivery
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import mark_deliverable, mark_undeliverable
from stoa.platform.clock import now
from stoa.platform.database.session import Row, Session
from stoa.platform.ids import new_id
from stoa.platform.node import Node

PARKED_FOR = timedelta(days=7)

DELIVERY_ROW = """d.id, d.inbox_id, d.conversation_id, d.message_ids, d.to_kind, d.to_value,
    d.to_key, d.state, d.problem"""


async def take_report(session: Session, *, inbox_id: UUID, report: Report) -> None:
    """The delivery, its messages and (a dead one) its address show what is reported.

    A report on a name that nobody knows yet is parked: it overtook the answer to what it is about.
    """
    name = await _known_name(session, inbox_id=inbox_id, name=report.name)
    delivery_id = name["delivery_id"] if name else _as_id(report.name)
    row = None
    if delivery_id is not None:
        await _mark_point(session, inbox_id=inbox_id, delivery_id=delivery_id, report=report)
        row = await session.fetch_one(
            f"SELECT {DELIVERY_ROW} FROM delivery d WHERE d.id = $1 AND d.inbox_id = $2 FOR UPDATE",
            delivery_id,
            inbox_id,
        )
    if row is None:
        if name is not None:
            return
        # Whoever records the name holds the same lock: one of the two sees the other.
        await lock_names(session, inbox_id=inbox_id, names=[report.name])
        if await _known_name(session, inbox_id=inbox_id, name=report.name) is None:
            await _park(session, inbox_id=inbox_id, report=report)
        else:
            await take_report(session, inbox_id=inbox_id, report=report)
        return
    await _apply(session, row=row, report=report, is_whole=name is None)


async def _mark_point(
    session: Session, *, inbox_id: UUID, delivery_id: UUID, report: Report
) -> None:
    """The address is dead, or lives. Before the delivery is locked: addresses come first, as with
    whoever erases a person."""
    is_dead = report.state == "failed" and report.is_permanent and report.is_point_dead
    if not is_dead and report.state != "delivered":
        return
    row = await session.fetch_one(
        "SELECT to_kind, to_value FROM delivery WHERE id = $1 AND inbox_id = $2 AND state <> $3"
        " AND (state <> $4 OR $5)",
        delivery_id,
        inbox_id,
        DeliveryState.CANCELLED,
        DeliveryState.FAILED,
        is_dead,
    )
    if row is None:
        return
    point = Point(PointKind(row["to_kind"]), row["to_value"])
    if is_dead:
        await mark_undeliverable(session, point=point, code=report.code or "bounced")
    else:
        await mark_deliverable(session, point=point)


async def _known_name(session: Session, *, inbox_id: UUID, name: str) -> Row | None:
    return await session.fetch_one(
        "SELECT delivery_id FROM external_name WHERE inbox_id = $1 AND name = $2", inbox_id, name
    )


async def lock_names(session: Session, *, inbox_id: UUID, names: Sequence[str]) -> None:
    """Until the transaction's end nobody else records or parks anything for these names."""
    await session.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1 || n.name, 1))"
        " FROM (SELECT name FROM unnest($2::text[]) AS u (name) ORDER BY name) n",
        str(inbox_id),
        list(names),
    )


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


async def _park(session: Session, *, inbox_id: UUID, report: Report) -> None:
    await session.execute(
        "INSERT INTO parked_receipt (id, inbox_id, name, receipt, received_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        new_id(),
        inbox_id,
        report.name,
        report.model_dump(mode="json"),
        now(),
    )


async def take_parked(session: Session, *, inbox_id: UUID, names: Sequence[str]) -> None:
    """Reports that came before these names were known are heard now."""
    rows = await session.fetch(
        "DELETE FROM parked_receipt WHERE inbox_id = $1 AND name = ANY($2::text[])"
        " RETURNING receipt, received_at, id",
        inbox_id,
        list(names),
    )
    for row in sorted(rows, key=lambda row: (row["received_at"], row["id"])):
        await take_report(session, inbox_id=inbox_id, report=Report.model_validate(row["receipt"]))


async def drop_old_receipts(node: Node) -> None:
    """What nobody asked for in a week is nobody's."""
    async with node.database.begin() as session:
        await session.execute(
            "DELETE FROM parked_receipt WHERE received_at < $1", now() - PARKED_FOR
        )


async def _apply(session: Session, *, row: Row, report: Report, is_whole: bool) -> None:
    """A message in parts has arrived when all of them have, and failed when one of them did."""
    if row["state"] == DeliveryState.CANCELLED:
        return
    if report.state == "sent":
        # It names the delivery itself before we know that it was taken: our attempt had no answer,
        # and another one would make two of it.
        if is_whole and row["state"] in (DeliveryState.SENDING, DeliveryState.QUEUED):
            await set_state(session, row=row, state=DeliveryState.SENT)
        return
    if report.state == "failed" and not report.is_permanent:
        return
    await session.execute(
        "UPDATE external_name SET reported = $3 WHERE inbox_id = $1 AND name = $2",
        row["inbox_id"],
        report.name,
        report.state,
    )
    problem: dict[str, object] | None = None
    state = DeliveryState.DELIVERED
    if report.state == "failed":
        state = DeliveryState.FAILED
        problem = {
            "reason": "bounced",
            "params": {},
            "code": report.code,
            "text": report.text[:500],
        }
    elif row["state"] == DeliveryState.FAILED or (
        not is_whole
        and await session.fetch_value(
            "SELECT EXISTS (SELECT FROM external_name WHERE delivery_id = $1"
            " AND reported IS DISTINCT FROM 'delivered' AND name <> $2)",
            row["id"],
            report.name,
        )
    ):
        return
    await set_state(session, row=row, state=state, problem=problem)


async def set_state(
    session: Session,
    *,
    row: Row,
    state: DeliveryState,
    problem: dict[str, object] | None = None,
    due_at: datetime | None = None,
) -> None:
    """The delivery is in this state, and its messages show it. `row` has `DELIVERY_ROW`; `due_at`:
    when one that waits is tried."""
    is_over = state not in (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT)
    await session.execute(
        "UPDATE delivery SET state = $2, problem = $3, next_try_at ="
        " CASE WHEN $2 = 'queued' THEN next_try_at END,"
        " done_at = CASE WHEN $4 THEN $5::timestamptz END,"
        " sent_at = CASE WHEN $2 = 'sent' THEN $5 ELSE sent_at END WHERE id = $1",
        row["id"],
        state,
        problem,
        is_over,
        now(),
    )
    if row["message_ids"]:
        channel = await session.fetch_value(
            "SELECT channel FROM inbox WHERE id = $1", row["inbox_id"]
        )
        view = delivery_view(
            delivery_id=row["id"],
            channel=channel,
            to=row["to_value"],
            state=state,
            problem=problem,
            due_at=due_at,
        )
        await show_delivery(session, message_ids=row["message_ids"], delivery=view)


def delivery_view(
    *,
    delivery_id: UUID,
    channel: str,
    to: str,
    state: DeliveryState,
    problem: dict[str, object] | None = None,
    due_at: datetime | None = None,
) -> DeliveryView:
    said = problem or {}
    detail = " ".join(str(said[name]) for name in ("code", "text") if said.get(name))
    reason = said.get("reason")
    return DeliveryView(
        channel=type_of(channel).code,
        to=to,
        state=state.value,
        reason=str(reason) if reason else None,
        detail=detail,
        delivery_id=delivery_id,
        due_at=due_at,
    )
