"""The way a mail leaves: by the shop's mailbox where it has one, else as the settings say."""

from uuid import UUID

from stoa.contact.channels.models import Content, Purpose
from stoa.contact.channels.service import inbox_for, queue_delivery
from stoa.notices.mail import Mail, transport_of
from stoa.people.customers.models import Point, PointKind
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.node import Node


async def send_mail(
    node: Node,
    mail: Mail,
    *,
    shop_id: UUID,
    to_name: str,
    conversation_id: UUID | None = None,
    purpose: Purpose = Purpose.SERVICE,
) -> None:
    """The mail is on its way; sent again with the same key, it is the same mail.

    By a mailbox, an answer to it comes in there, into the conversation if it belongs to one.
    """
    async with node.database.begin() as session:
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
