"""One real Stoa with its demo shop, one real browser, and the people who use them."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser

from stoa.commerce.shops.service import create_shop
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.journeys.callers import Caller, a_caller, a_speaking_browser
from tests.journeys.people import Staff
from tests.journeys.shared_pages import House
from tests.journeys.talkers import AGENTS_TONE, Talker, a_talker
from tests.servers.asgi import serving
from tests.servers.browser import chromium
from tests.servers.stoa import UNDRAWN, StoaProcess, running_stoa
from tests.servers.tones import microphone

PASSWORD = "a sentence is fine"


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is said in calls, rendered once for every Stoa of this run: each would be busy with it
    for a while, a minute after its start.
    """
    folder = tmp_path_factory.getbasetemp()
    # Workers have folders of their own, beside one another.
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "prompts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def shared_stoa(short_folder: Path, prompts: Path) -> Iterator[StoaProcess]:
    """`stoa up` as a merchant starts it: nothing in its database, the demo shop, a free port."""
    with running_stoa(short_folder / "journeys", prompts=prompts) as server:
        yield server


@pytest.fixture(scope="module")
def stoa(
    request: pytest.FixtureRequest, short_folder: Path, prompts: Path
) -> Iterator[StoaProcess]:
    """The one that all journeys share, or one of its own for a module that says `IS_ALONE = True`:
    it asks about the whole installation, or changes it for everybody (teams and who has room, what
    rules find, promises, hours, mailboxes). Its shop's pictures are not drawn."""
    if getattr(request.module, "IS_ALONE", False):
        folder = short_folder / request.module.__name__.rpartition(".")[2]
        with running_stoa(folder, settings=UNDRAWN, prompts=prompts) as server:
            yield server
    else:
        yield request.getfixturevalue("shared_stoa")


@pytest.fixture(scope="session")
def staff_known() -> dict[tuple[str, str], Staff]:
    """Who was made at which Stoa already."""
    return {}


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


async def make_administrator(stoa: StoaProcess) -> Staff:
    """The first administrator, made through the printed link."""
    token = stoa.setup_link.rpartition("/")[2]
    person = Staff(name="Anna Nowak", email="anna@example.com", password=PASSWORD)
    form = {"name": person.name, "email": person.email, "password": PASSWORD, "locale": "en"}
    async with (
        aiohttp.ClientSession(headers={"X-Stoa-Request": "1"}) as client,
        client.post(f"{stoa.url}/api/desk/links/{token}", json=form) as response,
    ):
        assert response.status == 200, await response.text()
    return person


async def make_colleague(stoa: StoaProcess, anna: Staff) -> Staff:
    """A colleague, invited by the administrator."""
    person = Staff(name="Ben Kowalski", email="ben@example.com", password=PASSWORD)
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address, not a name
    async with aiohttp.ClientSession(
        stoa.url, headers={"X-Stoa-Request": "1"}, cookie_jar=jar
    ) as client:
        await client.post(
            "/api/desk/sign-in", json={"email": anna.email, "password": anna.password}
        )
        form = {"name": person.name, "email": person.email, "locale": "en"}
        async with client.post("/api/desk/staff", json={**form, "role": "agent"}) as response:
            assert response.status == 200, await response.text()
            token = (await response.json())["url"].rpartition("/")[2]
        await client.post("/api/desk/sign-out")
        path = f"/api/desk/links/{token}"
        async with client.post(path, json={**form, "password": PASSWORD}) as response:
            assert response.status == 200, await response.text()
    return person


@pytest.fixture(scope="module")
async def anna(stoa: StoaProcess, staff_known: dict[tuple[str, str], Staff]) -> Staff:
    """The first administrator."""
    key = (str(stoa.data_dir), "anna")
    if key not in staff_known:
        staff_known[key] = await make_administrator(stoa)
    return staff_known[key]


@pytest.fixture(scope="module")
async def ben(stoa: StoaProcess, anna: Staff, staff_known: dict[tuple[str, str], Staff]) -> Staff:
    """A colleague, invited by the administrator."""
    key = (str(stoa.data_dir), "ben")
    if key not in staff_known:
        staff_known[key] = await make_colleague(stoa, anna)
    return staff_known[key]


@asynccontextmanager
async def at_the_api(stoa: StoaProcess, staff: Staff) -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address, not a name
    async with aiohttp.ClientSession(
        stoa.url, headers={"X-Stoa-Request": "1"}, cookie_jar=jar
    ) as client:
        form = {"email": staff.email, "password": staff.password}
        async with client.post("/api/desk/sign-in", json=form) as answer:
            assert answer.status == 200
        yield client


@pytest.fixture
async def polish_anna(stoa: StoaProcess, anna: Staff, ben: Staff) -> AsyncIterator[Staff]:
    """Anna speaks Polish, Ben does not; afterwards there is no team again."""
    async with at_the_api(stoa, anna) as client:
        people = (await (await client.get("/api/desk/staff")).json())["items"]
        ids = {person["email"]: person["id"] for person in people}

        async def speak(staff: Staff, *languages: str) -> None:
            path = f"/api/desk/staff/{ids[staff.email]}"
            await client.patch(path, json={"languages": list(languages)})

        await speak(anna, "pl")
        await speak(ben, "en")
        try:
            yield anna
        finally:
            view: dict[str, Any] = await (await client.get("/api/desk/teams")).json()
            for team in view["teams"]:
                await client.delete(f"/api/desk/teams/{team['id']}")
            await speak(anna)
            await speak(ben)


@pytest.fixture(scope="module")
async def house(
    database: Database, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """Stoa for pages that are not its own, with an empty shop."""
    async with database.begin() as session:
        shop = await create_shop(
            session, name="Kerameikos", country="PL", currency="PLN", locales=["en", "pl"]
        )
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("house"), database_url=database_url, demo=False
    )
    app = create_app(settings)
    async with serving(app) as address:
        yield House(address, shop, app.state.node.database)


@pytest.fixture(scope="module")
async def speaking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Customers' browser, whose microphone hears one tone."""
    async with a_speaking_browser(tmp_path_factory.mktemp("customers")) as browser:
        yield browser


@pytest.fixture(scope="module")
async def desks(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Agents' browser, whose microphone hears another."""
    flags = microphone(tmp_path_factory.mktemp("agents"), AGENTS_TONE)
    async with chromium(more=flags) as browser:
        yield browser


@pytest.fixture
async def talker(stoa: StoaProcess, anna: Staff, desks: Browser) -> AsyncIterator[Talker]:
    async with a_talker(desks, stoa.url, anna) as talker:
        # On a busy machine much time may pass before it is somebody's turn to answer.
        await talker.changes_call_settings({"ring_seconds": 120})
        yield talker


@pytest.fixture
async def caller(stoa: StoaProcess, talker: Talker, speaking: Browser) -> AsyncIterator[Caller]:
    async with a_caller(speaking, stoa.url) as caller:
        yield caller
