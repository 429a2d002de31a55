"""`stoa export`: the catalogue into a file that `stoa import` takes back."""

import csv
from pathlib import Path

import typer

from stoa.commands.importing import find_shop, reachable_database
from stoa.commerce.catalogue.queries import export_rows
from stoa.platform.config import Settings


async def export_file(settings: Settings, *, path: Path, shop: str) -> None:
    """The file has every product of the shop; it replaces what was there once it is whole.

    Raises:
        CannotStart: there is no such shop.
    """
    async with reachable_database(settings) as database:
        async with database.read() as session:
            chosen = await find_shop(session, shop)
        count = -1  # the header
        partly = path.with_name(f"{path.name}.part")
        with partly.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            async for row in export_rows(database, shop=chosen, base_url=settings.base_url):
                rows.writerow(row)
                count += 1
        partly.replace(path)
    typer.echo(f"Exported {chosen.name}: {count} rows in {path}.")
