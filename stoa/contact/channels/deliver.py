"""Out to a channel: wished for in a transaction, claimed by whoever holds the line, sent, recorded.

A delivery that was claimed by a process that died is sent again: at least once, never lost. Mail
keeps its Message-ID, so that two of it are one to whoever receives them.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid5

import asyncpg
import structlog

from stoa.contact.channels.inboxes import type_of
from stoa.contact.channels.leaving import Standing, may_leave
from stoa.contact.channels.limits import Now, Refused, WaitUntil
from stoa.contact.channels.models import HELD_BACK, Delivery, DeliveryState, Inbox, Purpose
from stoa.contact.channels.outbox import locked_row
from stoa.contact.channels.protocol import (
    Accepted,
    Account,
    NeverWorks,
    Outgoing,
    OutgoingFile,
    SendProblem,
    TryLater,
)
from stoa.contact.channels.protocol import Sender as LineSender
from stoa.contact.channels.reports import lock_names, set_state, take_parked
from stoa.contact.channels.splitting import split_text
from stoa.contact.channels.threads import name_message, references_of
from stoa.contact.channels.tokens import make_reply_token
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.service import withdrawal_path
from stoa.people.customers.service import mark_undeliverable
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.node import Node

log = structlog.get_logger()

# After the first failure, the second ...: two days altogether, then a person decides.
BACKOFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
# What waits for a person is not counted as tried, and leaves at once when the person has done it.
NEEDS_PERSON_FOR = timedelta(minutes=15)


RECORDED_TRIES = 5


@dataclass(frozen=True, slots=True)
class Try:
    """A delivery that this process sends now."""

    delivery: Delivery
    references: Sequence[str]
    files: Sequence[OutgoingFile]


async def send_one(
    node: Node, *, inbox: Inbox, account: Account, sender: LineSender, delivery: Delivery
) -> None:
    """The delivery has left, waits for its next try, or is given up; its messages show which."""
    async with node.database.begin() as session:
        standing = await _standing(session, inbox=inbox, delivery=delivery)
        if not isinstance(standing.verdict, Now):
            with suppress(NotFound):  # erased meanwhile
                await _hold_back(session, inbox=inbox, delivery=delivery)
            return
        if standing.number is not None and delivery.purpose is Purpose.SERVICE:
            # Nobody asked for it, whatever was the case when it was wished for: it counts.
            await session.execute(
                "UPDATE delivery SET is_unasked = true WHERE id = $1 AND NOT is_unasked",
                delivery.id,
            )
        references: Sequence[str] = ()
        if delivery.conversation_id is not None:
            references = await references_of(
                session, conversation_id=delivery.conversation_id, inbox_id=inbox.id
            )
        files = await _files(node, session, ids=delivery.content.attachment_ids)
    attempt = Try(delivery, references, files)
    try:
        accepted = await _send(
            sender,
            _outgoing(attempt, account=account),
            max_characters=type_of(inbox.channel).capabilities.max_characters,
        )
    except SendProblem as problem:
        record = partial(_record_problem, node, delivery=delivery, problem=problem)
    except Exception as error:  # a channel's own fault must not stop the others
        log.exception("delivery.failed", delivery=str(delivery.id))
        fault = TryLater("internal", text=type(error).__name__)
        record = partial(_record_problem, node, delivery=delivery, problem=fault)
    else:
        record = partial(_record_sent, node, inbox=inbox, delivery=delivery, accepted=accepted)
    await _recorded(record, delivery=delivery)


async def _recorded(record: Callable[[], Awaitable[None]], *, delivery: Delivery) -> None:
    """What became of it is written down, or its person was erased meanwhile and there is nothing
    to write. What was not recorded would be sent again, and with it whatever else is under way."""
    for tries_left in reversed(range(RECORDED_TRIES)):
        try:
            await record()
        except NotFound:
            log.info("delivery.gone", delivery=str(delivery.id))
        except asyncpg.TransactionRollbackError:  # two were in each other's way
            if tries_left == 0:
                raise
            continue
        return


async def _send(sender: LineSender, outgoing: Outgoing, *, max_characters: int | None) -> Accepted:
    """All parts of it have left. After a failure all are sent again: each has an id of its own, so
    those that had left are the same thing again."""
    texts = split_text(outgoing.text, max_characters=max_characters)
    if len(texts) == 1:
        return await sender.send(outgoing)
    taken = []
    for number, text in enumerate(texts):
        part = replace(
            outgoing,
            id=uuid5(outgoing.id, str(number)) if number else outgoing.id,
            text=text,
            html=None,
            files=outgoing.files if number == len(texts) - 1 else (),
        )
        taken.append(await sender.send(part))
    return Accepted(
        names=[name for one in taken for name in one.names],
        segments=sum(one.segments or 1 for one in taken),
        cost_micros=_sum(one.cost_micros for one in taken),
        currency=taken[0].currency,
    )


def _sum(costs: Iterable[int | None]) -> int | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known else None


async def _standing(session: ReadSession, *, inbox: Inbox, delivery: Delivery) -> Standing:
    return await may_leave(
        session,
        shop_id=inbox.shop_id,
        point=delivery.to,
        purpose=delivery.purpose,
        channel=inbox.channel,
        now=now(),
        delivery_id=delivery.id,
        is_owed=delivery.conversation_id is None,
    )


async def _hold_back(session: Session, *, inbox: Inbox, delivery: Delivery) -> None:
    """It does not leave now. Decided once more under its lock, for which whoever changes the limits
    waits: none of what they hold back is held by those of before (`outbox.ask_again`)."""
    row = await locked_row(session, delivery_id=delivery.id)
    verdict = (await _standing(session, inbox=inbox, delivery=delivery)).verdict
    if isinstance(verdict, Refused):
        await set_state(
            session,
            row=row,
            state=DeliveryState.REFUSED,
            problem={"reason": verdict.reason, "params": {}},
        )
        log.info("delivery.refused", delivery=str(delivery.id), reason=verdict.reason)
        return
    due_at = verdict.at if isinstance(verdict, WaitUntil) else now()
    await session.execute(
        "UPDATE delivery SET next_try_at = $2, attempts = attempts - 1 WHERE id = $1",
        delivery.id,
        due_at,
    )
    await set_state(
        session,
        row=row,
        state=DeliveryState.QUEUED,
        problem={"reason": HELD_BACK, "params": {}},
        due_at=due_at,
    )


async def _files(node: Node, session: ReadSession, *, ids: Sequence[UUID]) -> list[OutgoingFile]:
    rows = await session.fetch(
        "SELECT a.id, a.file_name, a.media_type, a.size_bytes, b.key FROM attachment a"
        " JOIN blob b ON b.id = a.blob_id WHERE a.id = ANY($1::uuid[])",
        list(ids),
    )
    by_id = {row["id"]: row for row in rows}
    return [
        OutgoingFile(
            file_name=by_id[id_]["file_name"],
            media_type=by_id[id_]["media_type"],
            path=node.blobs.local_path(by_id[id_]["key"]),
            size_bytes=by_id[id_]["size_bytes"],
        )
        for id_ in ids
        if id_ in by_id
    ]


def _outgoing(attempt: Try, *, account: Account) -> Outgoing:
    delivery, content = attempt.delivery, attempt.delivery.content
    token = None
    is_question = delivery.purpose is Purpose.CONFIRMATION  # with a way to say no of its own
    way_out = None if is_question else _way_out(delivery, account=account)
    is_service = delivery.purpose is Purpose.SERVICE
    if delivery.conversation_id is not None:
        token = make_reply_token(account.token_key, delivery.conversation_id)
    return Outgoing(
        id=delivery.outgoing_id,
        to=delivery.to,
        to_name=content.to_name,
        locale=content.locale,
        text=content.text,
        html=content.html,
        subject=content.subject,
        sender_name=content.sender_name,
        files=attempt.files,
        references=attempt.references,
        reply_token=token,
        is_automatic=content.is_automatic,
        # An answer is no mailing, but its reader may want no more; what an order needs is owed.
        unsubscribe_url=content.unsubscribe_url or (None if is_service else way_out),
        withdrawal_url=None if is_service and delivery.conversation_id is None else way_out,
    )


def _way_out(delivery: Delivery, *, account: Account) -> str:
    """Where what somebody agreed to is taken back, for this purpose and address."""
    path = withdrawal_path(
        account.token_key,
        kind=delivery.to.kind,
        key=delivery.to_key,
        purpose=Use(delivery.purpose),
        locale=delivery.content.locale,
    )
    return f"{account.base_url}{path}"


async def _record_sent(node: Node, *, inbox: Inbox, delivery: Delivery, accepted: Accepted) -> None:
    async with node.database.begin() as session:
        await lock_names(session, inbox_id=inbox.id, names=accepted.names)
        row = await locked_row(session, delivery_id=delivery.id)
        await session.execute(
            "UPDATE delivery SET segments = $2, cost_micros = $3, currency = $4 WHERE id = $1",
            delivery.id,
            accepted.segments,
            accepted.cost_micros,
            accepted.currency,
        )
        await name_message(
            session,
            inbox_id=inbox.id,
            names=accepted.names,
            conversation_id=delivery.conversation_id,
            message_id=delivery.message_ids[0] if delivery.message_ids else None,
            delivery_id=delivery.id,
            at=now(),
        )
        # A receipt that names the delivery itself may have been faster.
        if row["state"] not in (DeliveryState.DELIVERED, DeliveryState.FAILED):
            await set_state(session, row=row, state=DeliveryState.SENT)
        await take_parked(session, inbox_id=inbox.id, names=accepted.names)
        # Now and then is enough: whoever writes this row holds up everybody who sends by it.
        await session.execute(
            "UPDATE inbox SET last_out_at = $2 WHERE id = $1"
            " AND (last_out_at IS NULL OR last_out_at < $2::timestamptz - interval '5 seconds')",
            inbox.id,
            now(),
        )


async def _record_problem(node: Node, *, delivery: Delivery, problem: SendProblem) -> None:
    said: dict[str, object] = {
        "reason": problem.reason,
        "params": dict(problem.params),
        "code": problem.code,
        "text": problem.text[:500],
    }
    async with node.database.begin() as session:
        if isinstance(problem, NeverWorks) and problem.is_point_dead:
            # Addresses are locked before what goes to them: so does whoever erases a person.
            await mark_undeliverable(
                session, point=delivery.to, code=problem.code or problem.reason
            )
        row = await locked_row(session, delivery_id=delivery.id)
        if row["state"] != DeliveryState.SENDING:
            return  # a receipt knows better: it was taken, and only the answer to that was lost
        if isinstance(problem, NeverWorks):
            await set_state(session, row=row, state=DeliveryState.FAILED, problem=said)
            return
        if isinstance(problem, TryLater) and problem.needs_person:
            await session.execute(
                "UPDATE delivery SET next_try_at = $2, attempts = attempts - 1 WHERE id = $1",
                delivery.id,
                now() + NEEDS_PERSON_FOR,
            )
            await set_state(session, row=row, state=DeliveryState.QUEUED, problem=said)
            return
        after = problem.after if isinstance(problem, TryLater) else None
        at = next_try(attempts=delivery.attempts, after=after, at=now())
        if at is None:
            await set_state(session, row=row, state=DeliveryState.DEAD, problem=said)
            return
        await session.execute("UPDATE delivery SET next_try_at = $2 WHERE id = $1", delivery.id, at)
        await set_state(session, row=row, state=DeliveryState.QUEUED, problem=said, due_at=at)


def next_try(*, attempts: int, after: timedelta | None, at: datetime) -> datetime | None:
    """When to try again after `attempts` failures; None: no more.

    The first failure waits 30 s, or as long as the other side asked for if that is longer.
    """
    if attempts > len(BACKOFF):
        return None
    wait = BACKOFF[attempts - 1]
    return at + (max(wait, after) if after else wait)
