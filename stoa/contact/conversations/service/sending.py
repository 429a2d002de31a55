"""The node's writer of messages, and what comes before it: cleaning, files, the draft itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from stoa.contact.conversations.attachments import load_unsent
from stoa.contact.conversations.batch import needs_one_statement, store_message, write_messages
from stoa.contact.conversations.errors import EmptyMessage
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.rules import clean_text, preview_of
from stoa.contact.conversations.schemas import Card, MessageKind, Sent
from stoa.people.customers.service import tell_of
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.ids import new_id
from stoa.platform.node import Node

# One statement writes a batch; its cost per message is lowest from about here on (bench.chat).
MAX_BATCH = 100


class Messages:
    """Messages of this node on their way into the database."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._group = GroupCommit[Draft, Sent](
            node.database, write_messages, max_batch=MAX_BATCH, is_lone=needs_one_statement
        )

    async def send(
        self,
        *,
        conversation_id: UUID,
        sender: Sender,
        client_id: str,
        body: str,
        attachments: list[UUID] | None = None,
        kind: MessageKind = "text",
        card: Card | None = None,
        card_title: str = "",
    ) -> Sent:
        """The message is committed; the same `client_id` again is the same message.

        Raises:
            EmptyMessage: neither text, nor file, nor card.
            AttachmentUnknown: a file is not the sender's to send.
            NotFound: no such conversation, or not the sender's.
            TooBusy: too many messages wait already.
        """
        text = clean_text(body)
        files = []
        if attachments:
            async with self._node.database.read() as session:
                files = await load_unsent(
                    session, ids=attachments, sender=sender, client_id=client_id
                )
        if not text and not files and card is None:
            raise EmptyMessage()
        draft = Draft(
            id=new_id(),
            conversation_id=conversation_id,
            client_id=client_id,
            kind=kind,
            sender=sender,
            body=text,
            preview=preview_of(
                text, attachment_names=[file["file_name"] for file in files], card_title=card_title
            ),
            card=card.model_dump(mode="json") if card else None,
            attachments=files,
        )
        sent = await store_message(self._group, draft)
        if kind == "note":
            await self._tell_of_note(conversation_id)
        return sent

    async def _tell_of_note(self, conversation_id: UUID) -> None:
        """A note changes nothing in the agents' list, from which the customer's page hears of all
        else. It is stored already: whoever looks at the page misses it until the next look if we
        die just here."""
        async with self._node.database.begin() as session:
            customer_id = await session.fetch_value(
                "SELECT customer_id FROM conversation WHERE id = $1", conversation_id
            )
            if customer_id is not None:
                tell_of(session, [customer_id])

    async def close(self) -> None:
        """Everything taken is stored."""
        await self._group.close()


@asynccontextmanager
async def keeping_messages(node: Node) -> AsyncIterator[None]:
    """The node stores messages while the block runs; at its end all that were taken are stored."""
    messages = node.parts[Messages] = Messages(node)
    try:
        yield
    finally:
        await messages.close()
