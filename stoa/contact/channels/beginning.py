"""The shop writes first: a conversation that its customer has not begun."""

from uuid import UUID

from stoa.contact.channels.errors import NoInboxForPoint
from stoa.contact.channels.inboxes import inbox_for
from stoa.contact.conversations.service import begin_conversation, clean_text
from stoa.people.customers.models import Point, PointKind
from stoa.platform.database.session import Session


async def begin_outgoing(
    session: Session,
    *,
    shop_id: UUID,
    customer_id: UUID,
    name: str,
    locale: str,
    point: Point,
    subject: str,
) -> UUID:
    """There is a conversation in which the customer can be written to at this address. One in which
    nobody has written yet is taken again, so that a double click begins one. The caller holds the
    customer.

    Raises:
        NoInboxForPoint: nothing of the shop reaches it.
    """
    inbox = await inbox_for(session, shop_id=shop_id, kind=point.kind)
    if inbox is None:
        raise NoInboxForPoint()
    email = point.value if point.kind is PointKind.EMAIL else None
    begun: UUID | None = await session.fetch_value(
        "UPDATE conversation SET contact_email = $4, subject = $5, version = version + 1"
        " WHERE id = (SELECT id FROM conversation WHERE customer_id = $1 AND shop_id = $2"
        " AND inbox_id = $3 AND message_count = 0 AND state = 'open'"
        " ORDER BY created_at, id LIMIT 1) RETURNING id",
        customer_id,
        shop_id,
        inbox.id,
        email,
        " ".join(clean_text(subject).split())[:300],
    )
    return begun or await begin_conversation(
        session,
        shop_id=shop_id,
        inbox_id=inbox.id,
        channel=inbox.channel,
        customer_id=customer_id,
        contact_name=name,
        contact_email=email,
        locale=locale,
        subject=subject,
    )
