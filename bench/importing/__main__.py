"""python -m bench.importing [--quick]: a catalogue comes in, twice; a huge one is looked at."""

import asyncio
import csv
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import uvloop

from bench.harness.cpu import cpu_seconds, tree
from bench.harness.figures import Figures
from stoa import wiring
from stoa.commerce.catalogue.models import ImportRun, ImportState
from stoa.commerce.catalogue.service import create_import, perform_import
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.platform.database.embedded import EmbeddedPostgres
from stoa.platform.database.migrate import migrate
from stoa.platform.database.session import Database, open_database

QUICK = "--quick" in sys.argv
PRODUCTS = 1_000 if QUICK else 10_000
HUGE_BYTES = 20_000_000 if QUICK else 200_000_000
COLUMNS = (
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Published", "Option1 Name"),
    *("Option1 Value", "Variant SKU", "Variant Grams", "Variant Inventory Tracker"),
    *("Variant Inventory Qty", "Variant Inventory Policy", "Variant Price", "Status"),
)
SIZES = ("S", "M", "L")
SENTENCE = "Handgefertigt aus geöltem Eichenholz, mit einer Fläche, die man gern berührt. "


def write_catalogue(path: Path, *, products: int, sentences: int) -> None:
    """A Shopify export: three sizes each, a description of so many sentences."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        body = f"<p>{SENTENCE * sentences}</p>"
        for number in range(products):
            for place, size in enumerate(SIZES):
                told = ["Größe", size, f"SKU-{number}-{size}", 500, "shopify", 10, "deny"]
                head = [f"Schöner Tisch Nummer {number}", body, "Nord", f"Art {number % 40}", True]
                shown = head if place == 0 else [""] * 5
                rows.writerow([f"tisch-{number}", *shown, *told, f"{number % 500}.90", "active"])


@dataclass(slots=True)
class Bench:
    database: Database
    shop: Shop
    postgres_pid: int

    async def import_file(self, path: Path) -> tuple[ImportRun, float, float, float]:
        """(the run, seconds, CPU of this process, CPU of the database)."""
        async with self.database.begin() as session:
            run = await create_import(
                session,
                shop_id=self.shop.id,
                file_name=path.name,
                is_dry_run=False,
                total_bytes=0,
            )
        own, theirs = cpu_seconds([os.getpid()]), self._database_cpu()
        began = time.monotonic()
        run = await perform_import(self.database, run_id=run.id, path=path)
        seconds = time.monotonic() - began
        assert run.state is ImportState.DONE, run.problem
        assert run.counts.errors == 0
        return run, seconds, cpu_seconds([os.getpid()]) - own, self._database_cpu() - theirs

    def _database_cpu(self) -> float:
        return cpu_seconds(tree(self.postgres_pid))


@asynccontextmanager
async def a_shop(folder: Path) -> AsyncIterator[Bench]:
    async with EmbeddedPostgres(folder) as server:
        url = await server.create_database("bench")
        await migrate(url)
        database = await open_database(url, size=4, reactions=wiring.SUBSCRIBERS)
        try:
            async with database.begin() as session:
                shop = await create_shop(
                    session,
                    name="Bench",
                    country="DE",
                    currency="EUR",
                    locales=("de", "en", "pl", "it", "el"),
                )
            yield Bench(database, shop, server.pid)
        finally:
            await database.close()


async def measure(folder: Path) -> None:
    out = Figures("importing", f"Import of {PRODUCTS:,} products with {3 * PRODUCTS:,} variants")
    path = folder / "catalogue.csv"
    await asyncio.to_thread(write_catalogue, path, products=PRODUCTS, sentences=8)
    async with a_shop(folder / "data") as bench:
        run, seconds, own, theirs = await bench.import_file(path)
        assert run.counts.created == PRODUCTS
        out.add(
            "First import, searchable in five languages, without pictures",
            f"{seconds:.1f} s (CPU: Stoa {own:.1f} s, database {theirs:.1f} s)",
            aim="60 s",
        )
        run, seconds, own, theirs = await bench.import_file(path)
        assert run.counts.unchanged == PRODUCTS
        out.add("The same file again, which changes nothing", f"{seconds:.1f} s")
        huge = folder / "huge.csv"
        count = HUGE_BYTES // 20_000
        await asyncio.to_thread(write_catalogue, huge, products=count, sentences=240)
        memory = psutil.Process()
        before, peak = memory.memory_info().rss, [0]

        async def watch() -> None:
            while True:
                peak[0] = max(peak[0], memory.memory_info().rss)
                await asyncio.sleep(0.05)

        watching = asyncio.create_task(watch())
        async with bench.database.begin() as session:
            wish = await create_import(
                session, shop_id=bench.shop.id, file_name="huge.csv", is_dry_run=True, total_bytes=0
            )
        began = time.monotonic()
        await perform_import(bench.database, run_id=wish.id, path=huge)
        watching.cancel()
        megabytes = huge.stat().st_size / 2**20
        out.add(
            f"Dry run of a CSV of {megabytes:.0f} MiB",
            f"{time.monotonic() - began:.1f} s, {(peak[0] - before) / 2**20:.0f} MiB more memory",
        )
    if not QUICK:
        out.keep()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="stoa-bench-") as name:
        os.chmod(name, 0o755)  # as root, the database runs as another user
        uvloop.run(measure(Path(name)))
