"""A shop with one SMS line at a centre, from the line to its conversations."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.contact.channels.models import Content, Inbox, Purpose
from stoa.contact.channels.outbox import queue_delivery
from stoa.contact.channels.ways import answer, ways_of
from stoa.people.customers.models import Point, PointKind
from stoa.platform.node import Node
from tests.factories.people import an_agent
from tests.waiting import until

CUSTOMER = Point(PointKind.PHONE, "+48600100200")


@dataclass
class Shopfront:
    node: Node
    shop: Shop
    inbox: Inbox
    url: str

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        async with self.node.database.read() as session:
            return [dict(row) for row in await session.fetch(sql, *args)]

    async def states(self) -> list[str]:
        found = await self.rows("SELECT state FROM delivery ORDER BY created_at, id")
        return [row["state"] for row in found]

    async def until_states(self, states: list[str]) -> None:
        async def is_so() -> bool:
            return await self.states() == states

        await until(is_so)

    async def read(self, count: int) -> None:
        """Waits until so many of what came in were read: they are when they are stored already."""

        async def is_read() -> bool:
            [row] = await self.rows("SELECT count(*) FROM inbound WHERE state <> 'received'")
            return bool(row["count"] >= count)

        await until(is_read)

    async def answers(self, body: str, *, client_id: str = "client-01") -> UUID:
        """An agent answers the only conversation by the way it came."""
        agent = await an_agent(self.node.database)
        async with self.node.database.begin() as session:
            conversation_id: UUID = await session.fetch_value("SELECT id FROM conversation")
            [way] = (await ways_of(session, conversation_id=conversation_id)).ways
            assert (way.code, way.to, way.problem) == ("sms", CUSTOMER.value, None)
            assert way.counting is not None
            assert way.counting.each_micros == 35_000
            await answer(
                session,
                conversation_id=conversation_id,
                inbox_id=self.inbox.id,
                to=way.to,
                sender=agent,
                client_id=client_id,
                body=body,
                subject="",
                attachment_ids=[],
            )
        return conversation_id

    async def notify(self, text: str) -> None:
        async with self.node.database.begin() as session:
            await queue_delivery(
                session,
                inbox=self.inbox,
                to=CUSTOMER,
                content=Content(text=text, locale="en", is_automatic=True),
                purpose=Purpose.URGENT,
            )
