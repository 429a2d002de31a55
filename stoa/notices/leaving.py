"""The way a message leaves: a mail by the shop's mailbox where it has one, else as the settings
say; an SMS by the shop's line."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from stoa.commerce.shops.models import Shop
from stoa.contact.channels.models import Content, Purpose
from stoa.contact.channels.service import inbox_for, queue_delivery
from stoa.notices.mail import Mail, transport_of
from stoa.people.customers.errors import AlreadyErased
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import lock_known
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import DEFAULT_LOCALE, Locale, as_locale
from stoa.platform.node import Node

log = structlog.get_logger()

# Whether what was read before may still leave. It holds what it looks at: whoever erases the person
# waits, and then finds what waits to leave.
Check = Callable[[Session], Awaitable[bool]]


async def is_known(session: Session, *, customer_id: UUID | None) -> bool:
    """The customer has not been erased, nor is before this transaction ends."""
    if customer_id is None:
        return True
    try:
        await lock_known(session, customer_id=customer_id)
    except (AlreadyErased, NotFound):
        return False
    return True


async def send_mail(
    node: Node,
    mail: Mail,
    *,
    shop_id: UUID,
    to_name: str,
    may_leave: Check,
    conversation_id: UUID | None = None,
    purpose: Purpose = Purpose.SERVICE,
) -> None:
    """The mail is on its way, unless it may not leave any more; sent again with the same key, it is
    the same mail.

    By a mailbox, an answer to it comes in there, into the conversation if it belongs to one.
    """
    async with node.database.begin() as session:
        if not await may_leave(session):
            log.info("mail.called_off", key=mail.key)
            return
        inbox = await inbox_for(session, shop_id=shop_id, kind=PointKind.EMAIL)
        if inbox is not None:
            await queue_delivery(
                session,
                inbox=inbox,
                to=Point(PointKind.EMAIL, mail.to),
                purpose=purpose,
                conversation_id=conversation_id,
                unique_key=mail.key,
                content=Content(
                    text=mail.text,
                    html=mail.html,
                    subject=mail.subject,
                    locale=as_locale(mail.locale) or DEFAULT_LOCALE,
                    to_name=to_name,
                    is_automatic=True,
                ),
            )
            return
    await transport_of(node.settings).send(mail)


async def send_confirming_sms(
    node: Node, *, shop: Shop, to: str, text: str, locale: Locale, key: str, may_leave: Check
) -> None:
    """What asks or proves by SMS waits to leave, once for each `key`, unless it may not any more.
    Where the shop's line was taken away since, nothing leaves, and what was asked runs out by
    itself.
    """
    async with node.database.begin() as session:
        if not await may_leave(session):
            log.info("sms.called_off", key=key)
            return
        inbox = await inbox_for(session, shop_id=shop.id, kind=PointKind.PHONE)
        if inbox is None:
            log.warning("sms.no_line", key=key)
            return
        await queue_delivery(
            session,
            inbox=inbox,
            to=Point(PointKind.PHONE, to),
            purpose=Purpose.CONFIRMATION,
            unique_key=key,
            content=Content(text=text, locale=locale, sender_name=shop.name, is_automatic=True),
        )
