"""Mail about conversations: transcripts, and answers that the customer was not there to read."""

from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.contact.channels.models import Content, Purpose
from stoa.contact.channels.service import inbox_for, queue_delivery
from stoa.contact.conversations.events import TranscriptRequested
from stoa.contact.conversations.queries import get_row, public_messages
from stoa.contact.conversations.schemas import ConversationRow
from stoa.contact.conversations.service import (
    UnreadAnswers,
    locale_of,
    render_messages,
    render_transcript,
    take_unread_answers,
)
from stoa.notices.leaving import is_known, send_mail
from stoa.notices.mail import Mail
from stoa.notices.orders import NOWHERE, TEXT
from stoa.notices.pages import render_page
from stoa.people.customers.models import Point, PointKind
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.i18n.messages import translator
from stoa.platform.ids import new_id
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node

TRANSCRIPT_JOB: Final = "notice.transcript"
ANSWERS_JOB: Final = "notice.answers"
# Who is still in the chat reads the answer there.
PATIENCE = timedelta(minutes=2)


async def mail_transcript(session: Session, event: TranscriptRequested) -> None:
    """The transcript will leave once this transaction has committed."""
    await enqueue(
        session,
        TRANSCRIPT_JOB,
        {"conversation_id": event.conversation_id, "email": event.email, "request_id": new_id()},
    )


async def send_transcript(node: Node, payload: Payload) -> None:
    """The mail has left. The same job again sends the same message."""
    conversation_id = UUID(payload["conversation_id"])
    async with node.database.read() as session:
        row = await get_row(session, conversation_id=conversation_id)
        shop = await get_shop(session, shop_id=row.shop_id)
        messages = await public_messages(session, conversation_id=conversation_id)
    if not messages:
        return  # its person was erased meanwhile: that it was asked for is in it otherwise
    mail = _mail(
        "transcript",
        row=row,
        shop=shop,
        to=payload["email"],
        key=f"transcript-{payload['request_id']}",
        conversation=render_transcript(row, messages, shop_name=shop.name),
        base_url=node.settings.base_url,
    )
    # Only from the customer's own address does an answer to it belong to the conversation.
    is_theirs = mail.to == row.contact_email
    await send_mail(
        node,
        mail,
        shop_id=shop.id,
        to_name=row.contact_name,
        may_leave=partial(is_known, customer_id=row.customer_id),
        conversation_id=row.id if is_theirs else None,
    )


async def mail_answers_periodically(node: Node) -> None:
    """Every answer that has waited for its customer is on its way to their address, once: by the
    shop's mailbox where it has one, so that their answer comes back into the conversation.
    """
    async with node.database.begin() as session:
        for unread in await take_unread_answers(session, written_before=now() - PATIENCE):
            if await _goes_on_by_mail(session, unread):
                continue
            await enqueue(
                session,
                ANSWERS_JOB,
                {
                    "conversation_id": unread.conversation_id,
                    "after": unread.after,
                    "up_to": unread.up_to,
                },
            )


async def _goes_on_by_mail(session: Session, unread: UnreadAnswers) -> bool:
    """Whether the shop has a mailbox; if so the answers are on their way through it."""
    row = await get_row(session, conversation_id=unread.conversation_id)
    inbox = await inbox_for(session, shop_id=row.shop_id, kind=PointKind.EMAIL)
    if inbox is None or row.contact_email is None:
        return False
    messages = await public_messages(
        session,
        conversation_id=unread.conversation_id,
        after=unread.after,
        up_to=unread.up_to,
        of_agents=True,
    )
    # What left by a channel already is with the customer.
    messages = [message for message in messages if message.delivery is None]
    if not messages:
        return True
    locale = locale_of(row)
    shop = await get_shop(session, shop_id=row.shop_id)
    t = translator(locale, "notices")
    await queue_delivery(
        session,
        inbox=inbox,
        to=Point(PointKind.EMAIL, row.contact_email),
        purpose=Purpose.SERVICE,
        conversation_id=row.id,
        message_ids=[message.id for message in messages],
        unique_key=f"answers-{row.id}-{unread.up_to}",
        content=Content(
            text="\n\n".join(message.body for message in messages if message.body),
            subject=row.subject or t("answers.subject", shop=shop.name),
            locale=locale,
            to_name=row.contact_name,
            sender_name=messages[-1].staff_name or "",
            attachment_ids=[file.id for message in messages for file in message.attachments],
            is_automatic=all(message.sender_kind == "system" for message in messages),
        ),
    )
    return True


async def send_answers(node: Node, payload: Payload) -> None:
    """The mail has left. The same job again sends the same message."""
    conversation_id = UUID(payload["conversation_id"])
    async with node.database.read() as session:
        row = await get_row(session, conversation_id=conversation_id)
        shop = await get_shop(session, shop_id=row.shop_id)
        messages = await public_messages(
            session,
            conversation_id=conversation_id,
            after=payload["after"],
            up_to=payload["up_to"],
            of_agents=True,
        )
    if row.contact_email is None:
        return  # the address was taken back meanwhile
    mail = _mail(
        "answers",
        row=row,
        shop=shop,
        to=row.contact_email,
        key=f"answers-{conversation_id}-{payload['up_to']}",
        conversation=render_messages(row, messages, shop_name=shop.name),
        base_url=node.settings.base_url,
    )
    await send_mail(
        node,
        mail,
        shop_id=shop.id,
        to_name=row.contact_name,
        may_leave=partial(is_known, customer_id=row.customer_id),
        conversation_id=row.id,
    )


def _mail(
    occasion: str,
    *,
    row: ConversationRow,
    shop: Shop,
    to: str,
    key: str,
    conversation: str,
    base_url: str,
) -> Mail:
    locale = locale_of(row)
    t = translator(locale, "notices")
    values = {
        "t": t,
        "locale": locale,
        "shop": shop,
        "name": row.contact_name,
        "occasion": occasion,
        "title": t(f"{occasion}.subject", shop=shop.name),
        "conversation": conversation,
        "link": f"{base_url}/{locale}/",
    }
    return Mail(
        key=key,
        sender_name=shop.name,
        sender=shop.company.email or NOWHERE,
        to=to,
        locale=locale,
        subject=t(f"{occasion}.subject", shop=shop.name),
        text=TEXT.get_template("conversation.txt").render(values),
        html=render_page("conversation", values),
        sent_at=now(),
    )
