"""Buying by forms alone: every step, every refusal, and nothing a stranger sends breaks it."""

import re
from collections.abc import Mapping
from uuid import UUID, uuid4

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.commerce.shops.models import Shop
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.factories.sms import an_sms_inbox
from tests.storefront.conftest import hidden

ADDRESS = {
    "name": "Anna Nowak",
    "company": "",
    "street": "Prosta 1",
    "postal_code": "00950",
    "city": "Warszawa",
    "region": "",
    "country": "PL",
}
STEPS: Mapping[str, Mapping[str, str]] = {
    "contact": {"email": "anna@example.org", "phone": ""},
    "address": ADDRESS,
    "delivery": {"method": "parcel", "note": "Ring twice"},
    "payment": {"method": "bank_transfer"},
}


async def page(browser: aiohttp.ClientSession, path: str) -> str:
    async with browser.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def send(
    browser: aiohttp.ClientSession, path: str, form: Mapping[str, str], *, status: int = 200
) -> tuple[str, str]:
    """(where one ends up, what is shown there)."""
    async with browser.post(path, data=form) as answer:
        text = await answer.text()
        assert answer.status == status, text[:2000]
        return answer.url.path, text


async def fill(
    browser: aiohttp.ClientSession, *, product: str = "thing-chair", quantity: str = "1"
) -> str:
    html = await page(browser, f"/en/p/{product}")
    form = {"variant": hidden(html, "variant"), "quantity": quantity}
    where, shown = await send(browser, "/en/cart/add", form)
    assert where == "/en/cart"
    return shown


async def up_to_review(browser: aiohttp.ClientSession) -> str:
    await fill(browser)
    shown = ""
    for step, form in STEPS.items():
        _, shown = await send(browser, f"/en/checkout/{step}", form)
    return shown


def review_form(html: str) -> dict[str, str]:
    return {name: hidden(html, name) for name in ("key", "cart", "shown")}


async def test_goes_from_the_shelf_to_the_order(browser: aiohttp.ClientSession) -> None:
    review = await up_to_review(browser)
    for expected in ("Anna Nowak", "00-950", "anna@example.org", "Ring twice", "€123.00"):
        assert expected in review
    form = review_form(review)
    where, shown = await send(browser, "/en/checkout/review", form)
    assert where.startswith("/en/order/")
    for expected in ("Thank you for your order", "DE89 3704", "<svg", "Awaiting your payment"):
        assert expected in shown
    assert '"outcome":"succeeded"' in shown
    again, shown = await send(browser, "/en/checkout/review", form)
    assert again == where
    assert "Thank you for your order" not in shown
    assert 'class="count"' not in await page(browser, "/en/cart")
    assert "Your cart is empty" in await page(browser, "/en/cart")


async def test_the_order_is_open_to_whoever_has_the_link(
    browser: aiohttp.ClientSession, address: str
) -> None:
    where, _ = await send(browser, "/en/checkout/review", review_form(await up_to_review(browser)))
    async with aiohttp.ClientSession(address) as stranger, stranger.get(where) as answer:
        assert answer.status == 200
        text = await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"
    assert '"path":"/en/order"' in text


@pytest.mark.parametrize(
    ("step", "changes", "fields"),
    [
        ("contact", {"email": "anna@"}, {"email"}),
        ("contact", {"email": "", "phone": "1"}, {"email", "phone"}),
        ("address", {"postal_code": "1", "city": ""}, {"postal_code", "city"}),
        ("address", {"country": "IT", "postal_code": "00184"}, {"region"}),
        ("address", {"country": "US"}, {"country"}),
        ("delivery", {"method": "drone"}, {"method"}),
        ("payment", {"method": "shells"}, {"method"}),
    ],
)
async def test_errors_sit_at_their_fields_and_nothing_is_lost(
    browser: aiohttp.ClientSession, step: str, changes: Mapping[str, str], fields: set[str]
) -> None:
    await up_to_review(browser)
    sent = {**STEPS[step], **changes}
    _, shown = await send(browser, f"/en/checkout/{step}", sent, status=422)
    for field in fields:
        assert re.search(rf'aria-invalid="true"[^>]*aria-describedby="{field}-error', shown)
        assert re.search(rf'<p class="message" id="{field}-error">[^<]+</p>', shown)
        assert f'href="#{field}"' in shown
        assert f'"field":"{field}"' in shown
    assert 'id="problems" role="alert" tabindex="-1" autofocus' in shown
    for name, value in sent.items():
        if value and name not in fields and name not in ("country", "method", "note"):
            assert f'value="{value}"' in shown


async def test_a_step_cannot_be_skipped(browser: aiohttp.ClientSession) -> None:
    await fill(browser)
    async with browser.get("/en/checkout/payment") as answer:
        assert answer.url.path == "/en/checkout/contact"
    await send(browser, "/en/checkout/contact", STEPS["contact"])
    async with browser.get("/en/checkout/review") as answer:
        assert answer.url.path == "/en/checkout/address"


async def test_without_a_cart_there_is_no_checkout(browser: aiohttp.ClientSession) -> None:
    for path in ("/en/checkout/contact", "/en/checkout/review"):
        async with browser.get(path) as answer:
            assert answer.url.path == "/en/cart"
    where, _ = await send(browser, "/en/checkout/review", {"key": "k" * 20, "cart": str(uuid4())})
    assert where == "/en/cart"


async def test_a_price_that_changed_is_shown_before_it_is_charged(
    browser: aiohttp.ClientSession, database: Database
) -> None:
    form = review_form(await up_to_review(browser))
    change = "UPDATE variant SET price_minor = $1 WHERE sku = 'CHAIR'"
    async with database.begin() as session:
        await session.execute(change, 13_000)
    try:
        where, shown = await send(browser, "/en/checkout/review", form, status=409)
    finally:
        async with database.begin() as session:
            await session.execute(change, 12_300)
    assert where == "/en/checkout/review"
    assert "Your order has changed" in shown
    assert "€130.00" in shown
    assert hidden(shown, "key") != form["key"]


async def test_what_was_sold_meanwhile_is_said_at_the_line(
    browser: aiohttp.ClientSession, database: Database
) -> None:
    form = review_form(await up_to_review(browser))
    change = (
        "UPDATE stock SET on_hand = $1 WHERE variant_id = (SELECT id FROM variant"
        " WHERE sku = 'CHAIR')"
    )
    async with database.begin() as session:
        before = await session.fetch_value(
            "SELECT on_hand FROM stock s JOIN variant v ON v.id = s.variant_id WHERE sku = 'CHAIR'"
        )
        reserved = await session.fetch_value(
            "SELECT reserved FROM stock s JOIN variant v ON v.id = s.variant_id WHERE sku = 'CHAIR'"
        )
        await session.execute(change, reserved)
    try:
        _, shown = await send(browser, "/en/checkout/review", form, status=409)
    finally:
        async with database.begin() as session:
            await session.execute(change, before)
    assert "Something in your cart was sold meanwhile" in shown
    assert "No longer available" in shown
    assert "To the checkout" not in shown


async def test_one_of_two_tabs_wins_and_the_other_is_told(browser: aiohttp.ClientSession) -> None:
    shown = await fill(browser, product="thing-mug")
    version = hidden(shown, "version")
    line = re.search(r'name="(q\.[^"]+)"', shown)
    assert line
    _, after = await send(browser, "/en/cart", {"version": version, line[1]: "2"})
    assert 'value="2"' in after
    _, refused = await send(browser, "/en/cart", {"version": version, line[1]: "3"}, status=409)
    assert "changed in another window" in refused
    assert 'value="2"' in refused
    _, many = await send(
        browser, "/en/cart", {"version": hidden(refused, "version"), line[1]: "9"}, status=409
    )
    assert "only 3 left" in many


async def test_a_line_is_taken_out_by_its_button(browser: aiohttp.ClientSession) -> None:
    shown = await fill(browser)
    remove = re.search(r'name="remove" value="([^"]+)"', shown)
    assert remove
    _, after = await send(
        browser, "/en/cart", {"version": hidden(shown, "version"), "remove": remove[1]}
    )
    assert "Your cart is empty" in after


async def test_a_script_gets_the_cart_as_data(browser: aiohttp.ClientSession) -> None:
    html = await page(browser, "/en/p/thing-chair")
    json_wanted = {"Accept": "application/json"}
    form = {"variant": hidden(html, "variant"), "quantity": "2"}
    async with browser.post("/en/cart/add", data=form, headers=json_wanted) as answer:
        cart = await answer.json()
    assert (cart["count"], cart["total_minor"]) == (2, 24_600)
    async with browser.post(
        "/en/cart/add", data={**form, "quantity": "9999"}, headers=json_wanted
    ) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (422, "cart.too_many")


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://a.b"}],
)
async def test_a_foreign_page_cannot_fill_the_cart(
    browser: aiohttp.ClientSession, headers: Mapping[str, str]
) -> None:
    html = await page(browser, "/en/p/thing-chair")
    form = {"variant": hidden(html, "variant")}
    async with browser.post("/en/cart/add", data=form, headers=headers) as answer:
        assert answer.status == 403
    assert "Your cart is empty" in await page(browser, "/en/cart")


async def test_only_forms_are_read_and_only_small_ones(browser: aiohttp.ClientSession) -> None:
    async with browser.post("/en/cart/add", json={"variant": "x"}) as answer:
        assert answer.status == 400
    async with browser.post("/en/cart/add", data={"variant": "x" * 70_000}) as answer:
        assert answer.status == 413
    async with browser.post("/en/cart", data={f"q.{n}": "1" for n in range(400)}) as answer:
        assert answer.status == 400


async def test_a_strangers_order_cannot_be_placed(
    browser: aiohttp.ClientSession, address: str
) -> None:
    form = review_form(await up_to_review(browser))
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(address, cookie_jar=jar) as stranger:
        await up_to_review(stranger)
        where, shown = await send(stranger, "/en/checkout/review", form, status=409)
    assert where == "/en/checkout/review"
    assert "Your order has changed" in shown


NAMES = st.sampled_from(
    [
        "variant",
        "quantity",
        "version",
        "remove",
        "q.x",
        "email",
        "phone",
        "name",
        "country",
        "key",
        "postal_code",
        "billing_differs",
        "billing_country",
        "method",
        "note",
        "cart",
        "shown",
    ]
)
VALUES = st.text(max_size=60) | st.sampled_from(
    ["-1", "0", "1e9", "٣", "9" * 30, str(UUID(int=1)), "\0", "\ud7ff", "%00", "<b>", "PL", "1"]
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    path=st.sampled_from(
        ["cart", "cart/add"] + [f"checkout/{step}" for step in (*STEPS, "review", "odd")]
    ),
    form=st.dictionaries(NAMES, VALUES, max_size=8),
)
async def test_no_form_breaks_the_shop(
    browser: aiohttp.ClientSession, shop: Shop, path: str, form: dict[str, str]
) -> None:
    if "Your cart is empty" in await page(browser, "/en/cart"):
        await fill(browser)
    async with browser.post(f"/en/{path}", data=form) as answer:
        assert answer.status < 500, (path, form)


async def test_asks_for_urgent_sms_only_where_they_can_be_sent(
    browser: aiohttp.ClientSession, shop: Shop, database: Database
) -> None:
    await fill(browser)
    assert "urgent_sms" not in await page(browser, "/en/checkout/contact")
    async with database.begin() as session:
        inbox_id = await an_sms_inbox(session, shop_id=shop.id, key=Settings().secret_key)
    try:
        box = '<input type="checkbox" name="urgent_sms" value="en.1">'
        assert box in await page(browser, "/en/checkout/contact")
        asked = {"email": "anna@example.org", "phone": "", "urgent_sms": "en.1"}
        _, shown = await send(browser, "/en/checkout/contact", asked, status=422)
        assert box.replace(">", " checked>") in shown
        where, _ = await send(
            browser, "/en/checkout/contact", {**asked, "phone": "+48 600 100 200"}
        )
        assert where == "/en/checkout/address"
        assert box.replace(">", " checked>") in await page(browser, "/en/checkout/contact")
    finally:
        async with database.begin() as session:
            await session.execute("DELETE FROM inbox WHERE id = $1", inbox_id.id)
