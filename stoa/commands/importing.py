"""`stoa import`: a catalogue out of a file, from the terminal."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import typer

from stoa import wiring
from stoa.commands import preparing, serving
from stoa.commands.preparing import CannotStart
from stoa.commerce.catalogue.errors import ImportBusy
from stoa.commerce.catalogue.models import ImportCounts, ImportRun, ImportState
from stoa.commerce.catalogue.queries import import_report, pictures_to_fetch
from stoa.commerce.catalogue.service import cancel_import, create_import, perform_import
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import list_shops
from stoa.platform.config import Settings
from stoa.platform.database.session import Database, ReadSession, open_database
from stoa.platform.i18n.locale import Locale, as_locale
from stoa.platform.web.problems import text_for

SHOWN_LINES = 40
_BAR = 30


async def import_file(settings: Settings, *, path: Path, is_dry_run: bool, shop: str) -> None:
    """Prints a bar while it runs, then what was done and what was wrong, by line.

    Raises:
        CannotStart: there is no such shop, or another import runs.
        typer.Exit: with status 1 when the file could not be read at all.
    """
    async with reachable_database(settings) as database:
        ended = await _run(database, path=path, is_dry_run=is_dry_run, wish=shop)
    if ended.state is ImportState.FAILED:
        raise typer.Exit(1)


@asynccontextmanager
async def reachable_database(settings: Settings) -> AsyncIterator[Database]:
    """The database of the Stoa that runs here, or one that is started for as long as this takes."""
    running = serving.RunningFile(settings.data_dir).read()
    if settings.database_url is None and running and running.database:
        settings = settings.model_copy(update={"database_url": running.database})
    async with preparing.migrated_database(settings) as ready:
        assert ready.database_url is not None
        database = await open_database(ready.database_url, size=3, reactions=wiring.SUBSCRIBERS)
        try:
            yield database
        finally:
            await database.close()


async def _run(database: Database, *, path: Path, is_dry_run: bool, wish: str) -> ImportRun:
    async with database.begin() as session:
        shop = await find_shop(session, wish)
        run = await create_import(
            session,
            shop_id=shop.id,
            file_name=path.name,
            is_dry_run=is_dry_run,
            total_bytes=0,  # known once it is opened
        )
    bar = _Bar()
    try:
        ended = await perform_import(database, run_id=run.id, path=path, watch=bar.show)
    except ImportBusy as error:
        async with database.begin() as session:
            await cancel_import(session, run_id=run.id)
        raise CannotStart("Another import into this shop is running. Wait for its end.") from error
    bar.clear()
    async with database.read() as session:
        await _report(session, ended, shop)
    return ended


async def find_shop(session: ReadSession, wish: str) -> Shop:
    """The shop of a name, a host or an id; without a wish the first.

    Raises:
        CannotStart: there is none.
    """
    shops = await list_shops(session)
    if not shops:
        raise CannotStart('There is no shop yet. Make yours: stoa shop "Its name" --country PL')
    if not wish:
        return shops[0]
    for shop in shops:
        if wish.lower() in (shop.name.lower(), str(shop.id), *shop.hosts):
            return shop
    names = ", ".join(shop.name for shop in shops)
    raise CannotStart(f"There is no shop {wish}. There are: {names}.")


async def _report(session: ReadSession, run: ImportRun, shop: Shop) -> None:
    locale: Locale = as_locale(os.environ.get("LC_ALL") or os.environ.get("LANG")) or "en"
    if run.problem:
        typer.secho(text_for(run.problem, {}, locale=locale), err=True, fg=typer.colors.RED)
        return
    for line in summary(run.counts, is_dry_run=run.is_dry_run, shop_name=shop.name):
        typer.echo(line)
    page = await import_report(session, run_id=run.id, limit=SHOWN_LINES)
    for problem in page.items:
        message = text_for(problem.code, dict(problem.params), locale=locale)
        where = f"line {problem.line}" + (f", {problem.field}" if problem.field else "")
        colour = typer.colors.RED if problem.is_error else typer.colors.YELLOW
        typer.secho(f"  {where}: ", fg=colour, nl=False)
        typer.echo(message)
    if waiting := await pictures_to_fetch(session, run_id=run.id):
        counted = "1 picture is" if waiting == 1 else f"{waiting} pictures are"
        typer.echo(
            f"  {counted} fetched while Stoa runs. Why one of them cannot be had is "
            "told at the desk,\n  under Imports, on the line where its address stood."
        )
    left = run.counts.errors + run.counts.warnings - len(page.items)
    if left > 0:
        typer.echo(f"  and {left} more; the whole report is at the desk, under Imports.")


def summary(counts: ImportCounts, *, is_dry_run: bool, shop_name: str) -> list[str]:
    """What happened, in one or two sentences."""
    verb = "Would import" if is_dry_run else "Imported"
    lines = [
        f"{verb} into {shop_name}: {counts.created} new, {counts.changed} changed, "
        f"{counts.unchanged} unchanged, {counts.refused} refused products."
    ]
    if counts.errors or counts.warnings:
        lines.append(f"Errors: {counts.errors}, warnings: {counts.warnings}.")
    return lines


class _Bar:
    """A line on the terminal that is drawn over; nothing where there is no terminal."""

    def __init__(self) -> None:
        self._is_shown = os.isatty(2)

    def show(self, run: ImportRun) -> None:
        if self._is_shown:
            done = run.progress * _BAR // 1000
            bar = "█" * done + "░" * (_BAR - done)
            typer.echo(f"\r{bar} {run.progress // 10:3} %", err=True, nl=False)

    def clear(self) -> None:
        if self._is_shown:
            typer.echo("\r" + " " * (_BAR + 8) + "\r", err=True, nl=False)
