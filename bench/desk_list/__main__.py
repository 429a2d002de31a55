"""python -m bench.desk_list [--quick]"""

import sys
import time
from typing import Any

import aiohttp
import orjson
import uvloop

from bench.harness.desk import at_the_desk, make_conversations, make_staff, make_tags
from bench.harness.figures import Figures, percentile
from bench.harness.server import Bench, serving_bench
from stoa.contact.conversations.listing import BUILT_IN, list_query
from stoa.contact.conversations.schemas.desk import Filters

QUICK = "--quick" in sys.argv
COUNT = 10_000 if QUICK else 100_000
ROUNDS = 30 if QUICK else 150
WARM = 15
AIM = "p95 150 ms"


async def opened(
    client: aiohttp.ClientSession, out: Figures, what: str, **query: str | int
) -> dict[str, Any]:
    """Opens the list again and again, as the desk does: a page of 100 rows, and the counts."""
    taken: list[float] = []
    page: dict[str, Any] = {}
    for number in range(WARM + ROUNDS):
        began = time.perf_counter()
        async with client.get("/api/desk/conversations", params={"limit": 100, **query}) as answer:
            body = await answer.read()
            assert answer.status == 200, body
        if number >= WARM:
            taken.append(time.perf_counter() - began)
            page = orjson.loads(body)
    out.add(
        what,
        f"p50 {percentile(taken, 0.5) * 1e3:.1f} ms, p95 {percentile(taken, 0.95) * 1e3:.1f} ms, "
        f"{len(page['items'])} rows",
        aim=AIM,
    )
    return page


async def rows_looked_at(bench: Bench, out: Figures, what: str, filters: Filters) -> None:
    """What the database touches for a page: blocks of 8 kB, and how long that takes it."""
    query, values = list_query(filters, staff_id=bench.shop_id, limit=100)
    async with bench.database.read() as session:
        plan = await session.fetch_value(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", *values
        )
    [explained] = orjson.loads(plan) if isinstance(plan, str) else plan
    top = explained["Plan"]
    blocks = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    out.add(what, f"{blocks} blocks, {explained['Execution Time']:.1f} ms")


async def main() -> None:
    out = Figures("desk_list", f"The desk's list, {COUNT:,} conversations")
    async with serving_bench() as bench:
        staff_ids = await make_staff(bench)
        tag_ids = await make_tags(bench)
        await make_conversations(bench, count=COUNT, staff_ids=staff_ids, tag_ids=tag_ids)
        async with at_the_desk(bench, staff_ids[4]) as client:
            for view in BUILT_IN:
                await opened(client, out, f"Opening “{view}”, with its counts", view=view)
            deep: dict[str, Any] = {"next": None}
            for _ in range(20):
                query = {"cursor": deep["next"]} if deep["next"] else {}
                async with client.get(
                    "/api/desk/conversations", params={"limit": 100, "view": "all", **query}
                ) as answer:
                    deep = orjson.loads(await answer.read())
            await opened(client, out, "The 21st page of “all”", view="all", cursor=deep["next"])
            # The last tag is nobody's, and so is the team: everything is looked through.
            many, none = str(tag_ids[4]), str(tag_ids[-1])
            talk = {"locales": ["el"], "is_waiting": True}
            views: dict[str, dict[str, Any]] = {
                "(language, tag, waiting) of many": {**talk, "tag_ids": [many]},
                "(language, tag, waiting) of none": {**talk, "tag_ids": [none]},
                "(tag) of none": {"tag_ids": [none]},
                "(team) of none": {"team_ids": [none]},
                "(any state)": {"state": "any"},
                "(any state, tag) of none": {"state": "any", "tag_ids": [none]},
            }
            for what, filters in views.items():
                form = {"name": what, "filters": filters}
                async with client.post("/api/desk/views", json=form) as answer:
                    view_id = orjson.loads(await answer.read())["id"]
                await opened(client, out, f"Opening a saved view {what}", saved_view=view_id)
        for name in ("all", "unassigned"):
            await rows_looked_at(bench, out, f"Read for a page of “{name}”", BUILT_IN[name])
        for what in ("(tag) of none", "(any state, tag) of none"):
            await rows_looked_at(bench, out, f"Read for a view {what}", Filters(**views[what]))
    if not QUICK:
        out.keep()


if __name__ == "__main__":
    uvloop.run(main())
