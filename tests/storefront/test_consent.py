"""The page behind the link in a message: looking changes nothing, a click does."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.main import create_app
from stoa.people.consent.models import Purpose
from stoa.people.consent.queries import standing_point_consents
from stoa.people.consent.service import withdrawal_path
from stoa.people.customers.models import Point, PointKind
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.consent import record_answer
from tests.servers.asgi import serving


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("consent")
    return Settings(data_dir=folder, database_url=database_url, database_pool_size=4, demo=False)


@pytest.fixture(scope="module")
async def mailed_from(settings: Settings, shop: Shop) -> AsyncIterator[str]:
    """The address of an installation whose key the test knows."""
    async with serving(create_app(settings)) as url:
        yield url


async def agreed(database: Database, *purposes: Purpose) -> str:
    key = f"anna-{new_id().hex}@example.org"
    async with database.begin() as session:
        for purpose in purposes:
            await record_answer(session, point=Point(PointKind.EMAIL, key), purpose=purpose)
    return key


def link(settings: Settings, key: str) -> str:
    return withdrawal_path(
        settings.secret_key,
        kind=PointKind.EMAIL,
        key=key,
        purpose=Purpose.MARKETING,
        locale="pl",
    )


async def standing(database: Database, key: str) -> dict[str, tuple[str, str | None]]:
    async with database.read() as session:
        found = await standing_point_consents(session, kind=PointKind.EMAIL, key=key)
    return {p.value: (entry.state.value, entry.channel) for p, entry in found.items()}


async def test_looking_changes_nothing(
    database: Database, mailed_from: str, settings: Settings
) -> None:
    key = await agreed(database, Purpose.MARKETING)
    async with aiohttp.ClientSession(mailed_from) as client:
        answer = await client.get(link(settings, key))
        html = await answer.text()
        greek = await (await client.get(link(settings, key) + "?lang=el")).text()
    assert answer.status == 200
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Zrezygnuj z tych wiadomości" in html
    assert "an…@example.org" in html
    assert key not in html
    assert "<script" not in html
    assert "Σταματήστε αυτά τα μηνύματα" in greek
    assert await standing(database, key) == {"marketing": ("given", "checkout")}


async def test_a_click_withdraws_what_the_link_is_about(
    database: Database, mailed_from: str, settings: Settings
) -> None:
    key = await agreed(database, Purpose.MARKETING, Purpose.URGENT)
    async with aiohttp.ClientSession(mailed_from) as client:
        for _ in range(2):
            answer = await client.post(link(settings, key), data={})
            html = await answer.text()
            assert answer.status == 200
            assert "Nie będziemy tam już wysyłać ofert" in html
            assert "Pilne powiadomienia o zamówieniach" in html  # what still stands is named
    assert await standing(database, key) == {
        "marketing": ("withdrawn", "link"),
        "urgent": ("given", "checkout"),
    }


@pytest.mark.parametrize("encoding", ["form", "multipart"])
async def test_a_mail_program_withdraws_with_one_post(
    database: Database, mailed_from: str, settings: Settings, encoding: str
) -> None:
    """RFC 8058 section 3: no cookies, no context, either encoding, no redirect."""
    key = await agreed(database, Purpose.MARKETING)
    if encoding == "form":
        body: aiohttp.FormData | dict[str, str] = {"List-Unsubscribe": "One-Click"}
    else:
        body = aiohttp.FormData(default_to_multipart=True)
        body.add_field("List-Unsubscribe", "One-Click")
    async with aiohttp.ClientSession(mailed_from) as client:
        answer = await client.post(link(settings, key), data=body, allow_redirects=False)
    assert answer.status == 200
    assert await standing(database, key) == {"marketing": ("withdrawn", "one_click")}


async def test_all_means_all(database: Database, mailed_from: str, settings: Settings) -> None:
    key = await agreed(database, Purpose.MARKETING)
    async with aiohttp.ClientSession(mailed_from) as client:
        await client.post(link(settings, key), data={"all": "1"})
    assert {state for state, _ in (await standing(database, key)).values()} == {"withdrawn"}


async def test_refuses_a_link_that_is_not_ours(
    database: Database, mailed_from: str, settings: Settings
) -> None:
    key = await agreed(database, Purpose.MARKETING)
    spoilt = link(settings, key)[:-2] + "xx"
    async with aiohttp.ClientSession(mailed_from) as client:
        for answer in (await client.get(spoilt), await client.post(spoilt, data={})):
            assert answer.status == 404
    assert await standing(database, key) == {"marketing": ("given", "checkout")}


async def test_every_use_of_the_address_is_given_and_taken_back_there(
    database: Database, mailed_from: str, settings: Settings
) -> None:
    key = await agreed(database, Purpose.MARKETING)
    path = link(settings, key)
    async with aiohttp.ClientSession(mailed_from) as client:
        answer = await client.post(path, data={"do": "give.urgent", "version": "1"})
        assert "Zapisano: zgoda wyrażona." in await answer.text()
        answer = await client.post(path, data={"do": "withdraw.marketing"})
        assert answer.status == 200
        answer = await client.post(path, data={"do": "give.marketing", "version": "1"})
        assert "Wiadomość jest w drodze." in await answer.text()
        for do in ("give.recording", "x", "give."):
            assert (await client.post(path, data={"do": do})).status == 404
        headers = {"Sec-Fetch-Site": "cross-site"}
        answer = await client.post(path, data={"do": "give.service"}, headers=headers)
        assert answer.status == 403
    assert await standing(database, key) == {
        "urgent": ("given", "link"),
        "marketing": ("withdrawn", "link"),  # until the answer comes
    }
