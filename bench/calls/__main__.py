"""python -m bench.calls [--quick]: from the click to the ring, from the answer to the sound."""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import numpy as np
import uvloop

from bench.calls.browsers import in_browsers
from bench.harness.figures import Figures, percentile
from bench.harness.server import Bench, Person, make_people, serving_bench
from tests.factories.people import a_staff_token, an_agent
from tests.servers.people import Person as Line
from tests.servers.people import Refused, on_the_line
from tests.servers.tones import ToneClient, levels

QUICK = "--quick" in sys.argv
# One address may begin sixty calls at once.
CALLS = 20 if QUICK else 50
HEARD_CALLS = 3 if QUICK else 20
BROWSER_CALLS = 2 if QUICK else 20
QUEUE_SECONDS = 3 if QUICK else 15
QUEUED, AGENTS = 20, 5
CUSTOMERS_TONE, AGENTS_TONE = 440, 880


async def at_desk(stack: AsyncExitStack, bench: Bench, name: str) -> tuple[str, Line]:
    """(id, line) of an agent who hears of every call."""
    agent = await an_agent(bench.database, name=name)
    assert agent.staff_id is not None
    token = await a_staff_token(bench.database, staff_id=agent.staff_id)
    line = await stack.enter_async_context(
        on_the_line(bench.stoa.url, surface="desk", cookies={"stoa_staff": token})
    )
    await line.subscribe("calls")
    return str(agent.staff_id), line


async def on_page(stack: AsyncExitStack, bench: Bench, person: Person, *, number: int = 1) -> Line:
    """Each number has an address of its own: one alone may not begin so many calls."""
    line = await stack.enter_async_context(
        on_the_line(
            bench.stoa.url,
            surface="counter",
            token=person.token,
            from_address=f"127.0.{number // 250}.{number % 250 + 1}",
        )
    )
    await line.subscribe(f"visitor:{person.visitor_id}")
    return line


async def start(bench: Bench, line: Line) -> Any:
    return await line.ask(
        "call.start", shop_id=str(bench.shop_id), client_id=f"bench-{uuid4().hex}", locale="en"
    )


async def offer_of(line: Line, staff_id: str, call_id: str | None = None) -> tuple[str, str]:
    """(call, offer) of the next call that rings at this desk."""
    while True:
        call = (await line.hear("call.listed"))["data"]["call"]
        for offer in call["offers"]:
            if offer["staff_id"] == staff_id and call_id in (None, call["id"]):
                return call["id"], offer["id"]


async def changed(line: Line, state: str) -> Any:
    while True:
        call = (await line.hear("call.changed"))["data"]["call"]
        if call["state"] == state:
            return call


def milliseconds(seconds: list[float]) -> str:
    return f"p50 {percentile(seconds, 0.5) * 1e3:.0f}, p95 {percentile(seconds, 0.95) * 1e3:.0f} ms"


async def ring_and_answer(bench: Bench, person: Person, out: Figures) -> None:
    """One customer calls again and again; one agent answers and hangs up."""
    ringing: list[float] = []
    answering: list[float] = []
    async with AsyncExitStack() as stack:
        staff_id, desk = await at_desk(stack, bench, "Ada")
        page = await on_page(stack, bench, person)
        bench.meter.restart()
        for _ in range(CALLS):
            began = time.perf_counter()
            calling = asyncio.ensure_future(start(bench, page))
            call_id, offer_id = await offer_of(desk, staff_id)
            ringing.append(time.perf_counter() - began)
            await calling
            began = time.perf_counter()
            accepting = asyncio.ensure_future(
                desk.ask("call.accept", call_id=call_id, offer_id=offer_id)
            )
            await changed(page, "active")
            answering.append(time.perf_counter() - began)
            await accepting
            await desk.ask("call.hang_up", call_id=call_id)
            await changed(page, "ended")
        spent = bench.meter.spent()
    out.add("Click to ringing at the desk", milliseconds(ringing), aim="under 200 ms")
    out.add("Accept to answered on the page", milliseconds(answering))
    out.add(
        "CPU of a call without its sound (started, answered, ended)",
        f"{spent.both / CALLS * 1e3:.1f} ms (server {spent.server / CALLS * 1e3:.1f},"
        f" database {spent.database / CALLS * 1e3:.1f})",
    )


async def connected(line: Line, *, call_id: str, leg_id: str, tone: int) -> ToneClient:
    sound = ToneClient(tone)

    async def answer(offer: str) -> str:
        made = await line.ask("call.connect", call_id=call_id, leg_id=leg_id, sdp=offer)
        return str(made["sdp"])

    await sound.connect(answer)
    return sound


async def first_heard(sound: ToneClient, tone: int) -> None:
    """Forty milliseconds of the tone have come."""
    while True:
        last = [*sound.heard][-2:]
        if len(last) == 2 and levels(np.concatenate(last), [tone])[tone] > -40:
            return
        await asyncio.sleep(0.005)


async def answer_and_hear(bench: Bench, person: Person, out: Figures) -> None:
    """The customer is connected while waiting; the clock runs from the agent's click."""
    both: list[float] = []
    async with AsyncExitStack() as stack:
        staff_id, desk = await at_desk(stack, bench, "Bo")
        page = await on_page(stack, bench, person, number=2)
        for _ in range(HEARD_CALLS):
            call = await start(bench, page)
            customer = await connected(
                page, call_id=call["id"], leg_id=call["leg_id"], tone=CUSTOMERS_TONE
            )
            call_id, offer_id = await offer_of(desk, staff_id, call["id"])
            waiting = await changed(page, "ringing")
            while any(leg["state"] != "connected" for leg in waiting["legs"]):
                waiting = await changed(page, "ringing")
            began = time.perf_counter()
            joined = await desk.ask("call.accept", call_id=call_id, offer_id=offer_id)
            agent = await connected(
                desk, call_id=call_id, leg_id=joined["leg_id"], tone=AGENTS_TONE
            )
            async with asyncio.timeout(20):
                await asyncio.gather(
                    first_heard(customer, AGENTS_TONE), first_heard(agent, CUSTOMERS_TONE)
                )
            both.append(time.perf_counter() - began)
            await desk.ask("call.hang_up", call_id=call_id)
            await customer.close()
            await agent.close()
    out.add("Accept to first sound at both ends", milliseconds(both), aim="under 500 ms")


async def keep_answering(line: Line, staff_id: str, counted: list[int]) -> None:
    """Answers whatever rings, and hangs up."""
    tried: set[str] = set()
    while True:
        call_id, offer_id = await offer_of(line, staff_id)
        if offer_id in tried:
            continue  # something else of the call has changed
        tried.add(offer_id)
        try:
            await line.ask("call.accept", call_id=call_id, offer_id=offer_id)
            await line.ask("call.hang_up", call_id=call_id)
        except Refused:
            continue  # a colleague was faster
        counted[0] += 1


async def keep_calling(bench: Bench, line: Line) -> None:
    while True:
        try:
            await start(bench, line)
        except Refused:
            await asyncio.sleep(0.5)  # too many beginnings from one address
            continue
        await changed(line, "ended")


async def full_queue(bench: Bench, people: list[Person], out: Figures) -> None:
    """Many wait, some answer: everybody's place moves with every answer."""
    counted = [0]
    async with AsyncExitStack() as stack:
        desks = [await at_desk(stack, bench, f"Agent {number}") for number in range(AGENTS)]
        pages = [
            await on_page(stack, bench, person, number=10 + number)
            for number, person in enumerate(people)
        ]
        tasks = [asyncio.ensure_future(keep_calling(bench, page)) for page in pages]
        tasks += [
            asyncio.ensure_future(keep_answering(line, staff_id, counted))
            for staff_id, line in desks
        ]
        await asyncio.sleep(2)
        counted[0] = 0
        bench.meter.restart()
        await asyncio.sleep(QUEUE_SECONDS)
        spent, calls = bench.meter.spent(), counted[0]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    out.add(
        f"Calls begun, answered and ended with {QUEUED} customers and {AGENTS} agents",
        f"{calls / QUEUE_SECONDS:.0f}/s, {spent.both / max(calls, 1) * 1e3:.1f} ms CPU each",
    )


async def main() -> None:
    out = Figures("calls", "Call control, one server process")
    async with serving_bench({"MEDIA_ADDRESS": "127.0.0.1", "MEDIA_PORTS": "0"}) as bench:
        people = await make_people(bench, QUEUED + 2)
        await ring_and_answer(bench, people[0], out)
        await answer_and_hear(bench, people[1], out)
        await full_queue(bench, people[2:], out)
    await in_browsers(out, calls=BROWSER_CALLS)
    if not QUICK:
        out.keep()


if __name__ == "__main__":
    uvloop.run(main())
