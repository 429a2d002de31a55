"""python -m bench.radar [--quick]: chat beside ten thousand live visitors."""

import asyncio
import itertools
import random
import sys
from uuid import uuid4

import uvloop

from bench.chat.__main__ import CLIENTS, RATE, join, steady
from bench.harness.figures import Figures
from bench.harness.server import Bench, make_people, serving_bench
from bench.harness.sockets import Client, connect, disconnect_all
from tests.factories.people import a_staff_token, an_agent

QUICK = "--quick" in sys.argv
VISITORS = 2_000 if QUICK else 10_000
SECONDS_BETWEEN_REPORTS = 10
WATCHERS = 5
MEGABYTE = 1024 * 1024


async def arrive(bench: Bench) -> list[Client]:
    """The visitors are on a page of the shop, each with a live visit."""
    gate = asyncio.Semaphore(100)

    async def one() -> Client:
        async with gate:
            cookie = f"stoa_visit={uuid4().hex}"
            client = await connect(bench.stoa.url, surface="storefront", cookie=cookie)
            report(bench, client)
            return client

    return await asyncio.gather(*(one() for _ in range(VISITORS)))


def report(bench: Bench, client: Client) -> None:
    """The visitor goes to another page."""
    number = random.randrange(1_000)
    page = {"type": "page", "kind": "product", "path": f"/en/p/{number}", "title": f"Jug {number}"}
    data = {"shop_id": str(bench.shop_id), "reports": [page]}
    client.send({"t": "signal", "type": "visit", "data": data})


async def browse(bench: Bench, visitors: list[Client], counted: list[int]) -> None:
    """Everybody turns a page every ten seconds, evenly spread, until cancelled."""
    loop = asyncio.get_running_loop()
    pause = SECONDS_BETWEEN_REPORTS / len(visitors)
    at = loop.time()
    for visitor in itertools.cycle(visitors):
        at += pause
        if at > loop.time():
            await asyncio.sleep(at - loop.time())
        report(bench, visitor)
        counted[0] += 1


async def watch(bench: Bench) -> list[Client]:
    """Agents look at the radar."""
    watchers = []
    for number in range(WATCHERS):
        agent = await an_agent(bench.database, name=f"Agent {number}")
        assert agent.staff_id is not None
        token = await a_staff_token(bench.database, staff_id=agent.staff_id)
        client = await connect(bench.stoa.url, surface="desk", cookie=f"stoa_staff={token}")
        answer = await client.ask("subscribed", {"t": "subscribe", "topic": "radar"})
        assert answer["t"] == "subscribed", answer
        watchers.append(client)
    return watchers


async def main() -> None:
    out = Figures("radar", "Chat beside the radar")
    async with serving_bench() as bench:
        people = await make_people(bench, CLIENTS)
        clients = await join(bench, people)
        print(f"  {RATE} messages a second, nobody in the shop:", flush=True)
        await steady(bench, people, clients, Figures("radar", "quiet"))
        before, _ = bench.meter.memory()
        watchers = await watch(bench)
        visitors = await arrive(bench)
        after, _ = bench.meter.memory()
        counted = [0]
        browsing = asyncio.ensure_future(browse(bench, visitors, counted))
        await asyncio.sleep(5)
        bench.meter.restart()
        counted[0] = 0
        await asyncio.sleep(10)
        spent = bench.meter.spent()
        out.add(
            f"CPU per page turned, {VISITORS:,} live visitors, {counted[0] / 10:,.0f}/s",
            f"{spent.both / counted[0] * 1e3:.3f} ms (server {spent.server / counted[0] * 1e3:.3f},"
            f" database {spent.database / counted[0] * 1e3:.3f})",
        )
        out.add(
            "Memory per live visit, its socket included",
            f"{(after - before) / VISITORS / 1024:.1f} KB",
        )
        for client in clients:
            client.ack_seconds.clear()
            client.event_seconds.clear()
        await steady(bench, people, clients, out)
        browsing.cancel()
        disconnect_all([*visitors, *watchers, *clients])
    if not QUICK:
        out.keep()


if __name__ == "__main__":
    uvloop.run(main())
