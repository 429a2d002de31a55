"""A member of staff who takes calls with a tone for a voice, over the real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.journeys.people import Staff
from tests.servers.people import Frame, Person, on_the_line
from tests.servers.tones import ToneClient

TONE = 620


@dataclass(slots=True)
class ToneAgent:
    """At the desk, and in at most one call at a time."""

    staff_id: str
    name: str
    person: Person
    api: aiohttp.ClientSession
    voice: ToneClient | None = None
    lines: list[ToneClient] = field(default_factory=list)

    async def rings(self) -> tuple[Frame, str]:
        """(call, offer) of the next call that rings here."""
        while True:
            call: Frame = (await self.person.hear("call.listed"))["data"]["call"]
            for offer in call["offers"]:
                if offer["staff_id"] == self.staff_id:
                    return call, offer["id"]

    async def answers(self) -> ToneClient:
        """The next call that rings here is taken, and this agent speaks in it."""
        call, offer = await self.rings()
        return await self.takes(call, offer)

    async def takes(self, call: Frame, offer: str) -> ToneClient:
        """This call that rings here is taken."""
        joined = await self.person.ask("call.accept", call_id=call["id"], offer_id=offer)
        return await self.speaks(joined["call_id"], joined["leg_id"])

    async def speaks(self, call_id: str, leg_id: str) -> ToneClient:
        voice = ToneClient(TONE)

        async def connect(sdp: str) -> str:
            answer = await self.person.ask("call.connect", call_id=call_id, leg_id=leg_id, sdp=sdp)
            return str(answer["sdp"])

        self.lines.append(voice)
        self.voice = voice
        await voice.connect(connect)
        return voice

    async def sees(self, **wanted: Any) -> Frame:
        """A call as the desk is told of it, once one is as `wanted` says."""
        while True:
            call: Frame = (await self.person.hear("call.listed"))["data"]["call"]
            if wanted.items() <= call.items():
                return call

    async def conversation(self, text: str) -> str:
        """The conversation in which this was written."""
        query = {"view": "unassigned"}
        async with self.api.get("/api/desk/conversations", params=query) as response:
            items = (await response.json())["items"]
        [found] = [item["id"] for item in items if item["last_message_preview"] == text]
        return str(found)

    async def hang_up(self, call_id: str) -> None:
        await self.person.ask("call.hang_up", call_id=call_id)


@asynccontextmanager
async def signed_in(url: str, staff: Staff) -> AsyncIterator[aiohttp.ClientSession]:
    """The desk's API, as this member of staff."""
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address, not a name
    headers = {"X-Stoa-Request": "1"}
    async with aiohttp.ClientSession(url, headers=headers, cookie_jar=jar) as client:
        form = {"email": staff.email, "password": staff.password}
        async with client.post("/api/desk/sign-in", json=form) as response:
            assert response.status == 200, await response.text()
        yield client


async def change_call_settings(api: aiohttp.ClientSession, **change: Any) -> None:
    """For administrators: these of the first shop's settings are so."""
    async with api.get("/api/desk/start") as response:
        [shop, *_] = (await response.json())["shops"]
    path = f"/api/desk/shops/{shop['id']}/calls"
    async with api.get(path) as response:
        settings = (await response.json())["calls"]
    async with api.put(path, json={"calls": settings | change}) as response:
        assert response.status == 200, await response.text()


@asynccontextmanager
async def a_tone_agent(url: str, staff: Staff) -> AsyncIterator[ToneAgent]:
    """An administrator, at the desk while it lasts; whoever was spoken to is let go afterwards."""
    async with signed_in(url, staff) as client:
        # On a busy machine much time may pass before it is this agent's turn to answer.
        await change_call_settings(client, ring_seconds=120)
        async with client.get("/api/desk/me") as response:
            me = await response.json()
        cookies = {cookie.key: cookie.value for cookie in client.cookie_jar}
        async with on_the_line(url, surface="desk", cookies=cookies) as person:
            await person.subscribe("calls")
            agent = ToneAgent(me["id"], me["name"], person, client)
            try:
                yield agent
            finally:
                for line in agent.lines:
                    await line.close()
