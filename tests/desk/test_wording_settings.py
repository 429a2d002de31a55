"""Administrators change what customers agree to: a new version each time, none ever changed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import asyncpg
import pytest

from stoa.commerce.checkout.queries import offered_boxes
from stoa.commerce.shops.models import Shop
from stoa.people.consent.models import Purpose
from stoa.people.consent.queries import current_wording
from stoa.people.customers.models import PointKind
from stoa.platform.database.session import Database
from tests.factories.people import a_staff_token, an_agent

NEW = {"purpose": "marketing", "locale": "de", "text": "Ja, {shop} darf mir {way} schreiben."}


@pytest.fixture
async def administrator(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    person = await an_agent(database, name="Adele", role="administrator")
    assert person.staff_id is not None
    token = await a_staff_token(database, staff_id=person.staff_id)
    async with aiohttp.ClientSession(
        address, headers={"X-Stoa-Request": "1"}, cookies={"stoa_staff": token}
    ) as session:
        yield session


def about(listed: Any, purpose: str, locale: str) -> Any:
    [found] = [
        item for item in listed["items"] if (item["purpose"], item["locale"]) == (purpose, locale)
    ]
    return found


async def test_a_change_is_a_new_version_and_the_same_text_is_none(
    administrator: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    path = f"/api/desk/shops/{shop.id}/wordings"
    before = await (await administrator.get(path)).json()
    assert len(before["items"]) == 3 * len(shop.locales)
    brought = about(before, "marketing", "de")
    assert (brought["current"]["version"], brought["current"]["made_by"]) == (1, None)
    for _ in range(2):
        answer = await administrator.post(path, json=NEW)
        assert answer.status == 201, await answer.text()
        now = about(await answer.json(), "marketing", "de")
        assert (now["current"]["version"], now["current"]["made_by"]) == (2, "Adele")
        assert now["earlier"] == [brought["current"]]
    for version, text in ((None, f"Ja, {shop.name} darf mir per SMS schreiben."), (1, "beenden")):
        async with database.read() as session:
            wording = await current_wording(
                session,
                shop_id=shop.id,
                shop_name=shop.name,
                purpose=Purpose.MARKETING,
                kind=PointKind.PHONE,
                locale="de",
                version=version,
            )
        assert text in wording.text
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.pool.execute("UPDATE consent_wording SET text = 'x'")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": "  "}, "invalid_input"),
        ({"text": "x" * 1001}, "invalid_input"),
        ({"text": "For {price}"}, "consent_unknown_placeholder"),
        ({"purpose": "recording"}, "invalid_input"),
        ({"locale": "fr"}, "invalid_input"),
    ],
)
async def test_refuses_words_that_nobody_could_agree_to(
    administrator: aiohttp.ClientSession, shop: Shop, change: dict[str, str], code: str
) -> None:
    path = f"/api/desk/shops/{shop.id}/wordings"
    before = await (await administrator.get(path)).json()
    answer = await administrator.post(path, json=NEW | change)
    assert answer.status == 422
    assert (await answer.json())["code"] == code
    assert await (await administrator.get(path)).json() == before


async def test_refuses_an_agent(desk: aiohttp.ClientSession, shop: Shop) -> None:
    path = f"/api/desk/shops/{shop.id}/wordings"
    assert (await desk.get(path)).status == 403
    assert (await desk.post(path, json=NEW)).status == 403


async def test_a_shop_that_does_not_want_to_ask_in_the_checkout_does_not(
    administrator: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    path = f"/api/desk/shops/{shop.id}/wordings"
    assert (await (await administrator.get(path)).json())["asks_in_checkout"] is True
    for asks in (False, True):
        answer = await administrator.put(path, json={"asks_in_checkout": asks})
        assert (await answer.json())["asks_in_checkout"] is asks
        assert (await (await administrator.get(path)).json())["asks_in_checkout"] is asks
        # Read past the memory of this process: the change was made by another.
        settings = await database.pool.fetchval("SELECT settings FROM shop WHERE id = $1", shop.id)
        now = replace(shop, settings=settings)
        assert ("news_email" in offered_boxes(now, has_sms=True)) is asks
        assert "urgent_sms" in offered_boxes(now, has_sms=True)
        assert "urgent_sms" not in offered_boxes(now, has_sms=False)
