"""Where something that came in belongs: whose it is, in which conversation, with which files."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import structlog

from stoa.contact.channels.closed import answer_while_closed
from stoa.contact.channels.inboxes import type_of
from stoa.contact.channels.models import Inbox
from stoa.contact.channels.outbox import ask_again_for
from stoa.contact.channels.protocol import (
    Account,
    Inbound,
)
from stoa.contact.channels.threads import (
    answered_conversation,
    find_conversation,
    name_message,
    same_elsewhere,
    stranger_in,
    texts_sent,
)
from stoa.contact.channels.withdrawing import hear_withdrawal
from stoa.contact.conversations.errors import FileTypeRefused
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.service import (
    StoredAttachment,
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
from stoa.people.customers.service import customer_of_point, mark_deliverable
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.i18n.guessing import guess_locale
from stoa.platform.node import Node

log = structlog.get_logger()

BODY_MAX = 100_000
FILES_MAX = 40
# The language shows early.
GUESSED_FROM = 2_000


async def mark_taken(
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


async def put_message(
    node: Node, *, inbox: Inbox, account: Account, inbound_id: UUID, inbound: Inbound
) -> None:
    """A message from somebody is in its conversation, its files with it."""
    inbound, files = await _store_files(node, inbound)
    async with node.database.begin() as session:
        row = await session.fetch_one(
            "SELECT state, external_id FROM inbound WHERE id = $1 FOR UPDATE", inbound_id
        )
        if row is None or row["state"] != "received":
            return  # somebody else was faster
        if await _is_there_already(
            session,
            inbox=inbox,
            inbound=inbound,
            inbound_id=inbound_id,
            external_id=row["external_id"],
        ):
            return
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
        await mark_taken(
            session,
            inbound_id=inbound_id,
            conversation_id=conversation_id,
            message_id=message_id,
        )
        country = await _country_of(session, shop_id=inbox.shop_id)
        key = key_of(inbound.point, country=country)
        if inbound.is_withdrawal:
            await hear_withdrawal(session, inbox=inbox, inbound=inbound, country=country)
        if not inbound.is_automatic:
            # Whoever wrote themselves may be answered (`limits`).
            await session.execute(
                "UPDATE inbound SET from_kind = $2, from_key = $3 WHERE id = $1",
                inbound_id,
                inbound.point.kind,
                key,
            )
    # By themselves: the address may be others' too, who are being merged or erased just now, and
    # whoever does that comes to conversations after addresses; whoever sends writes into the inbox
    # and then asks for the topic that this has held since the message was added.
    async with node.database.begin() as session:
        await session.execute("UPDATE inbox SET last_in_at = $2 WHERE id = $1", inbox.id, now())
    if not inbound.is_automatic:
        async with node.database.begin() as session:
            await mark_deliverable(session, point=inbound.point)
        async with node.database.begin() as session:
            await ask_again_for(session, kind=inbound.point.kind, key=key)
    log.info("inbound.taken", inbox=str(inbox.id), conversation=str(conversation_id))


async def _is_there_already(
    session: Session, *, inbox: Inbox, inbound: Inbound, inbound_id: UUID, external_id: str
) -> bool:
    """Whether the very same came by another inbox of the shop: one mail to two of its addresses is
    one message, and one person answers it."""
    place = await same_elsewhere(session, inbox=inbox, external_id=external_id)
    if place is None:
        return False
    conversation_id, message_id = place
    await name_message(
        session,
        inbox_id=inbox.id,
        names=[inbound.name],
        conversation_id=conversation_id,
        message_id=message_id,
        at=now(),
    )
    await mark_taken(
        session,
        inbound_id=inbound_id,
        conversation_id=conversation_id,
        message_id=message_id,
    )
    await session.execute("UPDATE inbox SET last_in_at = $2 WHERE id = $1", inbox.id, now())
    log.info("inbound.known_elsewhere", inbox=str(inbox.id), conversation=str(conversation_id))
    return True


async def _country_of(session: Session, *, shop_id: UUID) -> str | None:
    country: str | None = await session.fetch_value(
        "SELECT country FROM shop WHERE id = $1", shop_id
    )
    return country


async def _store_files(node: Node, inbound: Inbound) -> tuple[Inbound, Sequence[StoredAttachment]]:
    """The files that are passed on; what is not is named on the card and is in the original."""
    files: list[StoredAttachment] = []
    notes: list[str] = []
    for file in inbound.files[:FILES_MAX]:
        try:
            files.append(
                await store_from_outside(
                    node.database, node.blobs, file_name=file.file_name, content=file.content
                )
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
    answered = await _held_answered(session, inbox=inbox, account=account, inbound=inbound)
    if answered is not None:
        sent = await texts_sent(session, conversation_id=answered)
        return answered, channel.trim(account, inbound, sent=sent), None
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
        return found, channel.trim(account, inbound, sent=sent), None
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


async def _held_answered(
    session: Session, *, inbox: Inbox, account: Account, inbound: Inbound
) -> UUID | None:
    """The conversation that is answered, this transaction's to change; None also if its person was
    erased while this waited for it: whoever writes now is somebody new."""
    for _ in range(2):
        found = await answered_conversation(
            session, inbox=inbox, inbound=inbound, token_key=account.token_key
        )
        if found is None:
            return None
        await lock_conversation(session, conversation_id=found)
    return found


async def _add(
    session: Session,
    *,
    inbox: Inbox,
    inbound: Inbound,
    inbound_id: UUID,
    conversation_id: UUID,
    files: Sequence[StoredAttachment],
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
