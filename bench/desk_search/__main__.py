"""python -m bench.desk_search [--quick]"""

import asyncio
import sys
import time

import aiohttp
import orjson
import uvloop

from bench.desk_search.filling import fill_messages
from bench.harness.desk import at_the_desk, make_conversations, make_staff, make_tags
from bench.harness.figures import Figures, percentile
from bench.harness.server import Bench, serving_bench

QUICK = "--quick" in sys.argv
MESSAGES = 100_000 if QUICK else 1_000_000
CONVERSATIONS = MESSAGES // 10
ROUNDS = 6 if QUICK else 20
AIM = "p95 100 ms"

# What is looked for, and how many wishes of the kind there are.
WISHES: dict[str, list[dict[str, str]]] = {
    "a word that is everywhere": [{"q": q} for q in ("bitte", "the", "ordine", "paczka")],
    "two words that are everywhere": [
        {"q": q} for q in ("bitte bestellung", "order please", "παραγγελια ευχαριστω")
    ],
    "two words that never meet": [{"q": q} for q in ("bitte the", "ordine paczka")],
    "a word typed without its letters": [
        {"q": q} for q in ("grosse", "groesse", "zolty", "πωσ", "perche")
    ],
    "an order's number": [{"q": q} for q in ("M-48213", "m77120", "M-10999")],
    "the beginning of a number": [{"q": q} for q in ("M-48", "M-771")],
    "three letters": [{"q": q} for q in ("bes", "del", "fak", "παρ", "zwr")],
    "a phrase": [{"q": q} for q in ('"bitte die"', '"order lamp"', '"dzień dobry"')],
    "a common word and a rare one": [{"q": q} for q in ("bitte M-48", "the m-77")],
    "a customer's address": [{"q": q} for q in ("customer777@example.com", "customer 4242")],
    "what nobody wrote": [{"q": q} for q in ("xylophonist", "qqqq")],
    "a common word in what is closed, Greek": [
        {"q": "ευχαριστώ", "state": "closed", "locale": "el"}
    ],
    "a common word of one agent's": [{"q": "bitte", "assignee": "me"}],
    "a common word of two years ago": [{"q": "bitte", "until": "2024-01-01"}],
}


async def ask(client: aiohttp.ClientSession, query: dict[str, str]) -> tuple[float, int]:
    """(seconds, conversations on the first page)."""
    began = time.perf_counter()
    async with client.get("/api/desk/search", params=query) as answer:
        body = await answer.read()
        assert answer.status == 200, body
    return time.perf_counter() - began, len(orjson.loads(body)["conversations"])


async def until_indexed(bench: Bench) -> None:
    is_due = "SELECT EXISTS (SELECT FROM search_due)"
    while await bench.database.pool.fetchval(is_due):  # noqa: ASYNC110 - another process does it
        await asyncio.sleep(0.5)
    await bench.database.pool.execute("VACUUM ANALYZE search_entry")


async def main() -> None:
    out = Figures("desk_search", f"The desk's search, {MESSAGES:,} messages")
    async with serving_bench() as bench:
        staff_ids = await make_staff(bench)
        began = time.perf_counter()
        await make_conversations(
            bench, count=CONVERSATIONS, staff_ids=staff_ids, tag_ids=await make_tags(bench)
        )
        await until_indexed(bench)
        took = time.perf_counter() - began
        out.add(
            f"The node indexes the names in {CONVERSATIONS:,} conversations by itself",
            f"{CONVERSATIONS / took:,.0f}/s",
        )
        await fill_messages(bench, count=MESSAGES)
        everything: list[float] = []
        async with at_the_desk(bench, staff_ids[4]) as client:
            for what, wishes in WISHES.items():
                for wish in wishes:
                    await ask(client, wish)
                taken, found = [], 0
                for _ in range(ROUNDS):
                    for wish in wishes:
                        seconds, found = await ask(client, wish)
                        taken.append(seconds)
                everything += taken
                out.add(
                    what[0].upper() + what[1:],
                    f"p50 {percentile(taken, 0.5) * 1e3:.1f} ms, "
                    f"p95 {percentile(taken, 0.95) * 1e3:.1f} ms, {found} on the page",
                    aim=AIM,
                )
        out.add(
            "All of them",
            f"p50 {percentile(everything, 0.5) * 1e3:.1f} ms, "
            f"p95 {percentile(everything, 0.95) * 1e3:.1f} ms",
            aim=AIM,
        )
        size = "SELECT pg_size_pretty(pg_total_relation_size('search_entry'))"
        out.add("The index and its entries on the disk", await bench.database.pool.fetchval(size))
    if not QUICK:
        out.keep()


if __name__ == "__main__":
    uvloop.run(main())
