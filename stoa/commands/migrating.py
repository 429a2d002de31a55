"""`stoa migrate`: the schema alone."""

import typer

from stoa.commands import preparing
from stoa.platform.config import Settings
from stoa.platform.database.migrate import migrate


async def migrate_once(settings: Settings) -> None:
    """Prints the names of the migrations that were applied, or that none was needed."""
    async with preparing.running_database(settings) as ready:
        assert ready.database_url is not None
        applied = await migrate(ready.database_url)
    for name in applied:
        typer.echo(f"Applied {name}")
    if not applied:
        typer.echo("The schema is up to date.")
