"""The ways an answer can go, and an answer that goes one of them."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from stoa.contact.channels.errors import FilesNotCarried, FilesTooLarge, NoSuchWay
from stoa.contact.channels.inboxes import list_inboxes, type_of
from stoa.contact.channels.leaving import may_leave
from stoa.contact.channels.limits import Refused, WaitUntil
from stoa.contact.channels.models import HELD_BACK, Content, DeliveryState, Inbox, Purpose
from stoa.contact.channels.outbox import queue_delivery
from stoa.contact.channels.protocol import Capabilities
from stoa.contact.channels.reports import delivery_view
from stoa.contact.channels.rules import CHAT, Standing, choose_way
from stoa.contact.channels.schemas import CountingView, Way, WaysView
from stoa.contact.conversations.errors import EmptyMessage
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import get_row, is_here
from stoa.contact.conversations.schemas import AttachmentView, ConversationRow, Sent
from stoa.contact.conversations.service import (
    add_automatic_text,
    add_message,
    clean_text,
    give_to_message,
    load_unsent,
    lock_conversation,
    publish_change,
)
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import key_of
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.ids import new_id


async def ways_of(session: ReadSession, *, conversation_id: UUID) -> WaysView:
    """Every way the next answer can go, the one it goes by itself first.

    Raises:
        NotFound: no such conversation.
    """
    row = await get_row(session, conversation_id=conversation_id)
    points = await _points_of(session, row=row)
    ways = []
    if row.visitor_id is not None:
        ways.append(Way(code=CHAT, inbox_id=None, sender="", to="", name=""))
    for inbox in await list_inboxes(session, shop_id=row.shop_id, is_on=True):
        channel = type_of(inbox.channel)
        able = channel.capabilities
        ways += [
            await _way(session, inbox=inbox, point=point)
            for point in points
            if point.kind is able.point
        ]
    return choose_way(ways, await _standing(session, row=row))


async def _way(session: ReadSession, *, inbox: Inbox, point: Point) -> Way:
    standing = await may_leave(
        session,
        shop_id=inbox.shop_id,
        point=point,
        purpose=Purpose.SERVICE,
        channel=inbox.channel,
        now=now(),
    )
    verdict = standing.verdict
    able = type_of(inbox.channel).capabilities
    counting = type_of(inbox.channel).counting(inbox.settings, to=point)
    return Way(
        code=inbox.channel,
        inbox_id=inbox.id,
        sender=inbox.address,
        name=inbox.name,
        to=point.value,
        problem=verdict.reason if isinstance(verdict, Refused) else None,
        is_down=inbox.is_down,
        leaves_at=verdict.at if isinstance(verdict, WaitUntil) else None,
        number_of_day=standing.number,
        most_a_day=standing.most,
        has_subject=able.has_subject,
        has_files=able.has_files,
        has_price=able.has_price,
        max_characters=able.max_characters,
        counting=CountingView(**asdict(counting)) if counting else None,
    )


async def _standing(session: ReadSession, *, row: ConversationRow) -> Standing:
    preferred = None
    if row.customer_id is not None:
        preferred = await session.fetch_value(
            "SELECT preferred_channel FROM customer WHERE id = $1", row.customer_id
        )
    return Standing(
        is_here=await is_here(session, visitor_id=row.visitor_id),
        last=row.answer_channel or row.channel,
        preferred=preferred,
        inbox_id=row.inbox_id,
        email=row.contact_email,
    )


async def _points_of(session: ReadSession, *, row: ConversationRow) -> list[Point]:
    """The customer's addresses, what they gave in the conversation first, proven ones before
    others."""
    found: dict[tuple[PointKind, str], Point] = {}
    if row.contact_email:
        point = Point(PointKind.EMAIL, row.contact_email)
        found[point.kind, key_of(point)] = point
    if row.customer_id is not None:
        for each in await session.fetch(
            "SELECT kind, value, key FROM contact_point WHERE customer_id = $1"
            " ORDER BY state DESC, created_at, id",
            row.customer_id,
        ):
            kind, key = PointKind(each["kind"]), each["key"]
            # A number that was given without its country is known with it by its key.
            is_number = kind in (PointKind.PHONE, PointKind.FAX) and key.startswith("+")
            found.setdefault((kind, key), Point(kind, key if is_number else each["value"]))
    return list(found.values())


async def answer(
    session: Session,
    *,
    conversation_id: UUID,
    inbox_id: UUID,
    to: str,
    sender: Sender | None,
    client_id: str,
    body: str,
    subject: str,
    attachment_ids: Sequence[UUID],
    is_automatic: bool = False,
) -> Sent:
    """The agent's message is in the conversation and on its way; the same `client_id` again is the
    same message. `sender` None: the house itself, and whoever waits goes on waiting.

    Raises:
        NoSuchWay: the customer cannot be reached so; nothing was stored.
        EmptyMessage, AttachmentUnknown, NotFound: nothing was stored.
    """
    place = await lock_conversation(session, conversation_id=conversation_id)
    known = await session.fetch_one(
        "SELECT id, seq FROM message WHERE conversation_id = $1 AND client_id = $2",
        conversation_id,
        client_id,
    )
    if known is not None:
        return Sent(id=known["id"], conversation_id=conversation_id, seq=known["seq"])
    row = await get_row(session, conversation_id=conversation_id)
    inbox, way = await _chosen(session, row=row, inbox_id=inbox_id, to=to)
    point = Point(type_of(inbox.channel).capabilities.point, way.to)
    text = clean_text(body)
    files = [
        AttachmentView.model_validate(file)
        for file in (
            await load_unsent(session, ids=list(attachment_ids), sender=sender, client_id=client_id)
            if sender
            else ()
        )
    ]
    if not text and not files:
        raise EmptyMessage()
    _check_files(files, able=type_of(inbox.channel).capabilities)
    delivery_id = new_id()
    message = await add_message(
        session,
        place=place,
        kind="text",
        sender=sender,
        client_id=client_id,
        preview=text or ", ".join(file.file_name for file in files),
        body=text,
        attachments=files,
        channel=inbox.channel,
        delivery=delivery_view(
            delivery_id=delivery_id,
            channel=inbox.channel,
            to=point.value,
            state=DeliveryState.QUEUED,
            problem={"reason": HELD_BACK} if way.leaves_at else None,
            due_at=way.leaves_at,
        ),
    )
    await give_to_message(
        session,
        ids=[file.id for file in files],
        conversation_id=conversation_id,
        message_id=message.id,
    )
    await session.execute(
        "UPDATE conversation SET answer_channel = $2, subject = CASE WHEN subject = '' THEN $3"
        " ELSE subject END, message_count = message_count + $4, version = version + 1"
        " WHERE id = $1",
        conversation_id,
        inbox.channel,
        subject,
        0 if sender else 1,  # an agent's is counted already
    )
    await publish_change(session, conversation_id=conversation_id)
    locale = as_locale(row.locale) or DEFAULT_LOCALE
    await queue_delivery(
        session,
        inbox=inbox,
        to=point,
        delivery_id=delivery_id,
        purpose=Purpose.SERVICE,
        conversation_id=conversation_id,
        message_ids=[message.id],
        is_unasked=way.number_of_day is not None,
        content=Content(
            text=text,
            subject=await _subject(session, row=row, inbox=inbox, wanted=subject),
            locale=locale,
            to_name=row.contact_name,
            sender_name=(sender.staff_name if sender else None) or "",
            attachment_ids=[file.id for file in files],
            is_automatic=is_automatic,
        ),
    )
    return Sent(id=message.id, conversation_id=conversation_id, seq=message.seq)


async def answer_by_itself(
    session: Session, *, conversation_id: UUID, client_id: str, body: str
) -> bool:
    """The house has answered the way the customer wrote last; False: there is none that is open.
    The same `client_id` again is the same message.

    Raises:
        NotFound: no such conversation.
    """
    place = await lock_conversation(session, conversation_id=conversation_id)
    ways = (await ways_of(session, conversation_id=conversation_id)).ways
    if not ways or ways[0].problem is not None:
        return False
    if ways[0].inbox_id is None:
        await add_automatic_text(session, place=place, client_id=client_id, body=body)
        await publish_change(session, conversation_id=conversation_id)
        return True
    await answer(
        session,
        conversation_id=conversation_id,
        inbox_id=ways[0].inbox_id,
        to=ways[0].to,
        sender=None,
        client_id=client_id,
        body=body,
        subject="",
        attachment_ids=(),
        is_automatic=True,
    )
    return True


def _check_files(files: Sequence[AttachmentView], *, able: Capabilities) -> None:
    if files and not able.has_files:
        raise FilesNotCarried()
    if sum(file.size_bytes for file in files) > able.max_files_bytes:
        raise FilesTooLarge(limit_mb=able.max_files_bytes // 1024 // 1024)


async def _chosen(
    session: ReadSession, *, row: ConversationRow, inbox_id: UUID, to: str
) -> tuple[Inbox, Way]:
    ways = (await ways_of(session, conversation_id=row.id)).ways
    for way in ways:
        if way.inbox_id == inbox_id and way.to == to and way.problem is None:
            for inbox in await list_inboxes(session, shop_id=row.shop_id, is_on=True):
                if inbox.id == inbox_id:
                    return inbox, way
    raise NoSuchWay()


async def _has_written(session: ReadSession, *, row: ConversationRow) -> bool:
    """Whether the customer has: else the shop wrote first, and answers nothing."""
    found: bool = await session.fetch_value(
        "SELECT EXISTS (SELECT FROM message WHERE conversation_id = $1"
        " AND sender_kind = 'customer')",
        row.id,
    )
    return found


async def _subject(session: ReadSession, *, row: ConversationRow, inbox: Inbox, wanted: str) -> str:
    """`Re:` to what the customer wrote, else what the agent or the shop calls it."""
    if not type_of(inbox.channel).capabilities.has_subject:
        return ""
    if row.subject:
        is_reply = row.subject[:3].lower() == "re:"
        is_ours = row.inbox_id is None or not await _has_written(session, row=row)
        return row.subject if is_reply or is_ours else f"Re: {row.subject}"
    if wanted:
        return wanted
    name: str = await session.fetch_value("SELECT name FROM shop WHERE id = $1", row.shop_id)
    return name
