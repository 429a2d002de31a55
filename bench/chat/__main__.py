"""python -m bench.chat [--quick]"""

import asyncio
import sys
import time

import uvloop

from bench.harness.figures import Figures, percentile
from bench.harness.server import Bench, Person, make_people, serving_bench
from bench.harness.sockets import Client, connect_all, disconnect_all

CLIENTS = 1_000
RATE = 200
QUICK = "--quick" in sys.argv
STEADY_SECONDS = 5 if QUICK else 20
LOOP_SECONDS = 3 if QUICK else 10
IDLE = 2_000 if QUICK else 10_000
BODY = "Dzień dobry, czy ten dzbanek jest dostępny w kolorze niebieskim?"
KILOBYTE = 1024
MEGABYTE = 1024 * 1024


async def join(bench: Bench, people: list[Person]) -> list[Client]:
    """Everybody is connected and listens to their own conversation."""
    clients = await connect_all(bench.stoa.url, [person.token for person in people])
    for client, person in zip(clients, people, strict=True):
        topic = f"conversation:{person.conversation_id}"
        answer = await client.ask("subscribed", {"t": "subscribe", "topic": topic, "after": None})
        assert answer["t"] == "subscribed", answer
    return clients


async def steady(bench: Bench, people: list[Person], clients: list[Client], out: Figures) -> None:
    """200 messages a second, spread over 1,000 clients, at even intervals."""
    bench.meter.restart()
    loop, tasks = asyncio.get_running_loop(), []
    began = loop.time()
    for number in range(RATE * STEADY_SECONDS):
        await asyncio.sleep(max(0.0, began + number / RATE - loop.time()))
        index = number % len(clients)
        tasks.append(asyncio.create_task(clients[index].say(people[index].conversation_id, BODY)))
    answers = await asyncio.gather(*tasks)
    spent = bench.meter.spent()
    assert all(answer["t"] == "ack" for answer in answers)
    acks = [seconds for client in clients for seconds in client.ack_seconds]
    events = [seconds for client in clients for seconds in client.event_seconds]
    count = len(answers)
    out.add(
        f"CPU per durable message, {CLIENTS:,} clients, {RATE}/s",
        f"{spent.both / count * 1e3:.3f} ms (server {spent.server / count * 1e3:.3f}, "
        f"database {spent.database / count * 1e3:.3f})",
        aim="0.15 ms",
    )
    out.add(
        "Send to receipt p50 / p99",
        f"{percentile(events, 0.5) * 1e3:.1f} / {percentile(events, 0.99) * 1e3:.1f} ms",
        aim="p99 under 15 ms",
    )
    out.add(
        "Send to acknowledgement p50 / p99",
        f"{percentile(acks, 0.5) * 1e3:.1f} / {percentile(acks, 0.99) * 1e3:.1f} ms",
    )


async def closed_loop(
    bench: Bench, people: list[Person], clients: list[Client], out: Figures
) -> None:
    """Everybody sends the next message as soon as the last one is acknowledged."""
    until = time.perf_counter() + LOOP_SECONDS
    counts = [0] * len(clients)

    async def talk(index: int) -> None:
        while time.perf_counter() < until:
            answer = await clients[index].say(people[index].conversation_id, BODY)
            assert answer["t"] == "ack", answer
            counts[index] += 1

    for client in clients:
        client.ack_seconds.clear()
    bench.meter.restart()
    began = time.perf_counter()
    await asyncio.gather(*(talk(index) for index in range(len(clients))))
    took, spent = time.perf_counter() - began, bench.meter.spent()
    acks = [seconds for client in clients for seconds in client.ack_seconds]
    out.add(
        "Closed loop, messages a second",
        f"{sum(counts) / took:,.0f}/s (ack p50 {percentile(acks, 0.5) * 1e3:.0f} ms, "
        f"p99 {percentile(acks, 0.99) * 1e3:.0f} ms)",
        aim="8,000/s",
    )
    out.add(
        "CPU per message in the closed loop",
        f"{spent.both / sum(counts) * 1e3:.3f} ms (server "
        f"{spent.server / sum(counts) * 1e3:.3f}, database "
        f"{spent.database / sum(counts) * 1e3:.3f})",
    )
    async with bench.database.read() as session:
        stored = await session.fetch_value("SELECT count(*) FROM message")
        assert stored >= sum(counts), "what was acknowledged is stored"


async def idle(bench: Bench, out: Figures) -> None:
    people = await make_people(bench, IDLE)
    before, _ = bench.meter.memory()
    clients = await connect_all(bench.stoa.url, [person.token for person in people])
    after, _ = bench.meter.memory()
    out.add(
        f"Memory per idle connection at {IDLE:,}",
        f"{(after - before) / IDLE / KILOBYTE:.1f} KB",
        aim="25 KB",
    )
    disconnect_all(clients)


async def main() -> None:
    out = Figures("chat", "Chat")
    async with serving_bench({"SOCKET_COMMANDS_PER_SECOND": "100000"}) as bench:
        server, database = bench.meter.memory()
        out.add(
            "Whole system idle after start (server + database)",
            f"{(server + database) / MEGABYTE:.0f} MB "
            f"({server / MEGABYTE:.0f} + {database / MEGABYTE:.0f})",
            aim="300 MB",
        )
        await idle(bench, out)
        people = await make_people(bench, CLIENTS)
        clients = await join(bench, people)
        await steady(bench, people, clients, out)
        await closed_loop(bench, people, clients, out)
        disconnect_all(clients)
    if not QUICK:
        out.keep()


if __name__ == "__main__":
    uvloop.run(main())
