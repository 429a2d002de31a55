"""The page behind the question in a mail: looking changes nothing, the button answers."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.main import create_app
from stoa.people.consent.models import ConsentRequest, How, Person, Purpose, Wording
from stoa.people.consent.queries import has_point_consent
from stoa.people.consent.service import ask_consent, confirmation_path, withdraw_for_point
from stoa.people.customers.models import Point, PointKind, PointState
from stoa.people.customers.queries import list_points
from stoa.people.customers.service import know_visitor
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.people import a_visitor
from tests.servers.asgi import serving


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("confirm")
    return Settings(data_dir=folder, database_url=database_url, database_pool_size=4, demo=False)


@pytest.fixture(scope="module")
async def mailed_from(settings: Settings, shop: Shop) -> AsyncIterator[str]:
    """The address of an installation whose key the test knows."""
    async with serving(create_app(settings)) as url:
        yield url


async def ask(
    database: Database, shop: Shop, *, key: str = "", person: Person | None = None
) -> ConsentRequest:
    async with database.begin() as session:
        return await ask_consent(
            session,
            shop_id=shop.id,
            point=Point(PointKind.EMAIL, key or f"anna-{new_id().hex}@example.org"),
            purpose=Purpose.MARKETING,
            wording=Wording("Tak, <b>nowości</b>.", "1", "pl"),
            source="account",
            person=person,
        )


def link(settings: Settings, request: ConsentRequest) -> str:
    return confirmation_path(settings.secret_key, request_id=request.id)


async def is_given(database: Database, request: ConsentRequest) -> bool:
    async with database.read() as session:
        return await has_point_consent(
            session, kind=request.kind, key=request.key, purpose=Purpose.MARKETING
        )


async def test_what_follows_every_link_confirms_nothing(
    database: Database, shop: Shop, mailed_from: str, settings: Settings
) -> None:
    request = await ask(database, shop)
    async with aiohttp.ClientSession(mailed_from) as client:
        for method in ("GET", "HEAD", "GET"):
            answer = await client.request(method, link(settings, request))
            assert answer.status == 200
        html = await answer.text()
        greek = await (await client.get(link(settings, request) + "?lang=el")).text()
        await client.post(link(settings, request), data={})  # without the button
    assert "Tak, zgadzam się" in html
    assert "Tak, &lt;b&gt;nowości&lt;/b&gt;." in html
    assert "an…@example.org" in html
    assert request.key not in html
    assert "<script" not in html
    assert "Ναι, συμφωνώ" in greek
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not await is_given(database, request)


async def test_the_button_agrees_and_a_second_click_is_harmless(
    database: Database, shop: Shop, mailed_from: str, settings: Settings
) -> None:
    request = await ask(database, shop)
    async with aiohttp.ClientSession(mailed_from) as client:
        for _ in range(2):
            answer = await client.post(link(settings, request), data={"answer": "yes"})
            assert answer.status == 200
            assert "Zgoda dla an…@example.org jest zapisana" in await answer.text()
        assert "Zgoda dla" in await (await client.get(link(settings, request))).text()
    assert await is_given(database, request)


async def test_who_says_that_it_was_not_them_is_heard(
    database: Database, shop: Shop, mailed_from: str, settings: Settings
) -> None:
    request = await ask(database, shop)
    async with aiohttp.ClientSession(mailed_from) as client:
        answer = await client.post(link(settings, request), data={"answer": "no"})
        assert "przez jakiś czas nie będziemy tam pytać" in await answer.text()
        await client.post(link(settings, request), data={"answer": "yes"})
    assert not await is_given(database, request)


async def test_a_closed_question_says_so(
    database: Database, shop: Shop, mailed_from: str, settings: Settings
) -> None:
    request = await ask(database, shop)
    async with database.begin() as session:
        await withdraw_for_point(
            session,
            kind=request.kind,
            key=request.key,
            how=How.LINK,
            channel="link",
            wording=Wording("no", "1", "pl"),
        )
    async with aiohttp.ClientSession(mailed_from) as client:
        answer = await client.post(link(settings, request), data={"answer": "yes"})
        assert "To pytanie jest zamknięte" in await answer.text()
    assert not await is_given(database, request)


@pytest.mark.parametrize("is_same", [True, False])
async def test_only_the_browser_that_asked_proves_the_address(
    database: Database, shop: Shop, mailed_from: str, settings: Settings, is_same: bool
) -> None:
    """Else whoever types a stranger's address would become that stranger by their click."""
    visitor_id, token = await a_visitor(database)
    _, stranger = await a_visitor(database)
    key = f"anna-{new_id().hex}@example.org"
    async with database.begin() as session:
        customer_id = await know_visitor(
            session,
            visitor_id=visitor_id,
            points=[Point(PointKind.EMAIL, key)],
            name="",
            source="checkout",
        )
    request = await ask(database, shop, key=key, person=Person(visitor_id=visitor_id))
    cookies = {"stoa_visitor": token if is_same else stranger}
    async with aiohttp.ClientSession(mailed_from, cookies=cookies) as client:
        await client.post(link(settings, request), data={"answer": "yes"})
    async with database.read() as session:
        [point] = await list_points(session, customer_id=customer_id)
    assert point.state is (PointState.VERIFIED if is_same else PointState.CLAIMED)
    assert await is_given(database, request)


async def test_refuses_a_link_that_is_not_ours_and_a_form_of_another_site(
    database: Database, shop: Shop, mailed_from: str, settings: Settings
) -> None:
    request = await ask(database, shop)
    async with aiohttp.ClientSession(mailed_from) as client:
        for path in (link(settings, request)[:-2] + "xx", "/confirm/nothing"):
            assert (await client.get(path)).status == 404
            assert (await client.post(path, data={"answer": "yes"})).status == 404
        answer = await client.post(
            link(settings, request),
            data={"answer": "yes"},
            headers={"Sec-Fetch-Site": "cross-site"},
        )
        assert answer.status == 403
    assert not await is_given(database, request)
