"""One relay for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.coturn import Coturn, running_coturn


@pytest.fixture(scope="package")
def relay(short_folder: Path) -> Iterator[Coturn]:
    with running_coturn(short_folder / "relay") as server:
        yield server
