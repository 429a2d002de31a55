"""The command `stoa`: reads arguments, says in words what went wrong, and sets the exit status."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(
    name="stoa",
    help="A shop with a counter: storefront, conversations and orders from one process.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Host = Annotated[str | None, typer.Option(help="Address to listen on (STOA_HOST).")]
Port = Annotated[int | None, typer.Option(help="Port to listen on (STOA_PORT); 0 takes any.")]


@app.command()
def up(host: Host = None, port: Port = None) -> None:
    """Start everything: database (unless STOA_DATABASE_URL is set), shop, desk and jobs."""
    from stoa.commands.up import up as command

    _run(command, host=host, port=port)


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Serve shop, desk and jobs on your own PostgreSQL (STOA_DATABASE_URL)."""
    from stoa.commands.up import serve as command

    _run(command, host=host, port=port)


@app.command()
def worker() -> None:
    """Run jobs only, on your own PostgreSQL (STOA_DATABASE_URL)."""
    from stoa.commands.up import work as command

    _run(command)


@app.command()
def migrate() -> None:
    """Bring the database's schema to the newest state."""
    from stoa.commands.migrating import migrate_once as command

    _run(command)


@app.command()
def dump(
    file: Annotated[Path, typer.Argument(dir_okay=False, writable=True, help="Where to write it.")],
) -> None:
    """Write the embedded database as SQL, for a backup."""
    from stoa.commands.dumping import dump as command

    _run(partial(command, path=file))


@app.command()
def move(
    target: Annotated[str, typer.Argument(help="An empty database: postgresql://...")],
) -> None:
    """Copy everything into another PostgreSQL, such as one of your own."""
    from stoa.commands.moving import move as command

    _run(partial(command, target=target))


@app.command()
def doctor() -> None:
    """Say in words what is wrong with this installation; exit 1 when something is."""
    from stoa.commands.doctor import doctor as command

    _run(command)


@app.command()
def shop(
    name: Annotated[str, typer.Argument(help="What customers know it by.")],
    country: Annotated[str, typer.Option(help="Where it is, in two letters; decides the VAT.")],
    currency: Annotated[str, typer.Option(help="In three letters; else the country's.")] = "",
    languages: Annotated[
        str, typer.Option(help="The first is the main one: pl,en. Else the country's.")
    ] = "",
    delivery: Annotated[str, typer.Option(help="What a parcel costs the customer.")] = "0",
    host: Annotated[str, typer.Option(help="Its own name, where there are several shops.")] = "",
) -> None:
    """Open a shop of your own, which takes the demo shop's place."""
    from stoa.commands.shops import make_shop as command

    _run(
        partial(
            command,
            name=name,
            country=country,
            currency=currency,
            languages=languages,
            delivery=delivery,
            host=host,
        )
    )


@app.command(name="import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="Shopify or WooCommerce CSV, Google XML or TSV."
        ),
    ],
    dry_run: Annotated[bool, typer.Option(help="Only say what would happen.")] = False,
    shop: Annotated[str, typer.Option(help="Name or host of the shop; else the first.")] = "",
) -> None:
    """Bring a catalogue into the shop; a second time it changes only what is new in the file."""
    from stoa.commands.importing import import_file as command

    _run(partial(command, path=file, is_dry_run=dry_run, shop=shop))


@app.command()
def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write the CSV.")],
    shop: Annotated[str, typer.Option(help="Name or host of the shop; else the first.")] = "",
) -> None:
    """Write the catalogue into a CSV that `stoa import` takes back."""
    from stoa.commands.exporting import export_file as command

    _run(partial(command, path=file, shop=shop))


def _run(
    command: Callable[..., Coroutine[Any, Any, None]],
    **overrides: str | int | None,
) -> None:
    """Runs a command with the settings; foreseen failures become a sentence and status 1."""
    from stoa.commands.preparing import CannotStart, read_settings
    from stoa.commands.up import run
    from stoa.platform.database.embedded import EmbeddedPostgresError
    from stoa.platform.database.migrate import MigrationError

    try:
        given = {name: value for name, value in overrides.items() if value is not None}
        settings = read_settings().model_copy(update=given)
        run(lambda: command(settings))
    except (CannotStart, EmbeddedPostgresError, MigrationError) as error:
        _fail(str(error), error)
    except PermissionError as error:
        _fail(
            f"{error.filename} cannot be opened by this user. Was Stoa started here as another "
            "user before? Start it as that one, or choose another STOA_DATA_DIR.",
            error,
        )


def _fail(text: str, error: Exception) -> NoReturn:
    typer.secho(text, err=True, fg=typer.colors.RED)
    raise typer.Exit(1) from error
