"""What happens to a customer elsewhere shows on their page."""

from uuid import UUID

from stoa.commerce.orders.events import OrderEvent
from stoa.contact.calls.events import CallListed
from stoa.contact.conversations.events import MessageAdded
from stoa.people.customers.service import tell_of
from stoa.platform.database.session import Session


async def show_order(session: Session, event: OrderEvent) -> None:
    """Desks that look at whose order it is hear of it."""
    if event.order.customer_id is not None:
        tell_of(session, [event.order.customer_id])


async def show_call(session: Session, event: CallListed) -> None:
    """Desks that look at whose call it is hear of it."""
    await _tell_of_conversation(session, conversation_id=event.call.conversation_id)


async def show_note(session: Session, event: MessageAdded) -> None:
    """As `show_call`, of a note that the house wrote; an agent's is told where it is sent."""
    if event.message.kind == "note":
        await _tell_of_conversation(session, conversation_id=event.message.conversation_id)


async def _tell_of_conversation(session: Session, *, conversation_id: UUID) -> None:
    customer_id = await session.fetch_value(
        "SELECT customer_id FROM conversation WHERE id = $1", conversation_id
    )
    if customer_id is not None:
        tell_of(session, [customer_id])
