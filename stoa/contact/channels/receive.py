"""In from a channel: stored as it came, then read, then put where it belongs.

What comes in is committed before anybody says that it has arrived; the same thing fetched again is
found there. What cannot be read is set aside with the words for it, and the next one goes on.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog

from stoa.contact.channels.inboxes import account_of, get_inbox, type_of
from stoa.contact.channels.placing import mark_taken, put_message
from stoa.contact.channels.protocol import (
    Account,
    ChannelType,
    Envelope,
    Nothing,
    Parsed,
    Raw,
    Report,
    Unreadable,
)
from stoa.contact.channels.reports import take_report
from stoa.platform.clock import now
from stoa.platform.database.session import SERVER_AWAY
from stoa.platform.ids import new_id
from stoa.platform.node import Node
from stoa.platform.storage.blobs import record_blob

log = structlog.get_logger()

# Bytes up to here are read on the loop; a larger thing would hold up everybody else.
READ_AT_ONCE_BYTES = 64 * 1024
MAX_ATTEMPTS = 5
# Whoever took it in is done with it by then, or died.
LEFT_BEHIND = timedelta(minutes=1)


async def take(node: Node, *, inbox_id: UUID, raw: Raw) -> bool:
    """What came in is stored; returns whether it was new. It is read afterwards, by `read_one`.

    Raises:
        StorageFull: nothing was stored; it has to come again.
    """
    inbound_id = await store(node, inbox_id=inbox_id, raw=raw)
    if inbound_id is None:
        return False
    await read_one(node, inbound_id=inbound_id)
    return True


async def store(node: Node, *, inbox_id: UUID, raw: Raw) -> UUID | None:
    """The bytes are committed and wait to be read; None when they were there already."""
    stored = await node.blobs.save(raw.content)
    async with node.database.begin() as session:
        blob = await record_blob(session, stored=stored, media_type="application/octet-stream")
        inbound_id: UUID | None = await session.fetch_value(
            "INSERT INTO inbound (id, inbox_id, external_id, blob_id, envelope, received_at)"
            " VALUES ($1, $2, $3, $4, $5, $6)"
            " ON CONFLICT (inbox_id, external_id) DO NOTHING RETURNING id",
            new_id(),
            inbox_id,
            raw.external_id,
            blob.id,
            raw.envelope.model_dump(mode="json"),
            now(),
        )
    return inbound_id


async def read_again(node: Node, *, inbound_id: UUID) -> None:
    """As `read_one`, of what was left unread. That is counted before it is tried: it may be what
    ended the process that read it, and would end each one after that."""
    async with node.database.begin() as session:
        attempts = await session.fetch_value(
            "UPDATE inbound SET attempts = attempts + 1 WHERE id = $1 AND state = 'received'"
            " RETURNING attempts",
            inbound_id,
        )
    if attempts is None:
        return
    if attempts > MAX_ATTEMPTS:
        await _end(node, inbound_id=inbound_id, state="set_aside", reason="internal")
        log.error("inbound.given_up", inbound=str(inbound_id))
        return
    await read_one(node, inbound_id=inbound_id, is_counted=True)


async def read_one(node: Node, *, inbound_id: UUID, is_counted: bool = False) -> None:
    """It is where it belongs, set aside, or (the database is away) still waits to be read."""
    try:
        await _read(node, inbound_id=inbound_id)
    except SERVER_AWAY:
        log.warning("inbound.postponed", inbound=str(inbound_id))
    except Exception:
        log.exception("inbound.failed", inbound=str(inbound_id))
        async with node.database.begin() as session:
            await session.execute(
                "UPDATE inbound SET attempts = attempts + $4,"
                " state = CASE WHEN attempts + $4 >= $2 THEN 'set_aside' ELSE state END,"
                " problem = CASE WHEN attempts + $4 >= $2"
                ' THEN \'{"reason": "internal", "params": {}}\'::jsonb END,'
                " done_at = CASE WHEN attempts + $4 >= $2 THEN $3::timestamptz END"
                " WHERE id = $1 AND state = 'received'",
                inbound_id,
                MAX_ATTEMPTS,
                now(),
                0 if is_counted else 1,
            )


async def unread_of(node: Node, *, inbox_id: UUID) -> list[UUID]:
    """What is stored of the inbox and not read, in the order in which it came."""
    async with node.database.read() as session:
        rows = await session.fetch(
            "SELECT id FROM inbound WHERE inbox_id = $1 AND state = 'received'"
            " ORDER BY received_at, id",
            inbox_id,
        )
    return [row["id"] for row in rows]


async def read_left_behind(node: Node) -> None:
    """What a process stored and died before reading is read now."""
    async with node.database.read() as session:
        rows = await session.fetch(
            "SELECT id FROM inbound WHERE state = 'received' AND received_at < $1"
            " ORDER BY received_at, id LIMIT 500",
            now() - LEFT_BEHIND,
        )
    for row in rows:
        await read_again(node, inbound_id=row["id"])


async def _read(node: Node, *, inbound_id: UUID) -> None:
    async with node.database.read() as session:
        row = await session.fetch_one(
            "SELECT i.inbox_id, i.external_id, i.envelope, i.state, b.key FROM inbound i"
            " LEFT JOIN blob b ON b.id = i.blob_id WHERE i.id = $1",
            inbound_id,
        )
        if row is None or row["state"] != "received" or row["key"] is None:
            return
        inbox = await get_inbox(session, inbox_id=row["inbox_id"])
    account = account_of(inbox, settings=node.settings)
    channel = type_of(inbox.channel)
    raw = Raw(
        external_id=row["external_id"],
        content=await node.blobs.load(row["key"]),
        envelope=Envelope.model_validate(row["envelope"]),
    )
    try:
        parsed = await _parse(channel, account, raw)
    except Unreadable as problem:
        await _end(
            node,
            inbound_id=inbound_id,
            state="set_aside",
            reason=problem.reason,
            params=dict(problem.details),
        )
        log.warning("inbound.set_aside", inbox=str(inbox.id), reason=problem.reason)
        return
    if isinstance(parsed, Nothing):
        await _end(node, inbound_id=inbound_id, state="ignored", reason=parsed.reason)
    elif isinstance(parsed, Report):
        async with node.database.begin() as session:
            await take_report(session, inbox_id=inbox.id, report=parsed)
            await mark_taken(session, inbound_id=inbound_id)
    else:
        await put_message(node, inbox=inbox, account=account, inbound_id=inbound_id, inbound=parsed)


async def _parse(channel: ChannelType, account: Account, raw: Raw) -> Parsed:
    if len(raw.content) > READ_AT_ONCE_BYTES:
        return await asyncio.to_thread(channel.parse, account, raw)
    return channel.parse(account, raw)


async def _end(
    node: Node,
    *,
    inbound_id: UUID,
    state: str,
    reason: str,
    params: dict[str, str | int] | None = None,
) -> None:
    async with node.database.begin() as session:
        await session.execute(
            "UPDATE inbound SET state = $2, problem = $3, done_at = $4"
            " WHERE id = $1 AND state = 'received'",
            inbound_id,
            state,
            {"reason": reason, "params": params or {}},
            now(),
        )
