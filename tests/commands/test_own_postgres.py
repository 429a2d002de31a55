"""Stoa on a PostgreSQL of the merchant's own, by its address alone."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.servers.own_postgres import OwnPostgres, running_postgres
from tests.servers.stoa import ROOT, UNDRAWN, running_stoa

STEPS = {
    "contact": {"email": "anna@example.org"},
    "address": {"name": "Anna", "street": "Odos 1", "postal_code": "105 55", "city": "Athina",
                "country": "GR"},
    "delivery": {"method": "standard"},
    "payment": {"method": "cash_on_delivery"},
}  # fmt: skip


@pytest.fixture(scope="module")
def postgres_of_ones_own(short_folder: Path) -> Iterator[OwnPostgres]:
    with running_postgres(short_folder / "own") as server:
        yield server


class Browser:
    """Follows redirects and keeps cookies, without scripts."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.at = ""

    def open(self, path: str, form: dict[str, str] | None = None) -> str:
        data = urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(
            self._url + path, data=data, headers={"Accept": "text/html"}
        )
        with self._opener.open(request, timeout=30) as answer:
            self.at = answer.url
            text: str = answer.read().decode()
        return text


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


def addresses(browser: Browser) -> list[str]:
    """The shop's id and all of its Polish product pages."""
    shop = re.findall(r'"shop_id":"[^"]+"', browser.open("/pl/"))
    return [*shop, *sorted(set(re.findall(r"/pl/p/[a-z0-9-]+", browser.open("/sitemap.xml"))))]


def run_stoa(
    folder: Path, *arguments: str, url: str | None = None
) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "STOA_DATA_DIR": str(folder)}
    if url is not None:
        environment["STOA_DATABASE_URL"] = url
    return subprocess.run(
        [sys.executable, "-m", "stoa", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("with_trigrams", [True, False])
def test_sells_on_it(
    postgres_of_ones_own: OwnPostgres, short_folder: Path, with_trigrams: bool
) -> None:
    url = postgres_of_ones_own.create_database(
        f"shop_{with_trigrams}", may_install_extensions=with_trigrams
    )
    folder = short_folder / f"data-{with_trigrams}"
    with running_stoa(folder, settings=UNDRAWN | {"DATABASE_URL": url}) as server:
        browser = Browser(server.url)
        found = browser.open("/en/search?q=lnatern")
        slug = re.search(r'href="/en/p/([^"]+)"', found)
        assert slug, "a typo is forgiven"
        product = browser.open(f"/en/p/{slug[1]}")
        browser.open("/en/cart/add", {"variant": hidden(product, "variant"), "quantity": "1"})
        review = ""
        for step, form in STEPS.items():
            review = browser.open(f"/en/checkout/{step}", form)
        agreed = {name: hidden(review, name) for name in ("key", "cart", "shown")}
        assert "Thank you for your order" in browser.open("/en/checkout/review", agreed)
        assert "/en/order/" in browser.at
        examined = run_stoa(folder, "doctor", url=url)
        assert "WRONG" not in examined.stdout.replace("WRONG  front end", "")
        assert ("pg_trgm is there" in examined.stdout) == with_trigrams
        assert server.stop() == 0
    assert not (folder / "postgres").exists()


def test_says_why_it_cannot_be_used(postgres_of_ones_own: OwnPostgres, short_folder: Path) -> None:
    for url, reason in (
        (postgres_of_ones_own.url("nowhere"), "nowhere"),
        (postgres_of_ones_own.url("postgres", password="wrong"), "password"),
        ("mysql://stoa@127.0.0.1/shop", "mysql"),
    ):
        refused = run_stoa(short_folder / "refused", "serve", "--port", "0", url=url)
        assert refused.returncode == 1
        assert reason in refused.stderr
        assert "Traceback" not in refused.stderr


def test_takes_everything_along(postgres_of_ones_own: OwnPostgres, short_folder: Path) -> None:
    """The embedded database's shop is the same shop afterwards, and nothing is overwritten."""
    folder = short_folder / "moving"
    url = postgres_of_ones_own.create_database("moved", may_install_extensions=True)
    with running_stoa(folder, settings=UNDRAWN) as server:
        refused = run_stoa(folder, "move", url)
        assert (refused.returncode, "Stop it first" in refused.stderr) == (1, True)
        before = addresses(Browser(server.url))
    moved = run_stoa(folder, "move", url)
    assert re.search(r"^\d{3,} rows moved", moved.stdout), moved.stderr
    again = run_stoa(folder, "move", url)
    assert (again.returncode, "in use already" in again.stderr) == (1, True)
    (folder / "postgres").rename(folder / "not-needed")
    with running_stoa(folder, settings=UNDRAWN | {"DATABASE_URL": url}) as server:
        browser = Browser(server.url)
        assert addresses(browser) == before
        product = browser.open(before[-1])
        browser.open("/pl/cart/add", {"variant": hidden(product, "variant"), "quantity": "1"})
        assert "/pl/cart?added=1" in browser.at
