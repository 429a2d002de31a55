"""A customer and an agent who talk, each with a tone of their own, over the whole application."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from tests.contact.calls.lab import Lab
from tests.contact.calls.people import AtDesk, OnPage, at_the_desk, on_the_page
from tests.servers.people import Frame, Person
from tests.servers.tones import TONES, ToneClient

CUSTOMER, AGENT, SUPERVISOR, _ = TONES
PATIENCE_SECONDS = 40.0

Found = TypeVar("Found")


@dataclass
class Talk:
    """They hear each other. Everybody's line is closed with the block."""

    lab: Lab
    stack: AsyncExitStack
    call_id: str
    ada: AtDesk
    anna: OnPage
    agent: ToneClient
    customer: ToneClient
    others: list[ToneClient] = field(default_factory=list)

    async def record(self, *, is_on: bool = True) -> Frame:
        return await self.ada.person.ask("call.record", call_id=self.call_id, is_on=is_on)

    async def answer(self, *, is_agreed: bool) -> Frame:
        return await self.anna.person.ask(
            "call.answer_recording", call_id=self.call_id, is_agreed=is_agreed
        )

    async def hang_up(self) -> None:
        await self.anna.person.ask("call.hang_up", call_id=self.call_id)

    async def recordings(self, *states: str) -> list[Any]:
        """The call's recordings in these states, from old to new."""
        async with self.lab.database.read() as session:
            return await session.fetch(
                "SELECT r.*, b.key FROM call_recording r LEFT JOIN blob b ON b.id = r.blob_id"
                " WHERE r.call_id = $1 AND r.state = ANY($2::text[]) ORDER BY r.started_at, r.id",
                UUID(self.call_id),
                list(states),
            )

    async def is_recording(self) -> bool:
        async with self.lab.database.read() as session:
            state = await session.fetch_value(
                "SELECT recording FROM call WHERE id = $1", UUID(self.call_id)
            )
        return bool(state == "on")

    async def writes(self) -> bool:
        """Whether sound goes to a file now."""
        return bool(self.spool())

    def spool(self) -> list[Path]:
        return list((self.lab.node.settings.data_dir / "recordings").glob("*.ogg"))

    def blob_files(self) -> list[Path]:
        return list(self.lab.node.settings.data_dir.rglob("blobs/??/??/*"))

    async def join(self, person: Person, leg_id: str, tone: int) -> ToneClient:
        """One more line in the call."""
        client = await line(self.stack, person, self.call_id, leg_id, tone)
        self.others.append(client)
        return client


async def line(
    stack: AsyncExitStack,
    person: Person,
    call_id: str,
    leg_id: str,
    tone: int,
    *,
    keeps_seconds: float = 2.0,
) -> ToneClient:
    """The page's sound is in the call."""
    client = ToneClient(tone, keeps_seconds=keeps_seconds)
    stack.push_async_callback(client.close)

    async def answer(offer: str) -> str:
        found = await person.ask("call.connect", call_id=call_id, leg_id=leg_id, sdp=offer)
        return str(found["sdp"])

    await client.connect(answer)
    return client


@asynccontextmanager
async def talking(lab: Lab, **settings: object) -> AsyncIterator[Talk]:
    """Ada and Anna talk, in a shop with these settings of calls."""
    await lab.settle_calls(**settings)
    async with AsyncExitStack() as stack:
        ada = await stack.enter_async_context(at_the_desk(lab, "Ada"))
        anna = await stack.enter_async_context(on_the_page(lab))
        call = await anna.start(lab.shop)
        call_id, offer_id = await ada.rings(call["id"])
        joined = await ada.accept(call_id, offer_id)
        agent = await line(stack, ada.person, call_id, joined["leg_id"], AGENT)
        customer = await line(stack, anna.person, call_id, call["leg_id"], CUSTOMER)
        await customer.hears(AGENT, absent=[CUSTOMER])
        await agent.hears(CUSTOMER, absent=[AGENT])
        yield Talk(lab, stack, call_id, ada, anna, agent, customer)
