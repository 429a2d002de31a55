"""`stoa import` from the terminal, with and without a running Stoa."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stoa.commands.importing import import_file, summary
from stoa.commands.preparing import CannotStart
from stoa.commerce.catalogue.models import ImportCounts
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.commerce.catalogue.importing.files import SHOPIFY, line_of, write
from tests.factories.shops import make_shop


def a_file(folder: Path) -> Path:
    rows = [
        line_of(
            SHOPIFY,
            {
                "Handle": name,
                "Title": name,
                "Variant SKU": name,
                "Variant Price": price,
                "Image Src": f"https://pictures.example/{name}.jpg",
            },
        )
        for name, price in (("a", "5"), ("b", ""))
    ]
    return write(folder / "p.csv", [SHOPIFY, *rows])


def stoa(
    database_url: str, folder: Path, command: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "STOA_DATABASE_URL": database_url,
        "STOA_DATA_DIR": str(folder / "data"),
        "LANG": "pl_PL.UTF-8",
        "LC_ALL": "",
    }
    return subprocess.run(
        [sys.executable, "-m", "stoa", command, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_imports_and_reports_by_line(
    own_database: Database, own_database_url: str, tmp_path: Path
) -> None:
    await make_shop(own_database, name="Laden")
    path = str(a_file(tmp_path))
    tried = stoa(own_database_url, tmp_path, "import", path, "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "Would import into Laden: 1 new" in tried.stdout
    assert "fetched while" not in tried.stdout
    done = stoa(own_database_url, tmp_path, "import", path, "--shop", "laden")
    assert "Imported into Laden: 1 new" in done.stdout
    assert "line 3, price: Brakuje ceny." in done.stdout
    assert "1 picture is fetched while Stoa runs" in done.stdout
    again = stoa(own_database_url, tmp_path, "import", path)
    assert "0 new, 0 changed, 1 unchanged, 1 refused" in again.stdout
    async with own_database.read() as session:
        assert await session.fetch_value("SELECT count(*) FROM product") == 1
    out = tmp_path / "out.csv"
    exported = stoa(own_database_url, tmp_path, "export", str(out))
    assert exported.returncode == 0, exported.stderr
    back = stoa(own_database_url, tmp_path, "import", str(out))
    assert "0 new" in back.stdout
    assert "0 refused" in back.stdout


async def test_says_why_a_file_cannot_be_imported(
    own_database: Database, own_database_url: str, tmp_path: Path
) -> None:
    await make_shop(own_database)
    other = write(tmp_path / "other.csv", ["a,b", "1,2"])
    refused = stoa(own_database_url, tmp_path, "import", str(other))
    assert refused.returncode == 1
    assert "Shopify" in refused.stderr


async def test_says_which_shops_there_are(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await make_shop(database)
    settings = Settings(data_dir=tmp_path, database_url=database_url)
    with pytest.raises(CannotStart, match="There are: Stoa Poikile"):
        await import_file(settings, path=a_file(tmp_path), is_dry_run=False, shop="nowhere")


def test_sums_up() -> None:
    lines = summary(ImportCounts(3, created=2, errors=1), is_dry_run=False, shop_name="S")
    assert lines == [
        "Imported into S: 2 new, 0 changed, 0 unchanged, 0 refused products.",
        "Errors: 1, warnings: 0.",
    ]
