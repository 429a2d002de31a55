"""Customers and agents who call each other over live sockets."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from stoa.commerce.shops.models import Shop
from tests.contact.calls.lab import Lab
from tests.factories.people import a_staff_token, a_visitor, an_agent
from tests.servers.people import Frame, Person, on_the_line


def client_id() -> str:
    return f"client-{uuid4().hex}"


@dataclass(frozen=True)
class AtDesk:
    """An agent with the desk open, who hears of every call."""

    staff_id: UUID
    name: str
    token: str
    person: Person

    async def rings(self, call_id: str | None = None, *, kind: str = "queue") -> tuple[str, str]:
        """(call, offer) of the next call that rings here."""
        while True:
            call = (await self.person.hear("call.listed"))["data"]["call"]
            if call_id is not None and call["id"] != call_id:
                continue
            for offer in call["offers"]:
                if offer["staff_id"] == str(self.staff_id) and offer["kind"] == kind:
                    return call["id"], offer["id"]

    async def accept(self, call_id: str, offer_id: str) -> Frame:
        return await self.person.ask("call.accept", call_id=call_id, offer_id=offer_id)

    async def sees(self, call_id: str, **wanted: Any) -> Frame:
        """The call as the desk is told of it, once it is as `wanted` says."""
        while True:
            call: Frame = (await self.person.hear("call.listed"))["data"]["call"]
            if call["id"] == call_id and wanted.items() <= call.items():
                return call


@dataclass(frozen=True)
class OnPage:
    """A customer with a page of the shop open."""

    visitor_id: UUID
    token: str
    person: Person

    async def start(self, shop: Shop, *, locale: str = "en", **more: Any) -> Frame:
        """Calls; hears of the call from then on."""
        await self.listen()
        return await self.person.ask(
            "call.start",
            **({"shop_id": str(shop.id), "client_id": client_id(), "locale": locale} | more),
        )

    async def listen(self) -> None:
        await self.person.subscribe(f"visitor:{self.visitor_id}")

    async def sees(self, **wanted: Any) -> Frame:
        """The call as the page is told of it, once it is as `wanted` says."""
        while True:
            call: Frame = (await self.person.hear("call.changed"))["data"]["call"]
            if wanted.items() <= call.items():
                return call


@asynccontextmanager
async def at_the_desk(
    lab: Lab,
    name: str,
    *,
    languages: Sequence[str] = ("en",),
    skills: Sequence[str] = (),
    role: str = "agent",
) -> AsyncIterator[AtDesk]:
    agent = await an_agent(lab.database, name=name, role=role)
    assert agent.staff_id is not None
    async with lab.database.begin() as session:
        await session.execute(
            "UPDATE staff SET languages = $2, skills = $3 WHERE id = $1",
            agent.staff_id,
            list(languages),
            list(skills),
        )
    token = await a_staff_token(lab.database, staff_id=agent.staff_id)
    async with at_the_desk_again(lab, agent.staff_id, name, token) as desk:
        yield desk


@asynccontextmanager
async def at_the_desk_again(
    lab: Lab, staff_id: UUID, name: str, token: str
) -> AsyncIterator[AtDesk]:
    """The same person, in another tab or after a reload."""
    async with on_the_line(lab.address, surface="desk", cookies={"stoa_staff": token}) as person:
        await person.subscribe("calls")
        yield AtDesk(staff_id, name, token, person)


@asynccontextmanager
async def on_the_page(
    lab: Lab, *, visitor: tuple[UUID, str] | None = None
) -> AsyncIterator[OnPage]:
    visitor_id, token = visitor or await a_visitor(lab.database)
    async with on_the_line(lab.address, surface="counter", token=token) as person:
        yield OnPage(visitor_id, token, person)
