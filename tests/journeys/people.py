"""The people of the journeys, as they meet the pages: by what is written on them."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from playwright.async_api import (
    Browser,
    BrowserContext,
    Error,
    Frame,
    FrameLocator,
    Locator,
    Page,
    expect,
)

from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.messages import translator

DESK = translator("en", "desk")
REGIONS = {"en": "en-GB", "pl": "pl-PL", "de": "de-DE", "it": "it-IT", "el": "el-GR"}


@dataclass(frozen=True, slots=True)
class Staff:
    name: str
    email: str
    password: str


@dataclass(slots=True)
class Customer:
    """A browser that has never been in the shop."""

    context: BrowserContext
    page: Page
    url: str
    locale: Locale

    def shop(self, key: str, **params: object) -> str:
        return translator(self.locale, "storefront")(key, **params)

    def counter(self, key: str, **params: object) -> str:
        return translator(self.locale, "counter")(key, **params)

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    @property
    def frame(self) -> Frame:
        """The counter's own document, for what is asked of its pixels and its sound."""
        return next(frame for frame in self.page.frames if "/counter/frame" in frame.url)

    @property
    def composer(self) -> Locator:
        return self.chat.get_by_role("textbox", name=self.counter("composer.label"))

    @property
    def log(self) -> Locator:
        return self.chat.get_by_role("region", name=self.counter("chat.messages"))

    @property
    def counter_button(self) -> Locator:
        name = re.compile("^" + re.escape(self.counter("loader.button")))
        return self.page.get_by_role("button", name=name)

    async def enter(self, path: str = "") -> None:
        await self.page.goto(f"{self.url}/{self.locale}/{path}")

    async def put_something_into_the_cart(self) -> str:
        """The name of the product."""
        await self.enter()
        card = self.page.locator("main article").filter(has_not_text=self.shop("stock.sold_out"))
        await card.first.get_by_role("link").click()
        await self.page.wait_for_url(re.compile("/p/"))
        name = await self.page.get_by_role("heading", level=1).inner_text()
        await self.add_to_cart()
        return name

    async def add_to_cart(self) -> None:
        add = self.page.get_by_role("button", name=self.shop("product.add"))
        async with self.page.expect_response(re.compile("/cart/add$")):
            await add.click()

    async def go_to_checkout(self) -> None:
        await self.enter("cart")
        await self.page.get_by_role("link", name=self.shop("cart.checkout")).click()
        await self.expect_step("contact")

    async def expect_step(self, step: str) -> None:
        heading = self.page.get_by_role("heading", level=1)
        await expect(heading).to_have_text(self.shop(f"checkout.{step}.title"))

    async def go_on(self, to: str) -> None:
        """Presses the step's button, wherever that leads."""
        await self.page.get_by_role("button", name=self.shop(f"checkout.continue_{to}")).click()

    async def give_contact(self) -> None:
        email = f"{uuid4().hex[:8]}@example.com"
        await self.page.get_by_label(self.shop("field.email"), exact=True).fill(email)
        await self.go_on("address")
        await self.expect_step("address")

    async def give_address(self, *, postal_code: str) -> None:
        for field, value in {
            "name": "Ewa Testowa",
            "street": "Rynek 1",
            "postal_code": postal_code,
            "city": "Kraków",
        }.items():
            await self.field(field).fill(value)
        await self.page.locator("#country").select_option("PL")

    def field(self, name: str) -> Locator:
        """The field of the shipping address; the invoice's has the same label, and is folded."""
        return self.page.locator(f"#{name}")

    async def choose_and_go_on(self, to: str) -> None:
        """Takes the first of the offered ways (delivery, payment)."""
        await self.page.get_by_role("radio").first.check()
        await self.go_on(to)

    async def place_order(self) -> str:
        """The order's number, as the confirmation shows it."""
        await self.choose_and_go_on("payment")
        await self.expect_step("payment")
        await self.choose_and_go_on("review")
        await self.expect_step("review")
        await self.page.get_by_role("button", name=self.shop("checkout.place")).click()
        await self.page.wait_for_url(re.compile(r"/order/"))
        found = re.search(r"M-\d{5}", await self.page.get_by_role("main").inner_text())
        assert found, "the confirmation names the order"
        return found[0]

    async def open_counter(self) -> None:
        await self.counter_button.click()
        await expect(
            self.page.get_by_role("dialog", name=self.counter("loader.title"))
        ).to_be_visible()

    async def close_counter(self) -> None:
        await self.chat.get_by_role("button", name=self.counter("frame.close")).click()
        await expect(self.counter_button).to_be_visible()

    async def ask(self, text: str) -> None:
        """The first question, from the closed counter to the stored message."""
        await self.open_counter()
        chat = self.chat.get_by_role("button", name=self.counter("channel.chat.title"))
        # The chooser asks anew every few seconds; an agent may have come just now.
        await expect(chat).to_be_enabled(timeout=30_000)
        await chat.click()
        await self.say(text)

    async def say(self, text: str) -> None:
        await self.composer.fill(text)
        await self.chat.get_by_role("button", name=self.counter("composer.send")).click()
        await expect(self.log.get_by_text(text, exact=True)).to_be_visible()
        sent = self.chat.get_by_text(self.counter("message.sent"), exact=True)
        read = self.chat.get_by_text(self.counter("message.read"), exact=True)
        await expect(sent.or_(read)).to_be_visible()


@dataclass(slots=True)
class Agent:
    """A member of staff at the desk."""

    page: Page
    url: str

    @property
    def side(self) -> Locator:
        return self.page.get_by_role("complementary", name=DESK("side.label")).or_(
            self.page.get_by_role("region", name=DESK("side.label"))
        )

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name=DESK("composer.label"))

    async def show(self, view: str) -> None:
        views = self.page.get_by_role("navigation", name=DESK("view.label"))
        await views.get_by_role("link", name=re.compile(DESK(f"view.{view}"))).click()

    async def open_conversation(self, text: str, *, view: str = "unassigned") -> None:
        """The conversation that shows `text` in the list is on the screen."""
        await self.show(view)
        await self.page.get_by_role("option").filter(has_text=text).click()
        shown = self.page.get_by_role("main").get_by_text(text, exact=True)
        await expect(shown.last).to_be_visible()

    async def propose_discount(self, *, percent: int, reason: str) -> None:
        await self.page.get_by_role("button", name=DESK("pick.propose"), exact=True).click()
        await self.page.get_by_role("menuitem", name=DESK("pick.discount")).click()
        dialog = self.page.get_by_role("dialog", name=DESK("pick.discount"))
        await dialog.get_by_label(DESK("discount.value")).fill(str(percent))
        await dialog.get_by_label(DESK("discount.reason")).fill(reason)
        await dialog.get_by_role("button", name=DESK("pick.propose")).click()
        await expect(dialog).to_be_hidden()

    async def say(self, text: str, *, is_stored: bool = True) -> None:
        """It stands in the conversation, and is stored; or only kept while there is no line."""
        await self.composer.fill(text)
        await self.composer.press("Enter")
        main = self.page.get_by_role("main")
        await expect(main.get_by_text(text, exact=True)).to_be_visible()
        if is_stored:
            await expect(main.get_by_text(DESK("message.sending"))).to_have_count(0)


@asynccontextmanager
async def a_customer(
    browser: Browser, url: str, *, locale: Locale = "en", width: int = 1280, height: int = 800
) -> AsyncIterator[Customer]:
    context = await browser.new_context(
        locale=REGIONS[locale],
        viewport={"width": width, "height": height},
        has_touch=width < 480,
    )
    try:
        yield Customer(context, await context.new_page(), url, locale)
    finally:
        await context.close()


# Whom the form has let in, and where.
_known_to_the_form: set[tuple[str, str]] = set()


async def sign_in(page: Page, url: str, staff: Staff) -> None:
    """At the desk: the first time through its form, later with what that would have brought."""
    if (url, staff.email) in _known_to_the_form:
        answer = await page.request.post(
            f"{url}/api/desk/sign-in",
            headers={"X-Stoa-Request": "1"},
            data={"email": staff.email, "password": staff.password},
        )
        assert answer.ok, await answer.text()
        await page.goto(f"{url}/desk")
    else:
        await page.goto(f"{url}/desk")
        await page.get_by_label(DESK("signin.email")).fill(staff.email)
        await page.get_by_label(DESK("signin.password")).fill(staff.password)
        await page.get_by_role("button", name=DESK("signin.submit")).click()
    await expect(page.get_by_role("heading", name=DESK("nav.inbox"))).to_be_visible()
    _known_to_the_form.add((url, staff.email))


@asynccontextmanager
async def an_agent(
    browser: Browser, url: str, staff: Staff, *, scripts: Sequence[str] = ()
) -> AsyncIterator[Agent]:
    """Signed in at the desk; while it lasts, somebody is there. `scripts` run in every document
    before its own.
    """
    context = await browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    try:
        for script in scripts:
            await context.add_init_script(script)
        page = await context.new_page()
        lost: list[str] = []
        page.on("requestfailed", lambda request: lost.append(f"{request.url} {request.failure}"))
        page.on("pageerror", lambda error: lost.append(str(error)))
        try:
            await sign_in(page, url, staff)
        except (Error, AssertionError) as error:
            shown = await page.content()
            raise AssertionError(f"nobody is at the desk: {lost}; {shown[-2000:]}") from error
        yield Agent(page, url)
    finally:
        await context.close()
