"""Offers and news in the checkout: never ticked beforehand, never required, confirmed elsewhere."""

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.people.consent.models import Purpose
from stoa.people.consent.service import add_wording
from stoa.platform.database.session import Database
from tests.factories.people import an_agent
from tests.storefront.test_buying import STEPS, fill, page, review_form, send

BOX = '<input type="checkbox" name="news_email" value="{}.1" aria-describedby="news_email-hint"{}>'


@pytest.mark.parametrize("ticked", [{}, {"news_email": "en.1"}])
async def test_a_box_asks_and_an_empty_one_says_nothing(
    browser: aiohttp.ClientSession, database: Database, ticked: dict[str, str]
) -> None:
    await fill(browser)
    assert BOX.format("en", "") in await page(browser, "/en/checkout/contact")
    for step, form in STEPS.items():
        more = ticked if step == "contact" else {}
        _, shown = await send(browser, f"/en/checkout/{step}", {**form, **more})
    assert ("Offers and news by e-mail: to be confirmed" in shown) is bool(ticked)
    if ticked:
        assert BOX.format("en", " checked") in await page(browser, "/en/checkout/contact")
    await send(browser, "/en/checkout/review", review_form(shown))
    async with database.begin() as session:
        asked = await session.fetch("DELETE FROM consent_request RETURNING *")
        given = await session.fetch_value("SELECT count(*) FROM consent")
    assert given == 0
    assert len(asked) == len(ticked)
    for row in asked:
        assert (row["point_key"], row["source"], row["locale"], row["state"]) == (
            "anna@example.org",
            "checkout",
            "en",
            "pending",
        )
        assert "send me offers and news by e-mail" in row["wording"]
        assert row["proof"]["order"]


async def test_an_order_is_taken_however_often_was_asked(
    browser: aiohttp.ClientSession, database: Database
) -> None:
    for _ in range(4):
        await fill(browser)
        for step, form in STEPS.items():
            more = {"news_email": "de.1"} if step == "contact" else {}
            _, shown = await send(browser, f"/en/checkout/{step}", {**form, **more})
        where, _ = await send(browser, "/en/checkout/review", review_form(shown))
        assert where.startswith("/en/order/")
    async with database.begin() as session:
        assert len(await session.fetch("DELETE FROM consent_request RETURNING id")) == 3


async def test_what_was_read_is_asked_though_the_words_changed_meanwhile(
    browser: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    await fill(browser)
    contact = {**STEPS["contact"], "news_email": "el.1"}
    await send(browser, "/en/checkout/contact", contact)
    by = (await an_agent(database)).staff_id
    assert by is not None
    async with database.begin() as session:
        await add_wording(
            session, shop_id=shop.id, purpose=Purpose.MARKETING, locale="el", text="Νέα;", by=by
        )
    for step, form in STEPS.items():
        if step != "contact":
            _, shown = await send(browser, f"/en/checkout/{step}", form)
    await send(browser, "/en/checkout/review", review_form(shown))
    async with database.begin() as session:
        [asked] = await session.fetch("DELETE FROM consent_request RETURNING *")
    assert (asked["wording_version"], asked["locale"]) == ("1", "el")
    assert asked["wording"].startswith("Θέλω να λαμβάνω")


@pytest.mark.parametrize("mark", ["en", "fr.1", "en.x", "en.9999999", "on"])
async def test_a_box_that_says_nothing_readable_was_not_ticked(
    browser: aiohttp.ClientSession, database: Database, mark: str
) -> None:
    await fill(browser)
    await send(browser, "/en/checkout/contact", {**STEPS["contact"], "news_email": mark})
    assert "checked" not in await page(browser, "/en/checkout/contact")
