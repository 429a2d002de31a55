"""The whole application on a real database, and a browser's cookies."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from stoa.people.identity.service import create_setup_link
from stoa.platform.database.session import Database
from tests.servers.whole import the_whole

OWN_PAGE = {"X-Stoa-Request": "1"}
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
async def address(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    async with the_whole(database_url, tmp_path_factory.mktemp("data")) as url:
        yield url


def new_browser(address: str) -> aiohttp.ClientSession:
    """Keeps cookies as a browser does, and sends the header that our own pages send."""
    jar = aiohttp.CookieJar(unsafe=True)  # "unsafe": for an address without a name
    return aiohttp.ClientSession(address, headers=OWN_PAGE, cookie_jar=jar)


@pytest.fixture
async def browser(address: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with new_browser(address) as session:
        yield session


@pytest.fixture(scope="module")
async def administrator_token(address: str, database: Database) -> str:
    """The session token of the first administrator, made through the setup link."""
    async with database.begin() as session:
        link = await create_setup_link(session, base_url=address)
    assert link is not None
    async with aiohttp.ClientSession(headers=OWN_PAGE) as client:
        answer = await client.post(
            link.replace("/desk/link/", "/api/desk/links/"),
            json={"name": "Ada", "email": "ada@example.com", "password": PASSWORD},
        )
        assert answer.status == 200
        return answer.cookies["stoa_staff"].value


@pytest.fixture
async def administrator(
    address: str, administrator_token: str
) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(
        address, headers=OWN_PAGE, cookies={"stoa_staff": administrator_token}
    ) as session:
        yield session
