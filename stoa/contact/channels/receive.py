"""In from a channel: stored as it came, then read, then put where it belongs.

What comes in is committed before anybody says that it has arrived; the same thing fetched again is
found there. What cannot be read is set aside with the words for it, and the next one goes on.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog

from stoa.contact.channels.closed import answer_while_closed
from stoa.contact.channels.inboxes import account_of, get_inbox, type_of
from stoa.contact.channels.models import Inbox
from stoa.contact.channels.protocol import (
    Account,
    ChannelType,
    Envelope,
    Inbound,
    Nothing,
    Parsed,
    Raw,
    Report,
    Unreadable,
)
from stoa.contact.channels.reports import take_report
from stoa.contact.channels.threads import (
    answered_conversation,
    find_conversation,
    name_message,
    stranger_in,
    texts_sent,
)
from stoa.contact.channels.withdrawing import hear_withdrawal
from stoa.contact.conversations.errors import FileTypeRefused
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.service import (
    FileFromOutside,
    add_message,
    add_stranger_note,
    begin_conversation,
    clean_text,
    count_received,
    give_to_message,
    lock_conversation,
    publish_change,
    record_from_outside,
    store_from_outside,
)
from stoa.people.customers.models import PointKind
from stoa.people.customers.queries import key_of
from stoa.people.customers.service import customer_of_point
from stoa.platform.clock import now
from stoa.platform.database.session import SERVER_AWAY, Session
from stoa.platform.i18n.guessing import guess_locale
from stoa.platform.ids import new_id
from stoa.platform.node import Node
from stoa.platform.storage.blobs import record_blob

log = structlog.get_logger()

# Bytes up to here are read on the loop; a larger thing would hold up everybody else.
READ_AT_ONCE_BYTES = 64 * 1024
BODY_MAX = 100_000
FILES_MAX = 40
# The language shows early.
GUESSED_FROM = 2_000
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


async def read_one(node: Node, *, inbound_id: UUID) -> None:
    """It is where it belongs, set aside, or (the database is away) still waits to be read."""
    try:
        await _read(node, inbound_id=inbound_id)
    except SERVER_AWAY:
        log.warning("inbound.postponed", inbound=str(inbound_id))
    except Exception:
        log.exception("inbound.failed", inbound=str(inbound_id))
        async with node.database.begin() as session:
            await session.execute(
                "UPDATE inbound SET attempts = attempts + 1,"
                " state = CASE WHEN attempts + 1 >= $2 THEN 'set_aside' ELSE state END,"
                " problem = CASE WHEN attempts + 1 >= $2"
                ' THEN \'{"reason": "internal", "params": {}}\'::jsonb END,'
                " done_at = CASE WHEN attempts + 1 >= $2 THEN $3::timestamptz END"
                " WHERE id = $1 AND state = 'received'",
                inbound_id,
                MAX_ATTEMPTS,
                now(),
            )


async def read_left_behind(node: Node) -> None:
    """What a process stored and died before reading is read now."""
    async with node.database.read() as session:
        rows = await session.fetch(
            "SELECT id FROM inbound WHERE state = 'received' AND received_at < $1"
            " ORDER BY received_at, id LIMIT 500",
            now() - LEFT_BEHIND,
        )
    for row in rows:
        await read_one(node, inbound_id=row["id"])


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
            await _done(session, inbound_id=inbound_id)
    else:
        await _put(node, inbox=inbox, account=account, inbound_id=inbound_id, inbound=parsed)


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


async def _done(
    session: Session,
    *,
    inbound_id: UUID,
    conversation_id: UUID | None = None,
    message_id: UUID | None = None,
) -> None:
    await session.execute(
        "UPDATE inbound SET state = 'taken', problem = NULL, conversation_id = $2,"
        " message_id = $3, done_at = $4 WHERE id = $1",
        inbound_id,
        conversation_id,
        message_id,
        now(),
    )


async def _put(
    node: Node, *, inbox: Inbox, account: Account, inbound_id: UUID, inbound: Inbound
) -> None:
    """A message from somebody is in its conversation, its files with it."""
    inbound, files = await _store_files(node, inbound)
    async with node.database.begin() as session:
        state = await session.fetch_value(
            "SELECT state FROM inbound WHERE id = $1 FOR UPDATE", inbound_id
        )
        if state != "received":
            return  # somebody else was faster
        conversation_id, inbound, is_strange = await _place(
            session, inbox=inbox, account=account, inbound=inbound
        )
        message_id = await _add(
            session,
            inbox=inbox,
            inbound=inbound,
            inbound_id=inbound_id,
            conversation_id=conversation_id,
            files=files,
        )
        await answer_while_closed(
            session, inbox=inbox, inbound=inbound, conversation_id=conversation_id, at=now()
        )
        if is_strange is not None:
            await add_stranger_note(
                session,
                conversation_id=is_strange,
                sender=inbound.point.value,
                other=conversation_id,
            )
        await _done(
            session,
            inbound_id=inbound_id,
            conversation_id=conversation_id,
            message_id=message_id,
        )
        country = await _country_of(session, shop_id=inbox.shop_id)
        if inbound.is_withdrawal:
            await hear_withdrawal(session, inbox=inbox, inbound=inbound, country=country)
        if not inbound.is_automatic:
            # Whoever wrote themselves may be answered (`limits`).
            await session.execute(
                "UPDATE inbound SET from_kind = $2, from_key = $3 WHERE id = $1",
                inbound_id,
                inbound.point.kind,
                key_of(inbound.point, country=country),
            )
        await session.execute("UPDATE inbox SET last_in_at = $2 WHERE id = $1", inbox.id, now())
    log.info("inbound.taken", inbox=str(inbox.id), conversation=str(conversation_id))


async def _country_of(session: Session, *, shop_id: UUID) -> str | None:
    country: str | None = await session.fetch_value(
        "SELECT country FROM shop WHERE id = $1", shop_id
    )
    return country


async def _store_files(node: Node, inbound: Inbound) -> tuple[Inbound, Sequence[FileFromOutside]]:
    """The files that are passed on; what is not is named on the card and is in the original."""
    files: list[FileFromOutside] = []
    notes: list[str] = []
    for file in inbound.files[:FILES_MAX]:
        try:
            files.append(
                await store_from_outside(node.blobs, file_name=file.file_name, content=file.content)
            )
        except FileTypeRefused:
            notes.append("file_refused")
    if len(inbound.files) > FILES_MAX:
        notes.append("too_many_files")
    if notes and inbound.card is not None:
        card = inbound.card.model_copy(
            update={"notes": list(dict.fromkeys([*inbound.card.notes, *notes]))}
        )
        inbound = replace(inbound, card=card)
    return inbound, files


async def _place(
    session: Session, *, inbox: Inbox, account: Account, inbound: Inbound
) -> tuple[UUID, Inbound, UUID | None]:
    """(the conversation, what is new in the message, the conversation a stranger pointed to)."""
    channel = type_of(inbox.channel)
    answered = await answered_conversation(
        session, inbox=inbox, inbound=inbound, token_key=account.token_key
    )
    if answered is not None:
        sent = await texts_sent(session, conversation_id=answered)
        return answered, channel.trim(inbound, sent=sent), None
    # What they write before what their program says: Outlook names the language of its menus.
    guessed = guess_locale(f"{inbound.subject}\n{inbound.text}"[:GUESSED_FROM])
    locale = guessed or inbound.locale
    customer = await customer_of_point(
        session,
        point=inbound.point,
        is_verified=inbound.is_verified,
        name=inbound.sender_name,
        locale=locale,
        source=inbox.channel,
        country=await _country_of(session, shop_id=inbox.shop_id),
    )
    found = await find_conversation(
        session,
        inbox=inbox,
        inbound=inbound,
        customer_id=customer.id,
        has_subject=channel.capabilities.has_subject,
        token_key=account.token_key,
    )
    if found is not None:
        sent = await texts_sent(session, conversation_id=found)
        return found, channel.trim(inbound, sent=sent), None
    pointed_to = await stranger_in(
        session, inbox=inbox, inbound=inbound, token_key=account.token_key
    )
    is_mail = inbound.point.kind is PointKind.EMAIL
    made = await begin_conversation(
        session,
        shop_id=inbox.shop_id,
        inbox_id=inbox.id,
        channel=inbox.channel,
        customer_id=customer.id,
        contact_name=inbound.sender_name or customer.name,
        contact_email=inbound.point.value if is_mail else None,
        locale=locale or customer.locale,
        subject=inbound.subject,
    )
    return made, inbound, pointed_to


async def _add(
    session: Session,
    *,
    inbox: Inbox,
    inbound: Inbound,
    inbound_id: UUID,
    conversation_id: UUID,
    files: Sequence[FileFromOutside],
) -> UUID:
    place = await lock_conversation(session, conversation_id=conversation_id)
    views = [await record_from_outside(session, file=file, inbox_id=inbox.id) for file in files]
    text = clean_text(inbound.text)[:BODY_MAX]
    message = await add_message(
        session,
        place=place,
        kind="text",
        sender=Sender(),
        client_id=f"in-{inbound_id}",
        preview=text,
        body=text,
        card=inbound.card,
        attachments=views,
        channel=inbox.channel,
    )
    await give_to_message(
        session,
        ids=[view.id for view in views],
        conversation_id=conversation_id,
        message_id=message.id,
    )
    names = ", ".join(view.file_name for view in views)
    await count_received(
        session,
        place=place,
        channel=inbox.channel,
        preview=text or inbound.subject or names,
        is_automatic=inbound.is_automatic,
        at=message.created_at,
    )
    await name_message(
        session,
        inbox_id=inbox.id,
        names=[inbound.name],
        conversation_id=conversation_id,
        message_id=message.id,
        at=message.created_at,
    )
    await publish_change(session, conversation_id=conversation_id)
    return message.id
