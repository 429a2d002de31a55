"""What leaves a customer's browser while an agent watches: searched on the wire, not believed."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from stoa.commerce.shops.service import create_shop
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.journeys.shared_pages import House, a_shown_page, foreign_shop
from tests.servers.asgi import serving

pytestmark = pytest.mark.journey

NAME, CARD, PASSWORD = "Katarzyna Kowalska", "4111 1111 1111 1111", "hunter2-Geheim"
IBAN, OTP, EMAIL = "DE89 3704 0044 0532 0130 00", "731904", "kasia.k@example.org"
NOTE, PHONE, STREET = "Bitte im Nebenhaus klingeln", "+48 601 202 303", "Zwierzyniecka 17"
SECRETS = (NAME, CARD, PASSWORD, IBAN, OTP, EMAIL, NOTE, PHONE, STREET)

FORM = """<main><h1>Your details</h1><form id="f">
<label>Name <input id="name" name="name" autocomplete="name"></label>
<label>Number <input id="number" name="reference"></label>
<label>Password <input id="password" type="password"></label>
<label>Account <input id="iban" name="iban"></label>
<label>Code <input id="otp" autocomplete="one-time-code" inputmode="numeric"></label>
<label>E-mail <input id="email" type="email"></label>
<label>Phone <input id="phone" type="tel"></label>
<label>Street <input id="street" autocomplete="street-address"></label>
<label>Note <textarea id="note"></textarea></label>
<div id="editor" contenteditable="true" role="textbox" aria-label="Gift words"></div>
<label>Gift <input id="gift" data-cobrowse="show"></label>
<button type="button">Go on</button></form></main>"""


@pytest.fixture(scope="module")
async def house(
    database: Database, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    async with database.begin() as session:
        shop = await create_shop(
            session, name="Kerameikos", country="PL", currency="PLN", locales=["en", "pl"]
        )
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("cobrowse"), database_url=database_url, demo=False
    )
    app = create_app(settings)
    async with serving(app) as address:
        yield House(address, shop, app.state.node.database)


def variants(secret: str) -> list[str]:
    """As typed, without its blanks, and every longer piece of it."""
    bare = re.sub(r"\s", "", secret)
    pieces = [part for part in re.split(r"[\s@.]", secret) if len(part) > 3]
    return [secret, bare, *pieces]


def assert_nothing_of_it(text: str, secrets: tuple[str, ...] = SECRETS) -> None:
    for secret in secrets:
        for variant in variants(secret):
            assert variant not in text, f"{variant!r} left the browser"


TYPED = {
    "name": NAME,
    "number": CARD,
    "password": PASSWORD,
    "iban": IBAN,
    "otp": OTP,
    "email": EMAIL,
    "phone": PHONE,
    "street": STREET,
    "note": NOTE,
    "editor": NOTE,
}


async def test_what_is_typed_never_leaves_the_browser(house: House, browser: Browser) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await shown.is_seen()
        for field, text in TYPED.items():
            await shown.page.locator(f"#{field}").click()
            await shown.page.keyboard.type(text)
        await shown.page.locator("#gift").click()
        await shown.page.keyboard.type("with a ribbon")
        await shown.agent.until(lambda: "with a ribbon" in shown.agent.seen)
        # From the beginning too, when all is filled in.
        before = len(shown.agent.batches)
        await shown.agent.watch(keyframe=True)
        await shown.agent.until(
            lambda: any(one["keyframe"] for one in shown.agent.batches[before:])
        )
        told = shown.wire.unpacked()
        assert "with a ribbon" in told, "the wire was read"
        assert "Your details" in told
        assert_nothing_of_it(told)
        assert shown.errors == []
