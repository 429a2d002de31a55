"""Conversations and drafts for tests."""

from uuid import UUID

from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.schemas import MessageKind
from stoa.contact.conversations.service import ensure_conversation
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.people import a_visitor


async def a_conversation(
    database: Database, *, shop_id: UUID, visitor_id: UUID | None = None
) -> tuple[UUID, Sender]:
    """(id, its customer) of an open conversation nobody has spoken in yet."""
    if visitor_id is None:
        visitor_id, _ = await a_visitor(database)
    async with database.begin() as session:
        conversation_id = await ensure_conversation(
            session,
            visitor_id=visitor_id,
            shop_id=shop_id,
            locale="en",
            page_url="/en/",
        )
    return conversation_id, Sender(visitor_id=visitor_id)


def a_draft(
    conversation_id: UUID,
    sender: Sender,
    body: str = "Hello",
    *,
    kind: MessageKind = "text",
    client_id: str | None = None,
) -> Draft:
    return Draft(
        id=new_id(),
        conversation_id=conversation_id,
        client_id=client_id or f"client-{new_id()}",
        kind=kind,
        sender=sender,
        body=body,
        preview=body[:140],
    )
