"""python -m bench.shop [--quick]"""

import asyncio
import re
import sys
import time
from collections.abc import Sequence
from uuid import UUID

import aiohttp
import uvloop

from bench.harness.figures import Figures, percentile
from bench.harness.server import Bench, serving_bench
from bench.shop.catalogue import fill, slugs, variant_ids

QUICK = "--quick" in sys.argv
AT_ONCE = 16
REQUESTS = 1_000 if QUICK else 4_000
ORDERS = 100 if QUICK else 500
# Before each measurement, uncounted: a node that runs has its connections open and its statements
# prepared on each of them, templates and pictures' markup compiled.
WARM_PAGES, WARM_ORDERS = 15 * AT_ONCE, 4 * AT_ONCE
HIDDEN = re.compile(r'name="(key|cart|shown)" value="([^"]+)"')


async def get_all(
    bench: Bench, out: Figures, what: str, paths: Sequence[str], *, aim: str = ""
) -> None:
    """Fetches every path, 16 at a time, and notes CPU per page, rate and latency.

    The first of them warm the server up and are not counted.
    """
    waiting = iter(paths[:WARM_PAGES])
    taken: list[float] = []
    async with aiohttp.ClientSession(
        bench.stoa.url, headers={"Accept-Encoding": "gzip"}, auto_decompress=False
    ) as client:

        async def fetch() -> None:
            for path in waiting:
                began = time.perf_counter()
                async with client.get(path, allow_redirects=False) as answer:
                    await answer.read()
                    assert answer.status == 200, (path, answer.status)
                taken.append(time.perf_counter() - began)

        await asyncio.gather(*(fetch() for _ in range(AT_ONCE)))
        waiting = iter(paths[WARM_PAGES:])
        taken.clear()
        bench.meter.restart()
        began = time.perf_counter()
        await asyncio.gather(*(fetch() for _ in range(AT_ONCE)))
        took = time.perf_counter() - began
    spent, count = bench.meter.spent(), len(taken)
    out.add(
        what,
        f"{spent.both / count * 1e3:.2f} ms CPU (server {spent.server / count * 1e3:.2f}, "
        f"database {spent.database / count * 1e3:.2f}), {count / took:,.0f}/s, "
        f"p50 {percentile(taken, 0.5) * 1e3:.1f}, p99 {percentile(taken, 0.99) * 1e3:.1f} ms",
        aim=aim,
    )


async def order_once(bench: Bench, variant_id: UUID, number: int) -> None:
    """What one customer's browser does from the product page to the confirmation."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(bench.stoa.url, cookie_jar=jar) as browser:

        async def submit(path: str, form: dict[str, str]) -> str:
            async with browser.post(path, data=form) as answer:
                text = await answer.text()
                assert answer.status == 200, (path, answer.status, text[:500])
                return text

        await submit("/en/cart/add", {"variant": str(variant_id), "quantity": "1"})
        await submit(
            "/en/checkout/contact", {"email": f"customer{number}@example.com", "phone": ""}
        )
        address = {
            "name": "Maria Muster",
            "street": "Hauptstr. 1",
            "postal_code": "10115",
            "city": "Berlin",
            "country": "DE",
        }
        await submit("/en/checkout/address", address)
        await submit("/en/checkout/delivery", {"method": "parcel", "note": ""})
        review = await submit("/en/checkout/payment", {"method": "bank_transfer"})
        await submit("/en/checkout/review", dict(HIDDEN.findall(review)))


async def orders(bench: Bench, out: Figures) -> None:
    variants = await variant_ids(bench)
    gate = asyncio.Semaphore(AT_ONCE)
    taken: list[float] = []

    async def one(number: int) -> None:
        async with gate:
            began = time.perf_counter()
            await order_once(bench, variants[number % len(variants)], number)
            taken.append(time.perf_counter() - began)

    await asyncio.gather(*(one(-number) for number in range(1, WARM_ORDERS + 1)))
    taken.clear()
    bench.meter.restart()
    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(ORDERS)))
    took, spent = time.perf_counter() - began, bench.meter.spent()
    async with bench.database.read() as session:
        placed = await session.fetch_value('SELECT count(*) FROM "order"')
    expected = WARM_ORDERS + ORDERS
    assert placed == expected, f"{placed} of {expected} orders were placed"
    out.add(
        "Order placed, the whole flow (6 forms, 6 pages, 1 product)",
        f"{spent.both / ORDERS * 1e3:.1f} ms CPU (server {spent.server / ORDERS * 1e3:.1f}, "
        f"database {spent.database / ORDERS * 1e3:.1f}), {ORDERS / took:.0f}/s, "
        f"p50 {percentile(taken, 0.5) * 1e3:.0f}, p99 {percentile(taken, 0.99) * 1e3:.0f} ms",
        aim="20 ms",
    )


async def main() -> None:
    out = Figures("shop", "Shop, 1,000 products, one server process")
    async with serving_bench() as bench:
        await fill(bench)
        products = [f"/{locale}/p/{slug}" for locale, slug in await slugs(bench, kind="product")]
        categories = [f"/{locale}/c/{slug}" for locale, slug in await slugs(bench, kind="category")]
        cold = [
            f"{categories[number % len(categories)]}?min={number // len(categories) + 1}"
            for number in range(REQUESTS)
        ]
        await get_all(bench, out, "Category page, rendered anew", cold, aim="1.5 ms")
        await get_all(bench, out, "Category page, kept", [categories[0]] * REQUESTS)
        await get_all(bench, out, "Product page, rendered anew", products[:REQUESTS], aim="1 ms")
        await get_all(bench, out, "Product page, kept", [products[0]] * REQUESTS)
        await get_all(bench, out, "Home page, kept", ["/en/"] * REQUESTS)
        await orders(bench, out)
    if not QUICK:
        out.keep()


if __name__ == "__main__":
    uvloop.run(main())
